import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Catalogue } from "../../domains/workflow/index.ts";
import { type ActionServices, action } from "./action-services.ts";
import { loadCatalogue } from "./load-catalogue.ts";

let catalogue: Catalogue<ActionServices>;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

/** Names of the issue and the documents. */
const documented = [
  "platform_detector",
  "pr_review_analyzer",
  "issue_creator",
  "ai_comment_analyzer",
  "quality_gates",
  "post_comment",
  "label_pr",
];

describe("the catalogue", () => {
  it("has the seven documented actions and Culprit's own", () => {
    const own = [
      "run_agent",
      "update_incident",
      "escalate",
      "assign",
      "create_ticket",
      "notify",
      "http_request",
      "run_script",
      "summarize_pr",
      "review_pr_against_incidents",
      "label_by_size",
      "stale_closer",
      "release_notes",
    ];
    expect([...catalogue.keys()]).toEqual(expect.arrayContaining([...documented, ...own]));
  });

  it("keeps each action in the file of its name, with words for people", () => {
    for (const [name, { title, summary }] of catalogue) {
      expect(existsSync(new URL(`./${name.replaceAll("_", "-")}.ts`, import.meta.url)), name).toBe(true);
      expect(title.length, name).toBeGreaterThan(5);
      expect(summary, name).toMatch(/\.$/);
    }
  });

  it("describes every input, because the form and the page are made of that", () => {
    for (const [name, { input }] of catalogue) {
      const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as {
        properties?: Record<string, { description?: string }>;
      };
      for (const [field, { description }] of Object.entries(schema.properties ?? {}))
        expect(description ?? "", `${name}.${field}`).toMatch(/\S/);
    }
  });

  it("refuses inputs that it does not know, so that a mistyped one is not passed over", () => {
    for (const [name, { input }] of catalogue) {
      const parsed = input.safeParse({ surely_unknown: 1 });
      expect(parsed.success, name).toBe(false);
      expect(JSON.stringify(parsed.error?.issues), name).toContain("surely_unknown");
    }
  });

  it("an output of the wrong shape is the action's fault and goes no further", async () => {
    const wrong = action({
      name: "wrong",
      title: "Wrong",
      summary: "Gives what it does not declare.",
      group: "data",
      input: z.strictObject({}),
      output: z.object({ count: z.number() }),
      repeat: "none",
      run: async () => ({ count: "many" }) as never,
    });
    await expect(wrong.run({}, {} as never, {} as never)).rejects.toThrow(
      "The output of wrong has the wrong shape: count",
    );
    await expect(
      catalogue.get("ai_comment_analyzer")?.run({ comment_body: 7 }, {} as never, {} as never),
    ).rejects.toThrow("The input of ai_comment_analyzer has the wrong shape: comment_body");
  });
});
