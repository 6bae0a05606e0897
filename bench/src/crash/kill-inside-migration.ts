import { once } from "node:events";
import type pg from "pg";
import { type CulpritOptions, spawnCulprit } from "../shared/culprit.ts";
import { tryConnect, until } from "../shared/database.ts";

const WITHIN_MS = 60_000;

/**
 * Starts Culprit on a new folder and kills it while a migration runs. @returns whether it was really inside: nothing of the
 * migration may be there when its session is over. False when the migration was faster than the kill.
 */
export async function killInsideMigration(options: CulpritOptions): Promise<boolean> {
  const child = spawnCulprit(options);
  const exited = once(child, "exit");
  const client = await until("the first connection", WITHIN_MS, () => tryConnect(options.dataDir), 2);
  try {
    await until("the migration", WITHIN_MS, async () => ((await hasBegun(client)) ? true : null), 1);
    child.kill("SIGKILL");
    await exited;
    await until("the end of the sessions", WITHIN_MS, async () => ((await sessions(client)) === 0 ? true : null));
    return !(await hasTable(client, "incidents"));
  } finally {
    child.kill("SIGKILL");
    await client.end();
  }
}

/** A transaction has written, and what it runs makes the schema; or all is over. PostgreSQL shows the first 1,024 bytes. */
async function hasBegun(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
     AND backend_xid IS NOT NULL AND query ILIKE '%CREATE %' AND query NOT ILIKE '%schema_migrations%'`,
  );
  return (rowCount ?? 0) > 0 || (await hasTable(client, "incidents"));
}

async function hasTable(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>("SELECT to_regclass($1) IS NOT NULL AS found", [name]);
  return rows[0]?.found === true;
}

async function sessions(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
  return rowCount ?? 0;
}
