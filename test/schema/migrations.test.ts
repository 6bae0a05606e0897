import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { ensurePartitions } from "../../server/src/platform/db/ensure-partitions.ts";
import { migrateDown } from "../../server/src/platform/db/migrations/migrate-down.ts";
import { migrateUp } from "../../server/src/platform/db/migrations/migrate-up.ts";
import { MIGRATIONS_FOLDER, readMigrations } from "../../server/src/platform/db/migrations/migration-files.ts";
import { type Database, openDatabase } from "../../server/src/platform/db/open-database.ts";
import { dumpSchema } from "../../server/src/platform/db/schema/dump-schema.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { hasDebianPostgres, startDebianPostgres } from "../database/start-debian-postgres.ts";
import { contentsOf, countRows, ownTables } from "./count-rows.ts";
import { fillProject, makeOldLogPartitions } from "./fill-every-table.ts";
import { fillFoundation } from "./fill-foundation.ts";
import { printedBlocks } from "./printed-statements.ts";
import { withinSchema } from "./within-schema.ts";

const log = silentLog;
const PG_DUMP = "/usr/lib/postgresql/15/bin/pg_dump";

/** An empty database of one engine. */
interface Empty {
  readonly database: Database;
  readonly url: string;
  drop(): Promise<void>;
}

async function emptyOnDebian(): Promise<Empty> {
  const server = await startDebianPostgres();
  const database = await openDatabase({ kind: "url", url: server.url, allowInsecure: false }, { log });
  return {
    ...{ database, url: server.url },
    drop: async () => {
      await database.close();
      await server.stop();
    },
  };
}

const engines = {
  "the embedded PostgreSQL 18": () => createTestDatabase({ isEmpty: true }),
  ...(hasDebianPostgres ? { "Debian's PostgreSQL 15": emptyOnDebian } : {}),
};

let foundation: string;
beforeAll(async () => {
  foundation = await mkdtemp(join(tmpdir(), "culprit-foundation-"));
  const [first] = await readMigrations();
  for (const direction of ["up", "down"])
    await cp(
      join(MIGRATIONS_FOLDER, `${first?.id}.${direction}.sql`),
      join(foundation, `${first?.id}.${direction}.sql`),
    );
});
afterAll(() => rm(foundation, { recursive: true }));

describe.each(Object.entries(engines))("on %s", (name, open) => {
  let empty: Empty;
  let pool: pg.Pool;
  beforeAll(async () => {
    empty = await open();
    pool = empty.database.pool;
  });
  afterAll(() => empty.drop());

  test("all down and up again gives the same schema, whatever rows stood in it, and leaves nothing when it is down", async () => {
    const ids = await migrateUp({ pool, log });
    const [before, dumpBefore] = [await dumpSchema(pool), await pgDump(name, empty.url)];
    await ensurePartitions(empty.database.owner, { daysAhead: 1 });
    await makeOldLogPartitions(pool);
    await fillProject(pool, "alpha");
    await runPrintedQueries(pool);

    expect(await migrateDown({ pool, log }, { all: true })).toEqual(ids.toReversed());
    const { rows } = await pool.query(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname !~ '^pg_|^information_schema' and c.relname !~ '^schema_migrations'
       union all select nspname from pg_namespace where nspname !~ '^pg_|^information_schema|^public$'
       union all select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace`,
    );
    expect(rows).toEqual([]);

    await migrateUp({ pool, log });
    expect(await dumpSchema(pool)).toBe(before);
    expect(await pgDump(name, empty.url)).toBe(dumpBefore);
    await migrateDown({ pool, log }, { all: true });
  });

  test("rows of the first migration get what the later ones add, and stay when those are undone", async () => {
    await migrateUp({ pool, log, folder: foundation });
    const bare = await dumpSchema(pool);
    const ids = await fillFoundation(pool);
    const tables = await ownTables(pool);
    const held = await countRows(pool, tables);
    expect([...held].filter(([, count]) => count === 0)).toEqual([]);
    const contents = await contentsOf(pool, tables);

    const later = await migrateUp({ pool, log });
    for (const table of [
      "deployment_commit_ranges",
      "repository_commits",
      "incident_counters",
      "incident_last_payloads",
    ]) {
      const { rows } = await pool.query(`select distinct project_id from ${table}`);
      expect(rows, table).toEqual([{ project_id: ids.projectId }]);
    }
    // What resolved an incident is an event now, from which the same columns follow.
    const { rows: events } = await pool.query(
      "select incident_id, actor_type, event_type, payload from feedback_events",
    );
    expect(events).toEqual([
      {
        ...{ incident_id: ids.resolvedId, actor_type: "system", event_type: "incident_status_changed" },
        payload: { from: "open", to: "resolved", reason: "rolled back" },
      },
    ]);
    const { rows: derived } = await pool.query("select derive_resolutions(array(select id from incidents)) as changed");
    expect(derived).toEqual([{ changed: 0 }]);
    const { rows: logs } = await pool.query(
      "select tableoid::regclass::text as part, message from execution_logs order by created_at",
    );
    expect(logs).toEqual([
      { part: "execution_logs_202601", message: "the first second of the year" },
      { part: `execution_logs_${new Date().toISOString().slice(0, 7).replace("-", "")}`, message: "now" },
    ]);
    await expect(
      empty.database
        .asTenant({ userId: null, projectId: ids.projectId })
        .db.selectFrom("incidents")
        .select("id")
        .execute(),
    ).resolves.toHaveLength(2);

    await migrateDown({ pool, log }, { steps: later.length });
    expect(await dumpSchema(pool)).toBe(bare);
    expect(await contentsOf(pool, tables)).toEqual(contents);
    await migrateDown({ pool, log }, { all: true });
  });
});

/** Every query that a document prints runs on this engine too; the answers are checked in the documents' own tests. */
async function runPrintedQueries(pool: pg.Pool): Promise<void> {
  // These name a database, an id or a column that is not there: own-server, document-3 and document-1 have them.
  const apart = /pg_database_size|'xxx'|tablename, indexname|tablename::regclass|total_time/;
  for (const [name, schema] of [
    ["1-autopsy", "autopsy"],
    ["3-workflow-engine", "public"],
    ["5-tracking", "tracking"],
  ] as const) {
    const queries = [...printedBlocks(name).values()].filter((block) => /^SELECT/.test(block) && !apart.test(block));
    expect(queries.length).toBeGreaterThan(0);
    await withinSchema(pool, schema, async (client) => {
      for (const query of queries)
        expect(
          (await client.query(query.replace("= ?", "= (SELECT id FROM projects)"))).rows.length,
          query,
        ).toBeGreaterThan(0);
    });
  }
}

/** What `pg_dump` says of the schema, where Debian's is at hand and fits the server. */
async function pgDump(engine: string, url: string): Promise<string> {
  if (!engine.includes("15")) return "";
  const { stdout } = await promisify(execFile)(PG_DUMP, ["--schema-only", url], { maxBuffer: 64 * 1024 * 1024 });
  // Newer minor versions put a random word around the dump.
  return stdout.replaceAll(/^\\(un)?restrict .*$/gm, "");
}
