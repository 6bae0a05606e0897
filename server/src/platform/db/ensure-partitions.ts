import { type Kysely, sql, type Transaction } from "kysely";
import type { DB } from "./tables.generated.ts";

/** The tables that are partitioned by day; a partition is named `<table>_YYYYMMDD`, in UTC. */
const DAILY_TABLES = ["incident_occurrences"] as const;
const DAY_MS = 86_400_000;
const LOCK_NOT_AVAILABLE = "55P03";
const ATTEMPTS_MAX = 10;
/** "part" as a number: whoever makes partitions holds this transaction-scoped advisory lock. */
const PARTITION_LOCK = 0x70617274;

/**
 * Makes the daily partitions from yesterday to `daysAhead` days from now, by the clock of the database, and returns the
 * names of those that were missing. Idempotent, safe concurrently and under load: a partition is made apart and
 * attached, which does not block readers or writers of the parent, and waits at most a second for a lock before it
 * lets others pass and tries again.
 */
export async function ensurePartitions(
  db: Kysely<DB>,
  { daysAhead }: { readonly daysAhead: number },
): Promise<string[]> {
  const made: string[] = [];
  for (const table of DAILY_TABLES) made.push(...(await retryOnLock(() => ensureTable(db, table, daysAhead))));
  return made;
}

async function retryOnLock<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const isLocked = error instanceof Error && "code" in error && error.code === LOCK_NOT_AVAILABLE;
      if (!isLocked || tried === ATTEMPTS_MAX) throw error;
    }
  }
}

async function ensureTable(db: Kysely<DB>, table: string, daysAhead: number): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${PARTITION_LOCK})`.execute(tx);
    await sql`set local lock_timeout = '1s'`.execute(tx);
    const { rows: existing } = await sql<{ name: string }>`
      select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
      where inhparent = to_regclass(${table})`.execute(tx);
    const names = new Set(existing.map(({ name }) => name));
    const { rows: clock } = await sql<{ now: Date }>`select now()`.execute(tx);
    const today = Math.floor((clock[0]?.now.getTime() ?? Date.now()) / DAY_MS);
    const made: string[] = [];
    for (let day = today - 1; day <= today + daysAhead; day++) {
      const name = `${table}_${isoDay(day).replaceAll("-", "")}`;
      if (names.has(name)) continue;
      await makePartition(tx, table, name, day);
      made.push(name);
    }
    return made;
  });
}

async function makePartition(tx: Transaction<DB>, table: string, name: string, day: number): Promise<void> {
  const from = sql.lit(`${isoDay(day)} 00:00:00+00`);
  const to = sql.lit(`${isoDay(day + 1)} 00:00:00+00`);
  await sql`create table ${sql.table(name)} (like ${sql.table(table)} including all excluding indexes)`.execute(tx);
  await sql`alter table ${sql.table(table)} attach partition ${sql.table(name)} for values from (${from}) to (${to})`.execute(
    tx,
  );
}

function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
