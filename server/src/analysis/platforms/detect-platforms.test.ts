import { describe, expect, it } from "vitest";
import { detectPlatforms } from "./detect-platforms.ts";
import type { RepositoryFacts } from "./match-signature.ts";
import { platformSignatures } from "./signatures.ts";

const nothing: RepositoryFacts = {
  files: [],
  commitMessages: [],
  packageJson: null,
  readme: "",
  env: "",
  dockerfile: "",
};

describe("detectPlatforms", () => {
  it("adds up exactly the documented weights", () => {
    const verdict = detectPlatforms({
      ...nothing,
      files: [".replit", "replit.nix", ".upm/store.json"],
      commitMessages: ["Restored from Replit", "add a page"],
      packageJson: JSON.stringify({ dependencies: { "@replit/database": "1" }, scripts: { "repl-run": "node ." } }),
      readme: "Runs on https://replit.com/@me/x",
    });
    // files 0.3 + 0.1, folder 0.05, commit 0.05, dependencies (the package and its scope) 0.15 + 0.05, script 0.05, content 0.03, README 0.15
    expect(verdict.confidenceScore).toBeCloseTo(0.93, 5);
    expect(verdict.detectedPlatform).toBe("replit");
    expect(verdict.recommendedWorkflow).toBe("phase2_replit_enhancement");
    expect(verdict.workflowType).toBe("single_platform");
    expect(verdict.platformConfig).toMatchObject({ entry_file: ".replit" });
  });

  it("says unknown below 0.3 and the generic workflow below 0.5", () => {
    const faint = detectPlatforms({ ...nothing, commitMessages: ["from bolt.new"] });
    expect(faint).toMatchObject({
      detectedPlatform: "unknown",
      confidenceScore: 0.05,
      recommendedWorkflow: "phase2_generic_enhancement",
    });
    const middling = detectPlatforms({ ...nothing, files: [".windsurfrules"] });
    expect(middling).toMatchObject({
      detectedPlatform: "windsurf",
      confidenceScore: 0.3,
      recommendedWorkflow: "phase2_generic_enhancement",
    });
  });

  it("names at most three other platforms, each over 0.2, strongest first", () => {
    const verdict = detectPlatforms({
      ...nothing,
      files: [".replit", "replit.nix", "lovable.json", ".bolt/x", "vercel.json", "netlify.toml", "fly.toml"],
    });
    expect(verdict.detectedPlatform).toBe("replit");
    expect(verdict.migrationSuggestions).toHaveLength(3);
    expect(verdict.migrationSuggestions.join()).not.toContain("Bolt");
  });

  it("calls two strong platforms multi and a weaker second one hybrid", () => {
    const replit = {
      files: [".replit", "replit.nix", ".upm/a", ".config/replit/b"],
      scripts: { "repl-run": "", "replit-dev": "" },
      deps: { "@replit/database": "1" },
    };
    const readme = "replit.com repl.co lovable.dev lovable.app";
    const commitMessages = ["replit", "repl.it", "lovable.dev", "gpt-engineer-app"];
    const two = detectPlatforms({
      ...nothing,
      files: [...replit.files, "lovable.json", ".lovable/a", "lovable.config.js", "public/lovable-uploads/a.png"],
      packageJson: JSON.stringify({
        scripts: { ...replit.scripts, "lovable:dev": "" },
        dependencies: { ...replit.deps, "@lovable/core": "1", "lovable-ui": "1" },
      }),
      readme,
      commitMessages,
    });
    expect(two.workflowType).toBe("multi_platform");
    const weaker = detectPlatforms({
      ...nothing,
      files: [...replit.files, "lovable.json", "lovable.config.js", ".lovable/a"],
      packageJson: JSON.stringify({ scripts: replit.scripts, dependencies: { ...replit.deps, "@lovable/core": "1" } }),
      readme,
      commitMessages,
    });
    expect(weaker.workflowType).toBe("hybrid_workflow");
  });

  it("recognises every platform by its first file alone, and each id once", () => {
    expect(platformSignatures.length).toBeGreaterThanOrEqual(15);
    expect(new Set(platformSignatures.map(({ id }) => id)).size).toBe(platformSignatures.length);
    for (const { id, files } of platformSignatures) {
      const verdict = detectPlatforms({ ...nothing, files: [(files[0] ?? "").toUpperCase()] });
      expect(verdict.detectedPlatform, id).toBe(id);
    }
  });

  it("takes hostile facts as text: a broken manifest, a huge README, a name that is a pattern", () => {
    const verdict = detectPlatforms({
      ...nothing,
      files: ["(.*)+", "__proto__"],
      packageJson: '{"dependencies": ["@replit/database"], "scripts": null}',
      readme: "x".repeat(5_000_000),
    });
    expect(verdict.detectedPlatform).toBe("unknown");
    expect(detectPlatforms({ ...nothing, packageJson: "[[[" }).confidenceScore).toBe(0);
  });

  it("names what is missing and a committed secret first", () => {
    const { enhancementOpportunities } = detectPlatforms({ ...nothing, files: [".env", "README.md", "src/a.test.ts"] });
    expect(enhancementOpportunities[0]).toMatch(/^\.env is committed/);
    expect(enhancementOpportunities.join()).not.toMatch(/no tests|README/);
    expect(enhancementOpportunities.join()).toMatch(/lock file/);
  });
});
