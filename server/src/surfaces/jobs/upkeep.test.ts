import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../../../test/culprit/start-culprit.ts";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { fillIncidents } from "../../../../test/database/fill-incidents.ts";
import { KeyRing } from "../../domains/access/index.ts";
import { loadConfig } from "../../platform/config/load-config.ts";
import { createLog } from "../../platform/log/log.ts";
import { startUpkeep } from "./upkeep.ts";

let test_: TestDatabase;
let folder: string;
beforeAll(async () => {
  test_ = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "culprit-upkeep-"));
});
afterAll(async () => {
  await test_.drop();
  await rm(folder, { recursive: true, force: true });
});

test("a running Culprit archives and deletes what its settings no longer keep, by itself", async () => {
  const { database } = test_;
  await fillIncidents(database.pool, { count: 2, ageDays: 40 });
  await fillIncidents(database.pool, { count: 1, ageDays: 20 });
  const config = loadConfig({ flags: { retentionIncidentDays: "30", archiveDir: join(folder, "archives") }, env: {} });
  const deps = { database, keys: new KeyRing(database.db), log: createLog("silent"), config };
  const stop = startUpkeep(deps, { firstMaintenanceMs: 0 });
  const left = async () => (await database.pool.query("select count(*)::int as n from incidents")).rows[0].n;
  expect(await eventually(left, (count) => count === 1)).toBe(1);
  const manifests = async () => (await readdir(join(folder, "archives"))).filter((name) => name.endsWith(".json"));
  expect(await eventually(manifests, (names) => names.length === 1)).toHaveLength(1);
  // Its lock is free again when it is done.
  const busy = async () =>
    (
      await database.pool.query(
        "select count(*)::int as n from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
      )
    ).rows[0].n;
  expect(await eventually(busy, (count) => count === 0)).toBe(0);
  stop();
});
