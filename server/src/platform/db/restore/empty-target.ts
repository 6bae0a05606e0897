import type pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import type { DatabaseLog } from "../database-log.ts";
import { readApplied } from "../migrations/applied-migrations.ts";
import { migrateDown } from "../migrations/migrate-down.ts";
import { IS_OWN, OWN_SCHEMAS } from "../own-schemas.ts";

/** Throws CONFLICT while a Culprit runs on the database: its connection that listens is the sign. */
export async function refuseWhileRunning(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ isRunning: boolean }>(
    `select exists (select 1 from pg_stat_activity
       where datname = current_database() and application_name = 'culprit listen') as "isRunning"`,
  );
  if (rows[0]?.isRunning !== true) return;
  throw new CulpritError(
    "CONFLICT",
    "Culprit runs on this database at the moment. Stop every `culprit start` and worker of it, then restore again.",
  );
}

/**
 * Makes the database bare: no table of Culprit or of its queue. A database with a schema and no person, project or incident
 * in it counts as empty; one that holds something is emptied only with `isReplaced`.
 * @throws CulpritError CONFLICT when it holds something.
 */
export async function emptyTarget(pool: pg.Pool, log: DatabaseLog, isReplaced: boolean): Promise<void> {
  const { rows } = await pool.query<{ tables: string[] }>(
    `select array(select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and not c.relispartition and ${IS_OWN} order by 1) as tables`,
    [OWN_SCHEMAS],
  );
  const tables = rows[0]?.tables ?? [];
  if (tables.length === 0) return;
  const isOurs = (await readApplied(pool)).length > 0;
  const held = isOurs ? await heldRows(pool, tables) : tables.map((name) => `the table ${name}`);
  if (held.length > 0 && !(isReplaced && isOurs))
    throw new CulpritError(
      "CONFLICT",
      `The database is not empty: it holds ${held.slice(0, 3).join(", ")}. Restore into an empty one` +
        (isOurs ? ", or add --replace to delete all that Culprit has in it." : "; these tables are not Culprit's."),
      { details: { provided: held.slice(0, 10) } },
    );
  await migrateDown({ pool, log }, { all: true });
  await pool.query("drop table if exists schema_migrations; drop schema if exists pgboss cascade");
}

async function heldRows(pool: pg.Pool, tables: readonly string[]): Promise<string[]> {
  const held: string[] = [];
  for (const name of ["public.users", "public.projects", "public.incidents"].filter((one) => tables.includes(one))) {
    const { rows } = await pool.query<{ isHeld: boolean }>(`select exists (select 1 from ${name}) as "isHeld"`);
    if (rows[0]?.isHeld === true) held.push(name.replace("public.", ""));
  }
  return held;
}
