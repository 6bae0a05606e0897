import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fastImport, runGit } from "../../../../examples/shop/src/generate/fast-import.ts";
import type { BlameCase } from "../../blame/cases.ts";
import { findFix } from "./find-fix.ts";
import { commitFile, cutHistory, git } from "./git.ts";
import { installPackages } from "./install-packages.ts";
import { openOracle } from "./oracle.ts";
import { playCase } from "./play-case.ts";

const author = { name: "Mara Lindt", email: "mara.lindt@example.com", offsetMinutes: 0 };
const manifest = `${JSON.stringify({ name: "small", scripts: { pretest: "lint", test: "standard && node --test" } })}\n`;
const half = "exports.half = (n) => n / 2;\n";
const wrongHalf = "exports.half = (n) => n.halves.length;\n";
const newTest = `const test = require("node:test");
const assert = require("node:assert");
const { half } = require("../half.js");
test("half of four", () => assert.equal(half(4), 2));
test("a Node of long ago", () => assert.equal(process.version, "v0.4.0"));
`;
const states = [
  { label: "first", files: { "package.json": manifest, "half.js": half, "readme.md": "" } },
  { label: "culprit", files: { "half.js": wrongHalf } },
  { label: "base", files: { "readme.md": "It halves.\n" } },
  { label: "other", parent: "base", files: { "readme.md": "It halves numbers.\n" } },
  { label: "fix", parent: "base", files: { "half.js": half, "test/half.test.js": newTest } },
];

let folder = "";
let gitDir = "";
const shas = new Map<string, string>();
const caseOf = (): BlameCase => ({
  id: "small",
  repo: "mara/small",
  base_commit: shas.get("base") ?? "",
  fix_location: { "half.js": { deleted_lines: [1], insert_after: [] } },
  time_of_fix: 1_700_000_400,
  truth: { bug_inducing_commit: shas.get("culprit") ?? "" },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-real-test-"));
  gitDir = join(folder, "mara+small");
  await runGit(["init", "--quiet", "--bare", "--initial-branch=main", gitDir]);
  const commits = states.map(({ label, parent, files }, at) => ({
    label,
    parents: at === 0 ? [] : [parent ?? states[at - 1]?.label ?? ""],
    author,
    at: new Date((1_700_000_000 + at * 100) * 1000),
    message: label,
    changes: new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const)),
  }));
  for (const [label, sha] of await fastImport(gitDir, commits, { labels: [], marksFile: join(folder, "marks") }))
    shas.set(label, sha);
  await git(gitDir, ["update-ref", "refs/heads/other", shas.get("other") ?? ""]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the repair is the child that touches the labelled file, with its tests; what Culprit gets ends before it", async () => {
  expect(await findFix(gitDir, caseOf())).toEqual({
    sha: shas.get("fix"),
    tests: ["test/half.test.js"],
    testFiles: ["test/half.test.js"],
  });
  const cut = join(folder, "cut.git");
  await cutHistory(gitDir, shas.get("base") ?? "", cut);
  const sha = await commitFile(cut, "package-lock.json", "{}\n", new Date());
  expect((await git(cut, ["log", "--all", "--format=%s"])).split("\n").slice(0, 4)).toEqual([
    "Add package-lock.json",
    ...["base", "culprit", "first"],
  ]);
  expect(await git(cut, ["show", `${sha}:half.js`])).toBe(wrongHalf);
});

test("the tests of the repair fail before it, pass after it, and tell a right patch from a wrong one", async () => {
  const fix = await findFix(gitDir, caseOf());
  if (fix === null) throw new Error("no repair found");
  const base = shas.get("base") ?? "";
  const installed = await installPackages(gitDir, base, join(folder, "packages"));
  expect(installed).toEqual({ packages: null, madeLock: null });
  const oracle = await openOracle({ gitDir, base, fix, packages: null, folder: join(folder, "oracle") });
  if ("reason" in oracle) throw new Error(oracle.reason);
  expect(oracle.failing).toMatchObject([{ title: "half of four", type: "TypeError" }]);
  expect(oracle.failing[0]?.stack).toContain("/tree/half.js:1:");
  const patchTo = (text: string) =>
    ["diff --git a/half.js b/half.js", "--- a/half.js", "+++ b/half.js", "@@ -1 +1 @@", `-${wrongHalf}+${text}`].join(
      "\n",
    );
  expect(await oracle.judge(patchTo(half))).toBe("");
  expect(await oracle.judge(patchTo("exports.half = (n) => n;\n"))).toContain("half of four");
  expect(await oracle.judge(patchTo("exports.half = (n) => ;\n"))).toContain("half.test.js");
  expect(await oracle.judge("diff --git a/no.js b/no.js\n")).toContain("does not apply");
});

test("a repository that is not at hand, one that doesn't install, and one without an oracle are listed as that", async () => {
  const culprit = () => Promise.reject(new Error("Culprit is not asked."));
  const options = { folder: join(folder, "played"), culprit, signal: new AbortController().signal };
  const played = (one: BlameCase, folders = [folder]) => playCase(one, { ...options, folders });
  expect(await played(caseOf(), [])).toMatchObject({ isInstalled: null, reason: "no clone of mara/small" });
  const first = { ...caseOf(), base_commit: shas.get("first") ?? "", fix_location: caseOf().fix_location };
  expect(await played(first)).toMatchObject({ isInstalled: true, failing: null });
  expect((await played(first)).reason).toContain("no oracle");
  expect(await installPackages(gitDir, "no-such-commit", join(folder, "none"))).toEqual({
    reason: "no package.json at the root",
  });
});
