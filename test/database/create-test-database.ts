import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { type Database, openDatabase } from "../../server/src/platform/db/open-database.ts";
import { databaseUrl } from "../../server/src/platform/db/open-temporary-database.ts";

/** A database of one test, gone when dropped. */
export interface TestDatabase {
  readonly database: Database;
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * A fresh migrated database, cloned from the template of this run, open with a small pool. `isEmpty`: without any
 * table, for tests of the migrations themselves. Call `drop()` when done: `afterAll(() => testDatabase.drop())`.
 */
export async function createTestDatabase({ isEmpty = false }: { isEmpty?: boolean } = {}): Promise<TestDatabase> {
  const host = inject("databaseHost");
  const template = isEmpty ? "template0" : inject("databaseTemplate");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await runAsAdmin(host, `create database ${name} template ${template}`);
  const url = databaseUrl(host, name);
  const database = await openDatabase(
    { kind: "url", url, allowInsecure: false, pool: { size: 2, overflow: 8 } },
    { log: silentLog },
  );
  return {
    database,
    url,
    drop: async () => {
      await database.close();
      await runAsAdmin(host, `drop database if exists ${name} with (force)`);
    },
  };
}

async function runAsAdmin(host: string, statement: string): Promise<void> {
  const client = new pg.Client({ host, user: "culprit", database: "postgres" });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
