import type { TestProject } from "vitest/node";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { ensurePartitions } from "../../server/src/platform/db/ensure-partitions.ts";
import { migrateUp } from "../../server/src/platform/db/migrations/migrate-up.ts";
import { openDatabase } from "../../server/src/platform/db/open-database.ts";
import { databaseUrl, openTemporaryDatabase } from "../../server/src/platform/db/open-temporary-database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The socket folder of the one PostgreSQL of this run. */
    databaseHost: string;
    /** The migrated database that tests clone. */
    databaseTemplate: string;
  }
}

const TEMPLATE = "culprit_template";

/** One embedded PostgreSQL for the whole test run, with a migrated template that has the partitions of these days. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await openTemporaryDatabase();
  try {
    await server.pool.query(`create database ${TEMPLATE}`);
    await fillTemplate(databaseUrl(server.host, TEMPLATE));
  } catch (error) {
    await server.close();
    throw error;
  }
  project.provide("databaseHost", server.host);
  project.provide("databaseTemplate", TEMPLATE);
  return () => server.close();
}

async function fillTemplate(url: string): Promise<void> {
  const template = await openDatabase({ kind: "url", url, allowInsecure: false }, { log: silentLog });
  try {
    await migrateUp({ pool: template.pool, log: silentLog });
    await ensurePartitions(template.owner, { daysAhead: 1 });
  } finally {
    await template.close();
  }
}
