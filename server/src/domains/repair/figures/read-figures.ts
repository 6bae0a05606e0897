import { type Stats, type StatsCounts, type StatsRate, type StatsStep, statsSteps } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";

const DAY_MS = 86_400_000;
/** Names of the columns, each once for the whole and once for each day. */
const countNames = [
  "incidents",
  "diagnosed",
  "answered",
  "patches",
  "applied",
  "proven",
  "pull_requests",
  "merged",
  "resolved",
] as const satisfies readonly (keyof StatsCounts)[];

interface Row {
  readonly totals: StatsCounts & { readonly approved: number; readonly answered_approved: number };
  readonly by_status: Record<string, number> | null;
  readonly by_type: Record<string, number> | null;
  readonly by_type_last_day: Record<string, number> | null;
  readonly without_pull_request: number;
  readonly steps: readonly { step: StatsStep; incidents: number; median_s: number | null; p95_s: number | null }[];
  readonly by_day: readonly ({ readonly day: string } & StatsCounts)[] | null;
}

/**
 * What became of the incidents that a project opened in the last `days` days: counts, document 1's rates, and how long each step
 * took. One statement, whatever the number of incidents: each table is read once, by the project and the time.
 */
export async function readFigures(
  db: Kysely<DB>,
  { projectId, days, now }: { readonly projectId: string; readonly days: number; readonly now: Date },
): Promise<Stats> {
  const from = new Date(now.getTime() - days * DAY_MS);
  const { rows } = await statement(projectId, from, now).execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error("an aggregate without a row");
  const { totals } = row;
  return {
    ...{ from: from.toISOString(), to: now.toISOString(), days },
    ...countsOf(totals),
    by_status: { detected: 0, analyzing: 0, pr_created: 0, resolved: 0, ...row.by_status },
    ...{ by_type: row.by_type ?? {}, by_type_last_day: row.by_type_last_day ?? {} },
    without_pull_request_last_week: row.without_pull_request,
    rates: {
      analysis: rateOf(totals.answered, totals.incidents),
      analysis_of_approved: rateOf(totals.answered_approved, totals.approved),
      patch_application: rateOf(totals.applied, totals.answered),
      patches_applied: rateOf(totals.applied, totals.patches),
      proof: rateOf(totals.proven, totals.patches),
      merge: rateOf(totals.merged, totals.pull_requests),
    },
    steps: statsSteps.map(
      (step) => row.steps.find((one) => one.step === step) ?? { step, incidents: 0, median_s: null, p95_s: null },
    ),
    by_day: (row.by_day ?? []).map((one) => ({ day: one.day, ...countsOf(one) })),
  };
}

const counted = sql`count(*)::int AS incidents, count(diagnosed_at)::int AS diagnosed, count(answered_at)::int AS answered,
  count(*) FILTER (WHERE has_patch)::int AS patches, count(*) FILTER (WHERE has_patch AND NOT is_failed)::int AS applied,
  count(proven_at)::int AS proven, count(*) FILTER (WHERE pull_request_at IS NOT NULL OR pr_url IS NOT NULL)::int AS pull_requests, count(merged_at)::int AS merged,
  count(resolved_at)::int AS resolved`;

function statement(projectId: string, from: Date, now: Date) {
  const mine = (column: string) => sql`project_id = ${projectId} AND ${sql.ref(column)} >= ${from}`;
  // A pull request that nobody follows is known by its incident alone: it counts, and has no time.
  return sql<Row>`
    WITH decided AS (
      SELECT incident_id, min(decided_at) AS approved_at FROM incident_decisions WHERE ${mine("decided_at")} AND decision = 'approved' GROUP BY 1),
    reported AS (SELECT incident_id, min(created_at) AS diagnosed_at FROM incident_reports WHERE ${mine("created_at")} GROUP BY 1),
    answered AS (
      SELECT incident_id, created_at AS answered_at, patch_diff IS NOT NULL AS has_patch,
        split_part(patch_diff, E'\n', 1) LIKE '%patch_failed%' AS is_failed
      FROM autopsy_results WHERE ${mine("created_at")}),
    proven AS (
      SELECT incident_id, min(created_at) AS proven_at FROM autopsy_runs WHERE ${mine("created_at")} AND proof = 'green' GROUP BY 1),
    pulled AS (
      SELECT incident_id, min(opened_at) AS pull_request_at, min(merged_at) AS merged_at FROM pull_requests WHERE ${mine("opened_at")} GROUP BY 1),
    known AS MATERIALIZED (
      SELECT i.created_at, i.detector, i.status, coalesce(c.first_seen_at, i.created_at) AS signal_at, i.status <> 'suppressed' AS is_approved,
        d.approved_at, r.diagnosed_at, a.answered_at, a.has_patch, a.is_failed, p.proven_at,
        q.pull_request_at, q.merged_at,
        CASE WHEN i.status = 'resolved' THEN i.resolved_at END AS resolved_at, i.pr_url
      FROM incidents i LEFT JOIN incident_counters c ON c.incident_id = i.id AND c.project_id = i.project_id
        LEFT JOIN decided d ON d.incident_id = i.id LEFT JOIN reported r ON r.incident_id = i.id
        LEFT JOIN answered a ON a.incident_id = i.id LEFT JOIN proven p ON p.incident_id = i.id
        LEFT JOIN pulled q ON q.incident_id = i.id
      WHERE i.project_id = ${projectId} AND i.created_at >= least(${from}::timestamptz, ${now}::timestamptz - interval '7 days') AND i.created_at <= ${now}),
    one AS (SELECT * FROM known WHERE created_at >= ${from}),
    moments AS (
      SELECT m.step, extract(epoch FROM greatest(m.at - one.signal_at, interval '0')) AS s FROM one CROSS JOIN LATERAL (VALUES
        ('approved', approved_at), ('diagnosed', diagnosed_at), ('answered', answered_at), ('proven', proven_at),
        ('pull_request', pull_request_at), ('merged', merged_at), ('resolved', resolved_at)) AS m(step, at) WHERE m.at IS NOT NULL)
    SELECT
      (SELECT to_json(t) FROM (SELECT ${counted}, count(*) FILTER (WHERE is_approved)::int AS approved,
        count(answered_at) FILTER (WHERE is_approved)::int AS answered_approved FROM one) t) AS totals,
      (SELECT json_object_agg(status, n) FROM (SELECT CASE WHEN status IN ('open', 'triaged') THEN 'detected' WHEN status = 'pr_created' THEN 'pr_created'
        WHEN status IN ('resolved', 'suppressed') THEN 'resolved' ELSE 'analyzing' END AS status, count(*) AS n FROM one GROUP BY 1) s) AS by_status,
      (SELECT json_object_agg(detector, n) FROM (SELECT detector, count(*) AS n FROM one WHERE detector IS NOT NULL GROUP BY 1) t) AS by_type,
      (SELECT json_object_agg(detector, n) FROM (SELECT detector, count(*) AS n FROM known
        WHERE detector IS NOT NULL AND created_at > ${now}::timestamptz - interval '24 hours' GROUP BY 1) t) AS by_type_last_day,
      (SELECT count(*)::int FROM known WHERE pr_url IS NULL AND created_at > ${now}::timestamptz - interval '7 days') AS without_pull_request,
      (SELECT coalesce(json_agg(t), '[]') FROM (SELECT step, count(*)::int AS incidents,
        round(percentile_cont(0.5) WITHIN GROUP (ORDER BY s)::numeric, 3)::float8 AS median_s,
        round(percentile_cont(0.95) WITHIN GROUP (ORDER BY s)::numeric, 3)::float8 AS p95_s FROM moments GROUP BY 1) t) AS steps,
      (SELECT json_agg(t) FROM (SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, ${counted} FROM one GROUP BY 1 ORDER BY 1) t) AS by_day`;
}

function countsOf(row: StatsCounts): StatsCounts {
  return Object.fromEntries(countNames.map((name) => [name, row[name]])) as StatsCounts;
}

function rateOf(count: number, of: number): StatsRate {
  return { count, of, percent: of === 0 ? null : Math.round((count / of) * 10_000) / 100 };
}
