import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createGitProject, type GitProject, lines } from "../../../../test/repair/git-project.ts";
import { defaultPatchLimits } from "../../analysis/patch/refuse-changes.ts";
import { openRepairRepository } from "../../vendors/git/worktree.ts";
import { parseModule } from "../../vendors/oxc/parse-module.ts";
import { type GateContext, gatePatch } from "./gate-patch.ts";
import type { RepairRepository } from "./repository-port.ts";

const opened: RepairRepository[] = [];
afterAll(() => Promise.all(opened.map((repository) => repository.close())));

const source = lines("export function total(cart) {", "  return cart.price;", "}");
const change = (path: string, ...rows: string[]): string =>
  lines(`--- a/${path}`, `+++ b/${path}`, "@@ -1,3 +1,3 @@", ...rows);
const rows = [" export function total(cart) {", "-  return cart.price;", "+  return cart.price ?? 0;", " }"];

async function gateOf(project: GitProject, base: string): Promise<GateContext> {
  const repository = await openRepairRepository(project.folder);
  opened.push(repository);
  const files = (await repository.listFiles(base)).map(({ path }) => path);
  return { deps: { parseModule }, repository, base, files, likelyPaths: [], limits: defaultPatchLimits };
}

const give = async (gate: GateContext, diff: string, kind: "fix" | "revert" = "fix") => gatePatch(gate, { kind, diff });

test("what git applies passes as it is, what nearly applies passes as git writes it, and says what was overlooked", async () => {
  const project = createGitProject();
  const base = project.commit("Begin", { "src/cart.js": source });
  const gate = await gateOf(project, base);
  const plain = await give(gate, change("src/cart.js", ...rows));
  const fuzzy = await give(
    gate,
    `Here:\n\`\`\`diff\n${change("/app/src/cart.js", ...rows).replace("-1,3", "-90,3")}\`\`\``,
  );
  if ("reason" in plain || "reason" in fuzzy) throw new Error(JSON.stringify([plain, fuzzy]));
  expect(plain.notes).toEqual([]);
  expect(plain.texts).toEqual(new Map([["src/cart.js", source.replace("cart.price", "cart.price ?? 0")]]));
  expect(fuzzy.diff).toBe(plain.diff);
  expect(fuzzy.notes.join()).toContain("line 1, not 90");
});

test("a patch in a file with carriage returns changes its line alone", async () => {
  const project = createGitProject();
  const crlf = source.replaceAll("\n", "\r\n");
  const base = project.commit("Begin", { "src/cart.js": crlf });
  const passed = await give(await gateOf(project, base), change("src/cart.js", ...rows));
  if ("reason" in passed) throw new Error(passed.reason);
  expect(passed.texts.get("src/cart.js")).toBe(crlf.replace("cart.price", "cart.price ?? 0"));
  expect(passed.diff.match(/^[+-] /gm)).toHaveLength(2);
});

test("links, submodules, binary files, LFS pointers and other encodings are left alone, whatever the patch calls them", async () => {
  const project = createGitProject();
  project.commit("Begin", { "src/cart.js": source, "image.png": "\u0000\u0001" });
  symlinkSync("/etc", join(project.folder, "out"));
  writeFileSync(join(project.folder, "latin.js"), Buffer.from("// caf\xe9\nlet a = 1;\n", "latin1"));
  writeFileSync(
    join(project.folder, "model.bin"),
    lines("version https://git-lfs.github.com/spec/v1", "oid sha256:4d7a214614ab2935c943f9e0ff69d22e", "size 12345"),
  );
  project.git("add", "--all");
  project.git("update-index", "--add", "--cacheinfo", `160000,${project.git("rev-parse", "HEAD")},lib`);
  project.git("commit", "--quiet", "--message", "More");
  const gate = await gateOf(project, project.git("rev-parse", "HEAD"));
  const reason = async (diff: string): Promise<string> => {
    const result = await give(gate, diff);
    return "reason" in result ? result.reason : `it passed: ${result.diff}`;
  };
  const created = (path: string, mode: string, text: string) =>
    `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${text}\n`;
  expect(await reason(created("link", "120000", "/etc/passwd"))).toContain("symbolic link link");
  expect(
    await reason(
      "diff --git a/out b/out\ndeleted file mode 120000\n--- a/out\n+++ /dev/null\n@@ -1 +0,0 @@\n-/etc\n\\ No newline at end of file\n",
    ),
  ).toContain("symbolic link out");
  expect(await reason(created("out/passwd", "100644", "x"))).toMatch(/beyond a symbolic link|does not apply/);
  expect(await reason(created("../outside.js", "100644", "x"))).toContain("outside");
  expect(await reason(created(".git/hooks/pre-commit", "100755", "x"))).toMatch(/invalid path|git's own/);
  expect(await reason(created("lib/x.js", "100644", "x"))).not.toContain("it passed");
  expect(
    await reason(
      lines("--- a/lib", "+++ b/lib", "@@ -1 +1 @@", `-Subproject commit ${gate.base}`, "+Subproject commit x"),
    ),
  ).not.toContain("it passed");
  expect(
    await reason(lines("--- a/latin.js", "+++ b/latin.js", "@@ -2 +2 @@", "-let a = 1;", "+let a = 2;")),
  ).toContain("no text in UTF-8");
  expect(
    await reason(
      lines(
        "--- a/model.bin",
        "+++ b/model.bin",
        "@@ -2,2 +2,2 @@",
        " oid sha256:4d7a214614ab2935c943f9e0ff69d22e",
        "-size 12345",
        "+size 1",
      ),
    ),
  ).toContain("Git LFS");
  expect(
    await reason("diff --git a/image.png b/image.png\nBinary files a/image.png and b/image.png differ\n"),
  ).toContain("binary");
  // The headers say one file, the body of a second patch in the same text another: git's list of changes counts.
  expect(await reason(change("src/cart.js", ...rows) + created("package-lock.json", "100644", "{}"))).toContain(
    "lock file",
  );
});

test("a patch that does not parse, brings a secret, or is for another file is refused with its reason", async () => {
  const project = createGitProject();
  const base = project.commit("Begin", { "src/cart.js": source, "settings.json": "{}\n" });
  const gate = await gateOf(project, base);
  const broken = rows.map((row) => row.replace("?? 0", "?? ("));
  expect(await give(gate, change("src/cart.js", ...broken))).toEqual({
    reason: "With it, src/cart.js does not parse.",
  });
  expect(
    await give(gate, lines("--- a/settings.json", "+++ b/settings.json", "@@ -1 +1 @@", "-{}", "+{")),
  ).toMatchObject({
    reason: expect.stringContaining("settings.json does not parse"),
  });
  const secret = rows.map((row) => row.replace("?? 0", `?? "ghp_${"a1B2".repeat(9)}"`));
  expect(await give(gate, change("src/cart.js", ...secret))).toMatchObject({
    reason: expect.stringContaining("secret"),
  });
  expect(await give(gate, change("src/basket.js", ...rows))).toMatchObject({
    reason: expect.stringMatching(/^git does not apply it \(.+\), and there is no .*src\/basket\.js at this commit\.$/),
  });
  for (const diff of ["", "I can't help with that.", '{"patch": "--- a/src', "\u0000\ud800"])
    expect(await give(gate, diff)).toMatchObject({
      reason: expect.stringMatching(/changes nothing|no change that could be read/),
    });
});

test("the limits of the project count, by what git says is changed", async () => {
  const project = createGitProject();
  const base = project.commit("Begin", { "src/cart.js": source });
  const gate = { ...(await gateOf(project, base)), limits: { filesMax: 1, linesMax: 1 } };
  expect(await give(gate, change("src/cart.js", ...rows))).toEqual({ reason: "It changes 2 lines, more than 1." });
  expect(await give(gate, change("src/cart.js", ...rows), "revert")).toMatchObject({ paths: ["src/cart.js"] });
  expect(execFileSync("git", ["-C", project.folder, "status", "--porcelain"], { encoding: "utf8" })).toBe("");
});
