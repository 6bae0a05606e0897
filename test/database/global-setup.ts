import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { migrateUp } from "../../server/src/platform/db/migrations/migrate-up.ts";
import { openDatabase } from "../../server/src/platform/db/open-database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The socket folder of the one PostgreSQL of this run. */
    databaseHost: string;
    /** The migrated database that tests clone. */
    databaseTemplate: string;
  }
}

const TEMPLATE = "culprit_template";

/**
 * One embedded PostgreSQL for the whole test run, in a temporary folder, without fsync, with a migrated template.
 * Short path: the socket's name must fit 103 bytes wherever the repository lies.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join("/tmp", "culprit-test-"));
  const owner = await openDatabase({ kind: "embedded", dataDir, durability: "none" }, { log: silentLog });
  const host = owner.pool.options.host ?? "";
  await owner.pool.query(`create database ${TEMPLATE}`);
  const url = `postgresql:///${TEMPLATE}?host=${encodeURIComponent(host)}&user=culprit`;
  const template = await openDatabase({ kind: "url", url, allowInsecure: false }, { log: silentLog });
  await migrateUp({ pool: template.pool, log: silentLog });
  await template.close();
  project.provide("databaseHost", host);
  project.provide("databaseTemplate", TEMPLATE);
  return async () => {
    await owner.close();
    await rm(dataDir, { recursive: true, force: true });
  };
}
