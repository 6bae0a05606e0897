import type { UpkeepKind, UpkeepRun, UpkeepRunList } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { toPublicId } from "../../platform/ids/ids.ts";

interface RunRow {
  readonly run_id: string;
  readonly kind: string;
  readonly status: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly details: unknown;
  readonly error_message: string | null;
}

/** Runs of upkeep, newest first: a page behind the run that `cursor` names. */
export async function listRuns(
  db: Kysely<DB>,
  {
    kind,
    limit,
    cursor,
  }: { readonly kind?: UpkeepKind | undefined; readonly limit: number; readonly cursor?: string | undefined },
): Promise<UpkeepRunList> {
  const { rows } = await sql<RunRow>`
    SELECT run_id, kind, status, started_at, finished_at, details, error_message FROM upkeep_runs r
    WHERE (${kind ?? null}::text IS NULL OR kind = ${kind ?? null})
      AND (${cursor ?? null}::uuid IS NULL OR (r.started_at, r.run_id) < (SELECT c.started_at, c.run_id FROM upkeep_runs c WHERE c.run_id = ${cursor ?? null}::uuid))
    ORDER BY r.started_at DESC, r.run_id DESC LIMIT ${limit + 1}`.execute(db);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(runReply),
    next_cursor: rows.length > limit && last !== undefined ? toPublicId("run", last.run_id) : null,
  };
}

/** A run as the API shows it. */
export function runReply(row: RunRow): UpkeepRun {
  const details = row.details as Record<string, unknown>;
  return {
    id: toPublicId("run", row.run_id),
    kind: row.kind as UpkeepKind,
    status: row.status as UpkeepRun["status"],
    started_at: row.started_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    duration_ms: row.finished_at === null ? null : row.finished_at.getTime() - row.started_at.getTime(),
    error_message: row.error_message,
    summary: row.status === "running" ? "It runs." : (row.error_message ?? summaryOf(row.kind as UpkeepKind, details)),
    details,
  };
}

function summaryOf(kind: UpkeepKind, details: Record<string, unknown>): string {
  const count = (value: unknown) => (Array.isArray(value) ? value.length : Number(value ?? 0));
  switch (kind) {
    case "backup":
      return `${(count(details.bytes) / 1e6).toFixed(1)} MB, ${count(details.rows).toLocaleString("en")} rows, ${details.isVerified === true ? "verified" : "not verified"}${details.isPruned === true ? ", taken away since" : ""}`;
    case "check":
      return count(details.findings) === 0 ? "Nothing was found." : `${count(details.findings)} findings`;
    case "views":
      return `${count(details.refreshed)} views`;
    case "logs":
    case "executions":
      return `${count(details.rows)} rows, ${count(details.partitions)} partitions`;
    case "maintenance":
      return details.isBusy === true
        ? "Another process maintained the database."
        : `${count(details.madePartitions)} partitions made, ${count(details.removed)} tables thinned out, ${count(details.analyzed)} analyzed`;
  }
}
