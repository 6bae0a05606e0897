import { type Kysely, sql, type Transaction } from "kysely";
import type { DB } from "./tables.generated.ts";
import { states, tryAgain } from "./try-again.ts";

/** How long a partition is; a partition is named `<table>_YYYYMMDD` or `<table>_YYYYMM`, in UTC. */
export type PartitionLength = "day" | "month";

/** Every partitioned table. */
export const partitionedTables: Readonly<Record<string, PartitionLength>> = {
  incident_occurrences: "day",
  execution_logs: "month",
  metric_blocks: "day",
  metric_rollups_5m: "month",
  metric_rollups_1h: "month",
  anomaly_features: "day",
  spans: "day",
  log_records: "day",
};
const DAY_MS = 86_400_000;
const BUSY = { states: [states.lockNotAvailable], triesMax: 10 };
/** "part" as a number: whoever makes partitions holds this transaction-scoped advisory lock. */
const PARTITION_LOCK = 0x70617274;

/**
 * Makes the partitions that hold yesterday to `daysAhead` days from now, by the clock of the database, and returns the
 * names of those that were missing. Idempotent, safe concurrently and under load: a partition is made apart and
 * attached, which does not block readers or writers of the parent, and waits at most a second for a lock before it
 * lets others pass and tries again.
 */
export async function ensurePartitions(
  db: Kysely<DB>,
  { daysAhead }: { readonly daysAhead: number },
): Promise<string[]> {
  const made: string[] = [];
  for (const [table, length] of Object.entries(partitionedTables)) {
    made.push(...(await tryAgain(() => ensureTable(db, table, length, daysAhead), BUSY)));
  }
  return made;
}

/**
 * Makes the partitions of these tables that hold these instants, which may lie long ago; returns the names of those that were
 * missing. Idempotent and safe concurrently, as `ensurePartitions`.
 */
export async function ensurePartitionsOf(
  db: Kysely<DB>,
  tables: readonly string[],
  instants: readonly Date[],
): Promise<string[]> {
  const made: string[] = [];
  for (const table of tables) {
    const length = partitionedTables[table] ?? "day";
    const ranges = () => instants.flatMap((at) => partitionsBetween(at.getTime(), at.getTime(), length));
    made.push(...(await tryAgain(() => makeMissing(db, table, ranges), BUSY)));
  }
  return made;
}

function ensureTable(db: Kysely<DB>, table: string, length: PartitionLength, daysAhead: number): Promise<string[]> {
  return makeMissing(db, table, (nowMs) => partitionsBetween(nowMs - DAY_MS, nowMs + daysAhead * DAY_MS, length));
}

async function makeMissing(
  db: Kysely<DB>,
  table: string,
  rangesAt: (nowMs: number) => readonly PartitionRange[],
): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${PARTITION_LOCK})`.execute(tx);
    await sql`set local lock_timeout = '1s'`.execute(tx);
    const { rows: existing } = await sql<{ name: string }>`
      select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
      where inhparent = to_regclass(${table})`.execute(tx);
    const names = new Set(existing.map(({ name }) => name));
    const { rows: clock } = await sql<{ now: Date }>`select now()`.execute(tx);
    const nowMs = clock[0]?.now.getTime() ?? Date.now();
    const made: string[] = [];
    for (const range of rangesAt(nowMs)) {
      const name = `${table}_${range.suffix}`;
      if (names.has(name)) continue;
      await makePartition(tx, table, name, range);
      names.add(name);
      made.push(name);
    }
    return made;
  });
}

interface PartitionRange {
  /** `YYYYMMDD` or `YYYYMM`. */
  readonly suffix: string;
  /** Dates as `YYYY-MM-DD`; `to` is the first day of the next partition. */
  readonly from: string;
  readonly to: string;
}

function partitionsBetween(fromMs: number, toMs: number, length: PartitionLength): PartitionRange[] {
  const ranges: PartitionRange[] = [];
  for (let startMs = startOf(fromMs, length); startMs <= toMs; ) {
    const endMs = length === "day" ? startMs + DAY_MS : startOf(startMs + 31 * DAY_MS, "month");
    const from = isoDay(startMs);
    ranges.push({ suffix: from.replaceAll("-", "").slice(0, length === "day" ? 8 : 6), from, to: isoDay(endMs) });
    startMs = endMs;
  }
  return ranges;
}

function startOf(timeMs: number, length: PartitionLength): number {
  const day = Math.floor(timeMs / DAY_MS) * DAY_MS;
  return length === "day" ? day : day - (new Date(day).getUTCDate() - 1) * DAY_MS;
}

async function makePartition(tx: Transaction<DB>, table: string, name: string, range: PartitionRange): Promise<void> {
  const [from, to] = [sql.lit(`${range.from} 00:00:00+00`), sql.lit(`${range.to} 00:00:00+00`)];
  await sql`create table ${sql.table(name)} (like ${sql.table(table)} including all excluding indexes)`.execute(tx);
  await sql`alter table ${sql.table(table)} attach partition ${sql.table(name)} for values from (${from}) to (${to})`.execute(
    tx,
  );
}

function isoDay(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
