import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/database/create-test-database.ts";
import { createProject } from "../domains/access/index.ts";
import { syncBuiltins, syncRepositoryFiles } from "../domains/workflow/index.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import { createLog } from "../platform/log/log.ts";
import { openQueue, type Queue } from "../platform/queue/queue.ts";
import { createGitRepositories } from "../vendors/git/index.ts";
import { loadCatalogue } from "./actions/load-catalogue.ts";
import { readWorkflowFiles } from "./actions/shared/repository-workflows.ts";
import { registerWithWorkflows } from "./register-with-workflows.ts";

let own: TestDatabase;
let queue: Queue;
const folder = mkdtempSync(join(tmpdir(), "culprit-sync-"));
const git = createGitRepositories({ folder: join(folder, "mirrors"), env: { PATH: process.env.PATH ?? "" } });
beforeAll(async () => {
  own = await createTestDatabase();
  queue = await openQueue(own.database, createLog("silent"));
  await syncBuiltins(own.database, await loadCatalogue());
});
afterAll(async () => {
  await queue.close(1000);
  await own.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** A repository on this machine with one commit. */
function newRepository(files: Readonly<Record<string, string>>): string {
  const path = join(folder, randomBytes(6).toString("hex"));
  const run = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=ann", "-c", "user.email=ann@example.com", ...args], {
      cwd: path,
      stdio: "pipe",
    });
  mkdirSync(path);
  run("init", "-q", "-b", "main");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  run("add", "-A");
  run("commit", "-q", "-m", "first");
  return path;
}

async function registered(files: Readonly<Record<string, string>>) {
  const { id: projectId } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  await registerWithWorkflows({ database: own.database, git, queue }, { projectId, url: newRepository(files) });
  const { rows } = await sql<{ name: string }>`
    SELECT w.name FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id WHERE e.project_id = ${projectId} ORDER BY w.name`.execute(
    own.database.db,
  );
  return { projectId, started: rows.map(({ name }) => name) };
}

const path = ".culprit/workflows/size.yml";
const text = "name: size\non: [pull_request.opened]\nsteps:\n  - { id: size, uses: label_by_size }\n";

test("a repository has its commits read when it is registered, and its workflows where it keeps some", async () => {
  expect((await registered({ "README.md": "# A\n" })).started).toEqual(["read-commits"]);
  const { projectId, started } = await registered({ [path]: text, ".culprit/workflows/notes.md": "no workflow" });
  expect(started).toEqual(["read-commits", "sync-workflows"]);
  const openForge = () => Promise.reject(new CulpritError("NOT_FOUND", "No forge is connected."));
  const { commit, files } = await readWorkflowFiles({ database: own.database, git, openForge }, projectId);
  expect([...files]).toEqual([[path, text]]);
  const found = await syncRepositoryFiles(own.database, await loadCatalogue(), { projectId, commit, files });
  expect(found).toMatchObject([{ path, outcome: "created", workflow: "size" }]);
});
