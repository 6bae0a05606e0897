import type { CheckFinding } from "@culprit/contract";
import type pg from "pg";
import { partitionedTables } from "../ensure-partitions.ts";
import { OWN_SCHEMAS } from "../own-schemas.ts";
import { type DatabaseStats, readStats } from "../stats/read-stats.ts";
import { BLOAT, INVALID_INDEXES, TRANSACTION_AGE, UNVALIDATED_CONSTRAINTS } from "./check-queries.ts";
import type { LongQuery } from "./query-sampler.ts";
import { slowQueryFindings } from "./slow-queries.ts";

const MB = 1024 * 1024;
const HOUR_S = 3600;

/** From where on something is a finding. */
export interface CheckLimits {
  readonly deadRowsMin: number;
  readonly deadPercent: number;
  readonly bloatBytesMin: number;
  readonly bloatShare: number;
  readonly unusedIndexBytesMin: number;
  /** Index scans must have been counted for so long before an index is called unused. */
  readonly unusedAfterDays: number;
  readonly partitionHoursAhead: number;
  readonly transactionAge: number;
  readonly openTransactionS: number;
  readonly connectionShare: number;
  readonly slowMeanMs: number;
  readonly slowCallsMin: number;
}

export const checkLimits: CheckLimits = {
  deadRowsMin: 100_000,
  deadPercent: 20,
  bloatBytesMin: 200 * MB,
  bloatShare: 0.5,
  unusedIndexBytesMin: 50 * MB,
  unusedAfterDays: 14,
  partitionHoursAhead: 48,
  transactionAge: 1_000_000_000,
  openTransactionS: 2 * HOUR_S,
  connectionShare: 0.85,
  slowMeanMs: 1000,
  slowCallsMin: 10,
};

/** What is wrong with the database or soon will be, each with its remedy. Reads catalogues and statistics only. */
export async function checkDatabase(
  pool: pg.Pool,
  options: { readonly now: Date; readonly longQueries: readonly LongQuery[]; readonly limits?: Partial<CheckLimits> },
): Promise<CheckFinding[]> {
  const limits = { ...checkLimits, ...options.limits };
  const stats = await readStats(pool);
  const ask = async <Row>(query: string) =>
    (await pool.query(query, query.includes("$1") ? [OWN_SCHEMAS] : [])).rows as Row[];
  return [
    ...transactionAge((await ask<{ age: number; multiAge: number }>(TRANSACTION_AGE))[0], limits),
    ...missingPartitions(stats, options.now, limits),
    ...archiveAndConnections(stats, limits),
    ...deadRows(stats, limits),
    ...bloat(await ask(BLOAT), limits),
    ...(await ask<{ index: string; table: string }>(INVALID_INDEXES)).map(
      ({ index, table }): CheckFinding => ({
        ...{ kind: "invalid_index", severity: "medium", subject: index, title: `The index ${index} is invalid` },
        detail: `It costs at every write to ${table} and serves no query: making it was broken off.`,
        remedy: `REINDEX INDEX CONCURRENTLY ${index}; or DROP INDEX ${index}; where its name ends in _ccnew.`,
      }),
    ),
    ...(await ask<{ constraint: string; table: string }>(UNVALIDATED_CONSTRAINTS)).map(
      ({ constraint, table }): CheckFinding => ({
        ...{ kind: "unvalidated_constraint", severity: "low", subject: `${table}.${constraint}` },
        title: `The constraint ${constraint} of ${table} was never validated`,
        detail: "Rows from before it may break it.",
        remedy: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint};`,
      }),
    ),
    ...unusedIndexes(stats, options.now, limits),
    ...slowQueryFindings(stats, options.longQueries, limits),
  ];
}

function transactionAge(found: { age: number; multiAge: number } | undefined, limits: CheckLimits): CheckFinding[] {
  const age = Math.max(found?.age ?? 0, found?.multiAge ?? 0);
  if (age < limits.transactionAge) return [];
  return [
    {
      ...{ kind: "transaction_age", subject: "database" },
      severity: age > limits.transactionAge * 1.5 ? "critical" : "high",
      title: "Transaction ids run out",
      detail: `The oldest unfrozen transaction is ${Math.round(age / 1e6)} million transactions old. At about 2,100 million PostgreSQL refuses to write.`,
      remedy:
        "Find what keeps VACUUM from its work (old transactions, replication slots, prepared transactions), end it, then run `culprit db vacuum`.",
    },
  ];
}

function missingPartitions({ partitions }: DatabaseStats, now: Date, limits: CheckLimits): CheckFinding[] {
  const needed = now.getTime() + limits.partitionHoursAhead * HOUR_S * 1000;
  return partitions
    .filter(({ schema, table }) => schema === "public" && table in partitionedTables)
    .filter(({ until }) => until === null || until.getTime() < needed)
    .map(({ table, until }) => ({
      ...{ kind: "missing_partition", subject: table, title: `${table} lacks partitions ahead` },
      severity: until === null || until <= now ? "critical" : "high",
      detail: `Rows ${until === null ? "" : `from ${until.toISOString()} on `}will be refused.`,
      remedy: "Run `culprit db maintain`, and see why the workflow `maintain-database` does not run.",
    }));
}

function archiveAndConnections(stats: DatabaseStats, limits: CheckLimits): CheckFinding[] {
  const { logArchive, connections, connectionLimit, reservedConnections, oldestTransaction: oldest } = stats;
  const room = connectionLimit - reservedConnections;
  const findings: CheckFinding[] = [];
  if (logArchive.isFailing)
    findings.push({
      ...{ kind: "log_archive", severity: "high", subject: "log archive", title: "The log archive fails" },
      detail: `Since ${logArchive.lastFailedAt?.toISOString() ?? "some time"} no log (WAL) could be archived: it piles up on the server's disk.`,
      remedy: "The server's own log says why; mend archive_command or its target.",
    });
  if (connections > room * limits.connectionShare)
    findings.push({
      ...{ kind: "connections", severity: "high", subject: "connections", title: "Connections run out" },
      detail: `${connections} of ${room} connections are in use.`,
      remedy: "Lower poolSize and poolOverflow of the servers, put a pooler in between, or raise max_connections.",
    });
  if (oldest !== null && oldest.ageS > limits.openTransactionS)
    findings.push({
      ...{ kind: "old_transaction", severity: "medium", subject: `process ${oldest.pid}` },
      title: `A transaction is open for ${Math.round(oldest.ageS / HOUR_S)} hours`,
      detail: `Process ${oldest.pid} (${oldest.application}): ${oldest.query}. No VACUUM can take away what died since.`,
      remedy: `If nobody needs it: SELECT pg_terminate_backend(${oldest.pid});`,
    });
  return findings;
}

function deadRows({ tables }: DatabaseStats, limits: CheckLimits): CheckFinding[] {
  return tables
    .filter(
      ({ deadRows: dead, deadPercent }) => dead >= limits.deadRowsMin && (deadPercent ?? 100) >= limits.deadPercent,
    )
    .map(({ table, deadRows: dead, deadPercent, vacuumedAt }) => ({
      ...{ kind: "dead_rows", severity: "medium", subject: table, title: `${table} is full of dead rows` },
      detail: `${dead} dead rows (${deadPercent ?? 100} % of the living ones), last vacuumed ${vacuumedAt?.toISOString() ?? "never"}.`,
      remedy: `culprit db vacuum ${table}`,
    }));
}

function bloat(
  found: readonly { table: string; bytes: number; wastedBytes: number }[],
  limits: CheckLimits,
): CheckFinding[] {
  return found
    .filter(({ bytes, wastedBytes }) => wastedBytes >= limits.bloatBytesMin && wastedBytes >= bytes * limits.bloatShare)
    .map(({ table, bytes, wastedBytes }) => ({
      ...{ kind: "bloat", severity: "low", subject: table, title: `${table} is mostly empty room` },
      detail: `About ${Math.round(wastedBytes / MB)} of ${Math.round(bytes / MB)} MB hold no row; new rows will use it, but every scan reads it.`,
      remedy: `VACUUM FULL ${table}; locks the table while it works, pg_repack does not.`,
    }));
}

function unusedIndexes(stats: DatabaseStats, now: Date, limits: CheckLimits): CheckFinding[] {
  const { countedSince, unusedIndexes: unused } = stats;
  // Null is since the database was made, and then its age is not known here.
  const countedDays = countedSince === null ? 0 : (now.getTime() - countedSince.getTime()) / 86_400_000;
  if (countedDays < limits.unusedAfterDays) return [];
  return unused
    .filter(({ bytes }) => bytes >= limits.unusedIndexBytesMin)
    .map(({ index, table, bytes }) => ({
      ...{ kind: "unused_index", severity: "low", subject: index, title: `Nothing reads the index ${index}` },
      detail: `${Math.round(bytes / MB)} MB on ${table}, not used for ${Math.floor(countedDays)} days; a replica may use it all the same.`,
      remedy: `If it is one of yours: DROP INDEX CONCURRENTLY ${index}; Culprit's own belong to its migrations: report it.`,
    }));
}
