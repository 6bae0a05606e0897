import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createGitRepositories } from "../../../vendors/git/index.ts";
import { createProject } from "../../access/index.ts";
import type { ChangeDeps } from "../change-deps.ts";
import { registerRepository } from "../register-repository.ts";
import { readCommits } from "./read-commits.ts";

let own: TestDatabase;
let folder: string;
let deps: ChangeDeps;
beforeAll(async () => {
  own = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "culprit-commits-"));
  deps = { database: own.database, git: createGitRepositories({ folder: join(folder, "mirrors") }) };
});
afterAll(async () => {
  await own.drop();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
async function newRepository() {
  made += 1;
  const path = join(folder, `repo-${made}`);
  execFileSync("git", ["init", "-q", "-b", "main", path]);
  const git = (...args: string[]) =>
    // Its own author: the same commit made in two repositories within a second would be one commit.
    execFileSync("git", ["-C", path, "-c", "user.name=Ada", "-c", `user.email=ada@${basename(path)}.test`, ...args], {
      encoding: "utf8",
    }).trim();
  const commit = (message: string, files: Readonly<Record<string, string | Buffer>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(path, name, ".."), { recursive: true });
      writeFileSync(join(path, name), text);
    }
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD");
  };
  const { id: projectId } = await createProject(own.database.db, { name: `commits-${made}` });
  const register = () => registerRepository(deps, { projectId, url: path });
  return { path, git, commit, projectId, register };
}

async function filesOf(sha: string) {
  const { rows } = await sql<{ file_path: string; change_type: string; diff_text: string | null; added: number }>`
    SELECT file_path, change_type, diff_text, lines_added AS added FROM commit_files WHERE commit_sha = ${sha} ORDER BY file_path`.execute(
    own.database.db,
  );
  return rows;
}

async function summaryOf(sha: string) {
  const { rows } = await sql<{ summary: string }>`SELECT summary FROM commits WHERE commit_sha = ${sha}`.execute(
    own.database.db,
  );
  return rows[0]?.summary;
}

test("each file of a commit is kept with its kind and its hunks, and the commit is summed up", async () => {
  const { commit, projectId, register } = await newRepository();
  const sha = commit("Orders: wait longer", {
    "src/orders.js": "const timeoutMs = 100;\n",
    "migrations/1.sql": "CREATE TABLE a (b int);\n",
    "README.md": "# Shop\n",
    "image.bin": Buffer.from([0, 1, 2, 0]),
    "big.txt": "x".repeat(70_000),
  });
  await register();
  expect(await readCommits(deps, { projectId })).toMatchObject([{ commits: 1, problem: null }]);
  const files = await filesOf(sha);
  expect(files.map((file) => [file.file_path, file.change_type, file.added, file.diff_text === null])).toEqual([
    ["README.md", "docs", 1, false],
    ["big.txt", "other", 1, true],
    ["image.bin", "other", 0, true],
    ["migrations/1.sql", "db_migration", 1, false],
    ["src/orders.js", "timeout_retry", 1, false],
  ]);
  expect(files.at(-1)?.diff_text).toContain("+const timeoutMs = 100;");
  expect(await summaryOf(sha)).toMatch(/^Orders: wait longer\. Touches .*5 files/);
});

test("a second look reads only what is new, and a merge without files once", async () => {
  const { git, commit, projectId, register } = await newRepository();
  commit("one", { "a.js": "1\n" });
  await register();
  await readCommits(deps, { projectId });
  git("checkout", "-q", "-b", "side");
  commit("side", { "b.js": "1\n" });
  git("checkout", "-q", "main");
  commit("main", { "c.js": "1\n" });
  git("merge", "-q", "--no-ff", "-m", "merge", "side");
  expect(await readCommits(deps, { projectId })).toMatchObject([{ commits: 3 }]);
  expect(await filesOf(git("rev-parse", "HEAD"))).toEqual([]);
  expect(await readCommits(deps, { projectId })).toMatchObject([{ commits: 0 }]);
});

test("a fork shares its commits and reads none of them again", async () => {
  const one = await newRepository();
  const sha = one.commit("shared", { "a.js": `${Math.random()}\n` });
  await one.register();
  await readCommits(deps, { projectId: one.projectId });
  const other = await createProject(own.database.db, { name: "fork" });
  await registerRepository(deps, { projectId: other.id, url: one.path });
  expect(await readCommits(deps, { projectId: other.id })).toMatchObject([{ commits: 0, problem: null }]);
  const { rows } = await sql`SELECT 1 FROM repository_commits WHERE commit_sha = ${sha}`.execute(own.database.db);
  expect(rows).toHaveLength(2);
});

test("a repository that is gone is told, kept as its last error, and does not stop the others", async () => {
  const { path, commit, projectId, register } = await newRepository();
  commit("one", { "a.js": "1\n" });
  await register();
  const second = join(folder, `second-${made}`);
  execFileSync("git", ["clone", "-q", path, second]);
  await registerRepository(deps, { projectId, url: second });
  rmSync(path, { recursive: true });
  const read = await readCommits(deps, { projectId });
  expect(read.map(({ url, problem }) => [url === second, problem === null])).toContainEqual([true, true]);
  expect(read.map(({ url, problem }) => [url === path, problem === null])).toContainEqual([true, false]);
});

test("only repositories that nobody looked at for so long are polled", async () => {
  const { commit, projectId, register } = await newRepository();
  commit("one", { "a.js": "1\n" });
  await register();
  expect(await readCommits(deps, { projectId, olderThan: new Date(Date.now() - 600_000) })).toEqual([]);
  expect(await readCommits(deps, { projectId, olderThan: new Date(Date.now() + 600_000) })).toHaveLength(1);
});

test("a model words the summaries where one is set up; where it does not answer those from the diff stay", async () => {
  const { commit, projectId, register } = await newRepository();
  const first = commit("one", { "a.js": "1\n" });
  await register();
  const worded = { model: "fake", summarize: async () => "It counts from one." };
  await readCommits({ ...deps, summarizer: worded }, { projectId });
  expect(await summaryOf(first)).toBe("It counts from one.");
  const second = commit("two", { "a.js": "2\n" });
  const silent = { model: "fake", summarize: () => Promise.reject(new Error("no answer")) };
  expect(await readCommits({ ...deps, summarizer: silent }, { projectId })).toMatchObject([
    { commits: 1, problem: null },
  ]);
  expect(await summaryOf(second)).toMatch(/^two\. Touches/);
});
