import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createGitProject, type GitProject } from "../../../../test/repair/git-project.ts";
import { repairDeps, seedIncident } from "../../../../test/repair/repair-setup.ts";
import { till, tillFailure } from "../../../../test/repair/till-project.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createGitRepositories } from "../../vendors/git/git-repositories.ts";
import { loadRepairCase } from "./load-repair-case.ts";
import { openRepairCase } from "./open-repair-case.ts";
import { openRepositoryWith } from "./open-repository-with.ts";
import type { RepairRepository } from "./repository-port.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

/** An incident of a project with three repositories; the two that have nothing to do with it were fetched last. */
async function seedAmongOthers(project: GitProject, base: string, culprit: string) {
  const { db } = store.database;
  const deps = repairDeps(store.database);
  const incidentId = await seedIncident(db, deps.dataDir, project, { ...tillFailure, base, culprit });
  const folder = join(deps.dataDir, "repositories");
  mkdirSync(folder, { recursive: true });
  for (const name of ["cart", "tax"]) {
    const other = createGitProject();
    other.commit(name, { "README.md": `# ${name}\n` });
    const id = newId();
    await createGitRepositories({ folder }).fetch({ id, url: other.folder });
    await sql`INSERT INTO repositories (id, project_id, url, last_fetched_at)
      SELECT ${id}, project_id, ${other.folder}, now() FROM incidents WHERE id = ${incidentId}`.execute(db);
  }
  let opened = 0;
  const counting: typeof deps.openRepository = async (id) => {
    const repository = await deps.openRepository(id);
    if (repository === null) return null;
    opened += 1;
    const close = async () => {
      opened -= 1;
      await repository.close();
    };
    return { ...repository, close };
  };
  const repairCase = await loadRepairCase(db, incidentId);
  return { deps: { ...deps, openRepository: counting }, repairCase, openCount: () => opened };
}

test("a repair works in the repository that has the deployed commit, whichever was fetched last, and leaves no other open", async () => {
  const { project, culprit } = till();
  const { deps, repairCase, openCount } = await seedAmongOthers(project, culprit, culprit);
  const opened = await openRepairCase(deps, repairCase);
  if ("reason" in opened) throw new Error(opened.reason);
  expect(opened.ctx.culprit?.sha).toBe(culprit);
  expect(opened.ctx.files).toContain("package.json");
  expect(openCount()).toBe(1);
  await opened.ctx.repository.close();
  expect(openCount()).toBe(0);
});

test("a commit that none has is said of all of them, and none stays open", async () => {
  const { project, culprit } = till();
  const { deps, repairCase, openCount } = await seedAmongOthers(project, "d".repeat(40), culprit);
  expect(await openRepairCase(deps, repairCase)).toEqual({
    reason: expect.stringContaining("None of the project's 3 repositories has the deployed commit dddddddddddd"),
  });
  expect(openCount()).toBe(0);
});

test("a repository that can't be asked is closed", async () => {
  let isClosed = false;
  const broken: Pick<RepairRepository, "hasCommit" | "close"> = {
    hasCommit: async () => Promise.reject(new Error("no space left on device")),
    close: async () => {
      isClosed = true;
    },
  };
  const openRepository = async () => broken as RepairRepository;
  await expect(openRepositoryWith({ openRepository }, ["one"], "d".repeat(40))).rejects.toThrow("no space left");
  expect(isClosed).toBe(true);
});
