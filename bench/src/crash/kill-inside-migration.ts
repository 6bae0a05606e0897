import { once } from "node:events";
import type pg from "pg";
import { type CulpritOptions, spawnCulprit } from "../shared/culprit.ts";
import { tryConnect, until } from "./database.ts";

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
    await until("the migration", WITHIN_MS, async () => ((await isMigrating(client)) ? true : null), 1);
    child.kill("SIGKILL");
    await exited;
    await until("the end of the session", WITHIN_MS, async () => ((await sessions(client)) === 0 ? true : null));
    const { rows } = await client.query<{ gone: boolean }>("SELECT to_regclass('incidents') IS NULL AS gone");
    return rows[0]?.gone === true;
  } finally {
    child.kill("SIGKILL");
    await client.end();
  }
}

async function isMigrating(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
     AND state = 'active' AND query ILIKE '%CREATE TABLE incidents%'`,
  );
  return (rowCount ?? 0) > 0;
}

async function sessions(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
  return rowCount ?? 0;
}
