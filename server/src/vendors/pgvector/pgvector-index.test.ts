import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../test/database/create-test-database.ts";
import { hasPgvector, startPgvector } from "../../../../test/engines/start-pgvector.ts";
import { describeRetrieval } from "../../domains/investigation/retrieval/retrieval-conformance.ts";
import { silentLog } from "../../platform/db/database-log.ts";
import { migrateUp } from "../../platform/db/migrations/migrate-up.ts";
import { openDatabase } from "../../platform/db/open-database.ts";
import { findPgvector, pgvectorIndex } from "./pgvector-index.ts";

test("a server without pgvector is told as such", async () => {
  const testDatabase = await createTestDatabase();
  afterAll(() => testDatabase.drop());
  expect(await findPgvector(testDatabase.database)).toEqual({ reason: "The server does not have pgvector." });
});

if (hasPgvector)
  describeRetrieval("the real pgvector", async () => {
    const server = await startPgvector();
    const database = await openDatabase({ kind: "url", url: server.url, allowInsecure: false }, { log: silentLog });
    await migrateUp({ pool: database.pool, log: silentLog });
    const found = await findPgvector(database);
    if (!("version" in found)) throw new Error(found.reason);
    return {
      database,
      index: pgvectorIndex(database, found.version),
      settle: async () => undefined,
      close: async () => {
        await database.close();
        await server.stop();
      },
    };
  });
else
  test.skip(
    "the real pgvector passes the retrieval's conformance suite (pip install -r tools/engines/pgvector/requirements.txt)",
  );
