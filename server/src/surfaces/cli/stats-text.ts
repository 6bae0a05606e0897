import type { DatabaseStats } from "../../platform/db/stats/read-stats.ts";
import { bytesText, secondsText, tableText } from "./format.ts";

const TABLES_MAX = 15;
const INDEXES_MAX = 20;

/** The statistics for people, most important first. */
export function statsText(stats: DatabaseStats): string[] {
  const { oldestTransaction: oldest, connectionLimit: limit, reservedConnections: reserved } = stats;
  return [
    `database     ${stats.databaseName}, PostgreSQL ${stats.version}, ${bytesText(stats.databaseBytes)}`,
    `connections  ${stats.connections} of ${limit} (${stats.activeConnections} at work; ${reserved} kept for administrators)`,
    `oldest transaction  ${oldest === null ? "none" : `${secondsText(oldest.ageS)}, process ${oldest.pid} (${oldest.application === "" ? "unnamed" : oldest.application}, ${oldest.state ?? "state not shown to this user"})`}`,
    `log archive  ${archiveText(stats)}`,
    "",
    ...tables(stats),
    "",
    ...partitions(stats),
    "",
    ...indexes(stats),
    "",
    ...slow(stats),
  ];
}

function archiveText({ logArchive: { isOn, isFailing, lastArchivedAt, lastFailedAt } }: DatabaseStats): string {
  if (!isOn) return "off";
  if (isFailing)
    return `FAILING since ${lastFailedAt?.toISOString()}: the log piles up on the server's disk; its own log says why`;
  return `on, newest ${lastArchivedAt?.toISOString() ?? "none yet"}`;
}

function tables({ tables }: DatabaseStats): string[] {
  const shown = tables
    .slice(0, TABLES_MAX)
    .map((one) => [
      one.schema === "public" ? one.table : `${one.schema}.${one.table}`,
      String(one.rows),
      String(one.deadRows),
      one.deadPercent === null ? "" : `${one.deadPercent} %`,
      bytesText(one.totalBytes),
      bytesText(one.indexBytes),
      bytesText(one.toastBytes),
      one.vacuumedAt?.toISOString().slice(0, 16) ?? "never",
    ]);
  const heading = ["table", " rows", " dead", " ratio", " size", " indexes", " toast", "vacuumed"];
  return [...tableText(heading, shown), ...more(tables.length - shown.length, "smaller tables")];
}

function partitions({ partitions }: DatabaseStats): string[] {
  return tableText(
    ["partitioned", " partitions", "from", "until"],
    partitions.map((one) => [
      one.table,
      String(one.partitions),
      one.from?.toISOString().slice(0, 10) ?? "",
      one.until === null ? "NONE: rows are refused; run culprit db maintain" : one.until.toISOString().slice(0, 10),
    ]),
  );
}

function indexes({ indexes, unusedIndexes, countedSince }: DatabaseStats): string[] {
  const since =
    countedSince === null ? "since the database was made" : `since ${countedSince.toISOString().slice(0, 16)}`;
  const bytes = unusedIndexes.reduce((sum, one) => sum + one.bytes, 0);
  const busiest = indexes.slice(0, 5).map(({ index, scans }) => `${index} (${scans})`);
  return [
    `busiest indexes ${since}: ${busiest.join(", ")}`,
    `indexes that nothing read ${since} and that guard no key: ${unusedIndexes.length}, ${bytesText(bytes)}`,
    ...[...unusedIndexes]
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, INDEXES_MAX)
      .map(({ table, index, bytes: size }) => `  ${index} on ${table}, ${bytesText(size)}`),
    ...more(unusedIndexes.length - INDEXES_MAX, "more"),
  ];
}

function slow({ slowQueries, slowQueriesHint }: DatabaseStats): string[] {
  if (slowQueries === null) return [`slow queries  ${slowQueriesHint}`];
  return tableText(
    [" mean ms", " max ms", " calls", "slowest queries"],
    slowQueries.map((one) => [
      one.meanMs.toFixed(2),
      one.maxMs.toFixed(1),
      String(one.calls),
      one.query.replace(/\s+/g, " ").slice(0, 120),
    ]),
  );
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`  … and ${count} ${what}`] : [];
}
