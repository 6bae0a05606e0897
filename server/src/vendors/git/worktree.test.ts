import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createGitProject, type GitProject } from "../../../../test/repair/git-project.ts";
import type { RepairRepository } from "../../domains/repair/repository-port.ts";
import { openRepairRepositories, openRepairRepository } from "./worktree.ts";

const opened: RepairRepository[] = [];
afterAll(() => Promise.all(opened.map((repository) => repository.close())));

async function mirrorOf(project: GitProject): Promise<{ mirror: string; repository: RepairRepository }> {
  const mirror = join(mkdtempSync(join(tmpdir(), "culprit-mirror-")), "mirror.git");
  execFileSync("git", ["clone", "--quiet", "--bare", project.folder, mirror]);
  const repository = await openRepairRepository(mirror);
  opened.push(repository);
  return { mirror, repository };
}

async function folderOf(repository: RepairRepository, commit: string, diffs: readonly string[] = []): Promise<string> {
  const made = await repository.materialise(commit, diffs);
  if ("reason" in made) throw new Error(made.reason);
  return made.folder;
}

test("a revert follows a file that was renamed since", async () => {
  const project = createGitProject();
  const text = (line: string) => `one\ntwo\n${line}\nfour\nfive\n`;
  project.commit("Begin", { "a.txt": text("good") });
  const culprit = project.commit("Break", { "a.txt": text("bad") });
  project.git("mv", "a.txt", "b.txt");
  const base = project.commit("Rename", { "c.txt": "c\n" });
  const { repository } = await mirrorOf(project);
  const revert = await repository.revert(base, culprit);
  if ("reason" in revert) throw new Error(revert.reason);
  expect(await repository.applyPatch(base, revert.diff)).toMatchObject({ diff: revert.diff });
  expect(readFileSync(join(await folderOf(repository, base, [revert.diff]), "b.txt"), "utf8")).toBe(text("good"));
});

test("a merge is undone against its first parent; a conflict, a first commit and nothing to undo are said", async () => {
  const project = createGitProject();
  const first = project.commit("Begin", { "a.txt": "1\n" });
  project.git("checkout", "--quiet", "-b", "side");
  project.commit("Side", { "b.txt": "side\n" });
  project.git("checkout", "--quiet", "main");
  project.commit("Main", { "a.txt": "2\n" });
  project.git("merge", "--quiet", "--no-ff", "--no-edit", "side");
  const merge = project.git("rev-parse", "HEAD");
  const changed = project.commit("Change", { "a.txt": "3\n" });
  const again = project.commit("Change again", { "a.txt": "4\n" });
  const { repository } = await mirrorOf(project);
  expect(await repository.revert(again, merge)).toMatchObject({ diff: expect.stringContaining("deleted file mode") });
  expect(await repository.revert(again, changed)).toEqual({ reason: "It conflicts with later changes in a.txt." });
  expect(await repository.revert(again, first)).toEqual({ reason: "The commit is the first of the history." });
});

test("no hook and no filter that a repository names runs on our side", async () => {
  const marker = join(mkdtempSync(join(tmpdir(), "culprit-marker-")), "ran");
  const project = createGitProject();
  const base = project.commit("Begin", {
    ".gitattributes": "* filter=evil diff=evil merge=evil\n",
    "a.txt": "a\n",
    "post-checkout": `#!/bin/sh\ntouch ${marker}\n`,
  });
  const culprit = project.commit("More", { "a.txt": "b\n" });
  const { mirror, repository } = await mirrorOf(project);
  for (const hook of ["post-checkout", "pre-applypatch", "post-index-change"]) {
    writeFileSync(join(mirror, "hooks", hook), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
  }
  for (const [key, value] of [
    ["filter.evil.smudge", `touch ${marker}`],
    ["diff.evil.textconv", `touch ${marker}`],
    ["merge.evil.driver", `touch ${marker}`],
    ["core.fsmonitor", `touch ${marker}`],
  ] as const) {
    execFileSync("git", ["-C", mirror, "config", key, value]);
  }
  await folderOf(repository, culprit);
  await repository.revert(culprit, culprit);
  await repository.diffOf(culprit);
  expect(await repository.hasCommit(base)).toBe(true);
  expect(existsSync(marker)).toBe(false);
});

test("a patch that writes through a link of the tree is refused, and links are never read", async () => {
  const outside = mkdtempSync(join(tmpdir(), "culprit-outside-"));
  writeFileSync(join(outside, "secret"), "s3cret\n");
  const project = createGitProject();
  project.commit("Begin", { "a.txt": "a\n" });
  execFileSync("ln", ["-s", outside, join(project.folder, "out")]);
  const base = project.commit("Link", { "b.txt": "b\n" });
  const { repository } = await mirrorOf(project);
  expect(await repository.readFile(base, "out")).toBeNull();
  expect(await repository.readFile(base, "out/secret")).toBeNull();
  for (const path of ["out/new", "../new", ".git/hooks/post-checkout"]) {
    const diff = `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`;
    const made = await repository.materialise(base, [diff]);
    expect("reason" in made || !existsSync(join(outside, "new")), path).toBe(true);
    expect(existsSync(join(outside, "new")), path).toBe(false);
  }
  expect(lstatSync(join(await folderOf(repository, base), "out")).isSymbolicLink()).toBe(true);
});

test("the mirror stays as it is, and closing removes what was written", async () => {
  const project = createGitProject();
  const base = project.commit("Begin", { "a.txt": "a\n" });
  const { mirror, repository } = await mirrorOf(project);
  const listing = () => execFileSync("find", [mirror, "-type", "f"], { encoding: "utf8" });
  const before = listing();
  const folder = await folderOf(repository, base, [
    await repository.diffOfEdits(base, [{ path: "new/b.txt", text: "b\n" }]),
  ]);
  expect(readFileSync(join(folder, "new/b.txt"), "utf8")).toBe("b\n");
  expect(listing()).toBe(before);
  await repository.close();
  expect(existsSync(folder)).toBe(false);
});

test("a repository without a mirror, or with a name that is a path, is not opened", async () => {
  const open = openRepairRepositories(mkdtempSync(join(tmpdir(), "culprit-mirrors-")));
  expect(await open("01a1fbb8-59a6-73e1-aa8e-430aafae9955")).toBeNull();
  expect(await open("../../etc")).toBeNull();
});

test("many reads at once are each answered with their own, whatever is asked for between them", async () => {
  const project = createGitProject();
  const long = `${"x".repeat(70_000)}\n`;
  const commit = project.commit("Begin: a subject\nof two lines\n\nAnd a body", {
    "a.txt": "a\n",
    "long.txt": long,
    "empty.txt": "",
    "large.txt": "y".repeat(1_200_000),
  });
  const { repository } = await mirrorOf(project);
  const gone = "0".repeat(40);
  const asked = ["a.txt", "large.txt", "long.txt", "none.txt", "empty.txt", "two\nlines"];
  const [answers, isThere, subject] = await Promise.all([
    Promise.all(asked.map((path) => repository.readFile(commit, path))),
    Promise.all([repository.hasCommit(gone), repository.hasCommit(commit)]),
    repository.subjectOf(commit),
  ]);
  expect(answers).toEqual(["a\n", null, long, null, "", null]);
  expect(isThere).toEqual([false, true]);
  expect(subject).toBe("Begin: a subject of two lines");
});

test("a tree with edits leaves the tree that it shares files with as it is, and writes through no link", async () => {
  const project = createGitProject();
  symlinkSync(tmpdir(), join(project.folder, "out"));
  const base = project.commit("Begin", { "src/a.txt": "a\n", "b.txt": "b\n" });
  const { repository } = await mirrorOf(project);
  const plain = await folderOf(repository, base);
  const made = await repository.materialise(
    base,
    [],
    [
      { path: "src/a.txt", text: "changed\n" },
      { path: "new/c.txt", text: "c\n" },
      { path: "b.txt", text: null },
    ],
  );
  if ("reason" in made) throw new Error(made.reason);
  const read = (folder: string, path: string) => readFileSync(join(folder, path), "utf8");
  expect([read(made.folder, "src/a.txt"), read(made.folder, "new/c.txt")]).toEqual(["changed\n", "c\n"]);
  expect(existsSync(join(made.folder, "b.txt"))).toBe(false);
  expect(lstatSync(join(made.folder, "out")).isSymbolicLink()).toBe(true);
  expect([read(plain, "src/a.txt"), read(plain, "b.txt")]).toEqual(["a\n", "b\n"]);
  expect(existsSync(join(plain, "new"))).toBe(false);
  const through = { path: "out/culprit-written.txt", text: "x" };
  expect(await repository.materialise(base, [], [through])).toEqual({ reason: "out is no folder." });
  expect(await repository.materialise(base, [], [{ path: "../x", text: "x" }])).toMatchObject({
    reason: expect.stringContaining("no path"),
  });
  // A link in the file's own place is replaced, not followed.
  const replaced = await repository.materialise(base, [], [{ path: "out", text: "mine\n" }]);
  if ("reason" in replaced) throw new Error(replaced.reason);
  expect(lstatSync(join(replaced.folder, "out")).isFile()).toBe(true);
});
