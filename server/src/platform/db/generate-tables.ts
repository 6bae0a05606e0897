/**
 * Writes what follows from the migrations: `tables.generated.ts` (the types of the tables), `server/schema.sql` (the
 * schema as text) and the generated part of `docs/schema.md`. Run it after changing a migration: `node server/src/platform/db/generate-tables.ts`.
 */
import { writeFile } from "node:fs/promises";
import { silentLog } from "./database-log.ts";
import { migrateUp } from "./migrations/migrate-up.ts";
import { openTemporaryDatabase } from "./open-temporary-database.ts";
import { dumpSchema } from "./schema/dump-schema.ts";
import { generatedTables } from "./schema/generated-tables.ts";
import { writeSchemaPage } from "./schema/page/write-schema-page.ts";

const database = await openTemporaryDatabase();
try {
  await migrateUp({ pool: database.pool, log: silentLog });
  await writeFile(new URL("tables.generated.ts", import.meta.url), await generatedTables(database.url));
  await writeFile(new URL("../../../schema.sql", import.meta.url), await dumpSchema(database.pool));
  await writeSchemaPage(database.pool);
} finally {
  await database.close();
}
