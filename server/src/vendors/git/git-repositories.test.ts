import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blameCommits } from "../../domains/investigation/index.ts";
import { createGitRepositories, openLocalRepository } from "./index.ts";
import { fetchAddress } from "./repository-url.ts";

let folder: string;
let repo: string;
const git = (...args: string[]) =>
  execFileSync("git", ["-C", repo, "-c", "user.name=Ada", "-c", "user.email=a@example.com", ...args], {
    encoding: "utf8",
  }).trim();
const commit = (message: string, files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(repo, path), text);
  git("add", "-A");
  git("commit", "-q", "-m", message);
  return git("rev-parse", "HEAD");
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "culprit-git-"));
  repo = join(folder, "work");
  execFileSync("git", ["init", "-q", "-b", "main", repo]);
  commit("first", { "a.js": "one\n", "bin.dat": "a\0b" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("mirrors", () => {
  test("a commit that is not there yet is fetched when it is asked for, and an unknown one is null", async () => {
    const repositories = createGitRepositories({ folder: join(folder, "m1") });
    const named = { id: "r1", url: repo };
    const mirror = await repositories.open(named);
    const later = commit("later", { "a.js": "two\n" });
    expect(await mirror.resolveCommit(later)).toBe(later);
    expect(await mirror.resolveCommit("f".repeat(40))).toBeNull();
    expect(await repositories.defaultBranch(named)).toEqual({ branch: "main", warning: null });
  });

  test("where HEAD of a repository on this machine names a branch that is not there, the only one is read and the warning says how it is mended", async () => {
    const url = join(folder, "dangling.git");
    execFileSync("git", ["clone", "-q", "--bare", repo, url]);
    execFileSync("git", ["-C", url, "symbolic-ref", "HEAD", "refs/heads/master"]);
    const repositories = createGitRepositories({ folder: join(folder, "m1") });
    expect(await repositories.defaultBranch({ id: "r9", url })).toEqual({
      branch: "main",
      warning:
        'The repository\'s HEAD names "master" that is not there, so "main" is read. In the repository run: git symbolic-ref HEAD refs/heads/main',
    });
  });

  test("ten who open at once get one clone, and nothing half-made stays behind", async () => {
    const repositories = createGitRepositories({ folder: join(folder, "m2") });
    await Promise.all(Array.from({ length: 10 }, () => repositories.open({ id: "r2", url: repo })));
    await expect(repositories.open({ id: "r3", url: join(folder, "nowhere") })).rejects.toMatchObject({
      code: "REPOSITORY_UNAVAILABLE",
    });
    expect(readdirSync(join(folder, "m2")).filter((name) => !name.startsWith(".git"))).toEqual(["r2.git"]);
  });

  test.each([
    "ext::sh -c touch% /tmp/x",
    "--upload-pack=touch /tmp/x",
    "relative/path",
    "https://",
    "fd::17",
    "file://host/x",
  ])("%s is given to no git", (url) => {
    expect(() => fetchAddress(url)).toThrow(expect.objectContaining({ code: "INVALID_REQUEST" }));
  });

  test("a path that is not there or is no repository is the sender's mistake; a host that does not answer is not", async () => {
    const repositories = createGitRepositories({ folder: join(folder, "m4") });
    for (const [url, why] of [
      [join(folder, "nowhere"), /"\/.*nowhere" does not exist on the machine that runs Culprit/],
      [`file://${join(folder, "nowhere")}`, /"file:.*nowhere" does not exist/],
      [folder, /is not a git repository that Culprit can read\. Name its top folder/],
    ] as const) {
      const refusal = { code: "INVALID_REQUEST", message: expect.stringMatching(why) };
      await expect(repositories.check(url)).rejects.toMatchObject(refusal);
      await expect(repositories.fetch({ id: "r4", url })).rejects.toMatchObject(refusal);
    }
    const remote = "http://127.0.0.1:9/x.git";
    await expect(repositories.check(remote)).rejects.toMatchObject({ code: "REPOSITORY_UNAVAILABLE" });
    await expect(repositories.fetch({ id: "r5", url: remote })).rejects.toMatchObject({
      code: "REPOSITORY_UNAVAILABLE",
    });
    for (const url of [repo, join(repo, ".git"), `file://${repo}`]) await repositories.check(url);
  });

  test("hooks and drivers of a repository are not run", async () => {
    const mark = join(folder, "ran");
    writeFileSync(join(repo, ".gitattributes"), "*.js diff=evil filter=evil\n");
    git("config", "diff.evil.textconv", `touch ${mark}; cat`);
    git("config", "diff.evil.command", `touch ${mark}`);
    git("config", "core.fsmonitor", `touch ${mark}`);
    const head = git("-c", "core.fsmonitor=false", "rev-parse", "HEAD");
    const local = await openLocalRepository(repo);
    await local.listPatches({ to: head, commitsMax: 10 });
    await local.blame(head, "a.js", [{ first: 1, last: 1 }]);
    await local.readFiles(head, ["a.js"]);
    expect(existsSync(mark)).toBe(false);
    for (const key of ["diff.evil.textconv", "diff.evil.command", "core.fsmonitor"]) git("config", "--unset", key);
    rmSync(join(repo, ".gitattributes"));
  });
});

describe("reads", () => {
  test("binary, missing and awkwardly named files are told apart in one batch", async () => {
    const head = commit("names", { "we ird ä.js": "text\n", ":(glob)x": "odd\n" });
    const local = await openLocalRepository(repo);
    const files = await local.readFiles(head, ["a.js", "bin.dat", "nope", "we ird ä.js", ":(glob)x"]);
    expect([...files.values()]).toEqual(["two\n", null, null, "text\n", "odd\n"]);
    expect(await local.listFiles(head)).toContain("we ird ä.js");
    const [patch] = await local.listPatches({ to: head, paths: [":(glob)x"], commitsMax: 5 });
    expect(patch).toMatchObject({ commit: { sha: head, subject: "names" } });
  });

  test("a commit message that looks like git's own output is read as text", async () => {
    const head = commit(`x\n\n\u0001${"a".repeat(40)}\ncommit ${"b".repeat(40)}\ndiff --git a/q b/q`, {
      "a.js": "three\n",
    });
    const local = await openLocalRepository(repo);
    const [info] = await local.describeCommits([head]);
    expect(info).toMatchObject({ sha: head, subject: "x" });
    expect(await local.listCommits({ to: head, commitsMax: 1 })).toHaveLength(1);
  });
});

describe("culprit blame", () => {
  const body = (lines: readonly string[]) =>
    `function price(item) {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;

  test("a formatting commit is looked through, with and without .git-blame-ignore-revs, and later commits are not seen", async () => {
    commit("start", { "p.js": body(["const base = item.cents;", "return base / 100;"]) });
    const guilty = commit("divide by the rate", {
      "p.js": body(["const base = item.cents;", "return base / item.rate;"]),
    });
    const format = commit("format", {
      "p.js": body(["const base = item.cents;", "return (", "  base / item.rate", ");"]).replaceAll("  ", "\t"),
    });
    const ran = commit("ignore it", { ".git-blame-ignore-revs": `${format}\n` });
    commit("later", { "p.js": body(["return 1;"]) });
    const repository = await openLocalRepository(repo);
    const { commits } = await blameCommits({ repository, commit: ran, frames: [{ file: "/srv/app/p.js", line: 4 }] });
    expect(commits[0]?.sha).toBe(guilty);
    expect(commits.map((one) => one.sha)).not.toContain(git("rev-parse", "HEAD"));
    expect(commits.reduce((sum, one) => sum + one.score, 0)).toBeCloseTo(1, 2);
  });

  test("an unknown commit or file is refused with the field's name", async () => {
    const repository = await openLocalRepository(repo);
    const frames = [{ file: "nope.js", line: 1 }];
    await expect(blameCommits({ repository, commit: "HEAD", frames })).rejects.toMatchObject({
      details: { field: "frames" },
    });
    await expect(blameCommits({ repository, commit: "v9", frames })).rejects.toMatchObject({
      details: { field: "commit" },
    });
  });

  test("lines that are all outside their files blame nobody; beside a line that exists they are warned of", async () => {
    commit("one line", { "q.js": "x\n" });
    const repository = await openLocalRepository(repo);
    const ask = (...lines: number[]) =>
      blameCommits({ repository, commit: "HEAD", frames: lines.map((line) => ({ file: "q.js", line })) });
    await expect(ask(0, 2)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(
        /^None of the frames' lines exists: q\.js at \w+ has 1 line, so there is no line 0\./,
      ),
      details: { field: "frames", provided: ["q.js:0", "q.js:2"] },
    });
    const { commits, warnings } = await ask(1, 2);
    expect(commits).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(/no line 2; its last line was looked at\.$/)]);
  });
});
