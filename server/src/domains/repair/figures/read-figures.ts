import { type Stats, type StatsCounts, type StatsRate, type StatsStep, statsSteps } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { ownEnvironment } from "../../incident/index.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
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
  readonly steps: readonly { step: StatsStep; incidents: number; quantiles: readonly [number, number] | null }[];
  readonly by_day: readonly ({ readonly day: string } & StatsCounts)[] | null;
}

/**
 * What became of the incidents that a project opened in the last `days` days, faults of Culprit itself left out: counts, document 1's rates, and how long each step
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
    steps: row.steps.map(({ step, incidents, quantiles }) => ({
      ...{ step, incidents },
      ...{ median_s: toMillis(quantiles?.[0]), p95_s: toMillis(quantiles?.[1]) },
    })),
    by_day: (row.by_day ?? []).map((one) => ({ day: one.day, ...countsOf(one) })),
  };
}

const counted = sql`count(*) AS incidents, count(diagnosed_at) AS diagnosed, count(answered_at) AS answered,
  count(*) FILTER (WHERE has_patch) AS patches, count(*) FILTER (WHERE has_patch AND NOT is_failed) AS applied,
  count(proven_at) AS proven, count(*) FILTER (WHERE has_pull_request) AS pull_requests, count(merged_at) AS merged, count(resolved_at) AS resolved`;
/** The same counts of groups together. */
const summed = sql.join(countNames.map((name) => sql`coalesce(sum(${sql.ref(name)}), 0)::int AS ${sql.ref(name)}`));

/** When each step was first reached, as a column. */
const reachedAt = (step: StatsStep) => sql.ref(`${step}_at`);
const lasted = sql.join(
  statsSteps.map(
    (step) => sql`json_build_object('step', ${sql.lit(step)}::text, 'incidents', count(${reachedAt(step)}),
      'quantiles', percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY date_part('epoch', greatest(${reachedAt(step)}, signal_at) - signal_at))
        FILTER (WHERE ${reachedAt(step)} IS NOT NULL))`,
  ),
);

/*
 * Of 175,000 incidents in 30 days this took three times as long when each answer went over all of them: groups by day, status and detector are counted in one
 * pass, and the answers add these few up. Counters are read by the time that is asked about, give or take a day, from their index alone; the few others by key.
 */
function statement(projectId: string, from: Date, now: Date) {
  const mine = (column: string) => sql`project_id = ${projectId} AND ${sql.ref(column)} >= ${from}`;
  const since = new Date(Math.min(from.getTime(), now.getTime() - WEEK_MS));
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
      SELECT i.created_at, i.detector::text, i.status::text, i.pr_url IS NULL AS is_without, d.approved_at, r.diagnosed_at, a.answered_at, a.has_patch, a.is_failed,
        p.proven_at, q.pull_request_at, q.pull_request_at IS NOT NULL OR i.pr_url IS NOT NULL AS has_pull_request, q.merged_at,
        CASE WHEN i.status = 'resolved' THEN i.resolved_at END AS resolved_at,
        coalesce(c.first_seen_at, (SELECT o.first_seen_at FROM incident_counters o WHERE o.incident_id = i.id), i.created_at) AS signal_at
      FROM incidents i
        LEFT JOIN incident_counters c ON c.incident_id = i.id AND c.project_id = ${projectId} AND c.first_seen_at >= ${new Date(since.getTime() - DAY_MS)}
        LEFT JOIN decided d ON d.incident_id = i.id LEFT JOIN reported r ON r.incident_id = i.id
        LEFT JOIN answered a ON a.incident_id = i.id LEFT JOIN proven p ON p.incident_id = i.id
        LEFT JOIN pulled q ON q.incident_id = i.id
      WHERE i.project_id = ${projectId} AND i.created_at >= ${since} AND i.created_at <= ${now} AND i.environment <> ${ownEnvironment}),
    counted AS MATERIALIZED (
      SELECT (created_at AT TIME ZONE 'UTC')::date AS day, status, detector, created_at >= ${from} AS is_asked, created_at > ${new Date(now.getTime() - DAY_MS)} AS is_last_day,
        count(*) FILTER (WHERE is_without AND created_at > ${new Date(now.getTime() - WEEK_MS)}) AS without_pull_request, ${counted}
      FROM known GROUP BY 1, 2, 3, 4, 5),
    asked AS (SELECT * FROM counted WHERE is_asked)
    SELECT
      (SELECT to_json(t) FROM (SELECT ${summed}, coalesce(sum(incidents) FILTER (WHERE status <> 'suppressed'), 0)::int AS approved,
        coalesce(sum(answered) FILTER (WHERE status <> 'suppressed'), 0)::int AS answered_approved FROM asked) t) AS totals,
      (SELECT json_object_agg(status, n) FROM (SELECT CASE WHEN status IN ('open', 'triaged') THEN 'detected' WHEN status = 'pr_created' THEN 'pr_created'
        WHEN status IN ('resolved', 'suppressed') THEN 'resolved' ELSE 'analyzing' END AS status, sum(incidents) AS n FROM asked GROUP BY 1) s) AS by_status,
      (SELECT json_object_agg(detector, n) FROM (SELECT detector, sum(incidents) AS n FROM asked WHERE detector IS NOT NULL GROUP BY 1) t) AS by_type,
      (SELECT json_object_agg(detector, n) FROM (SELECT detector, sum(incidents) AS n FROM counted WHERE detector IS NOT NULL AND is_last_day GROUP BY 1) t) AS by_type_last_day,
      (SELECT coalesce(sum(without_pull_request), 0)::int FROM counted) AS without_pull_request,
      (SELECT json_build_array(${lasted}) FROM known WHERE created_at >= ${from}) AS steps,
      (SELECT json_agg(t) FROM (SELECT to_char(day, 'YYYY-MM-DD') AS day, ${summed} FROM asked GROUP BY day ORDER BY day) t) AS by_day`;
}

function countsOf(row: StatsCounts): StatsCounts {
  return Object.fromEntries(countNames.map((name) => [name, row[name]])) as StatsCounts;
}

/** Seconds to the millisecond. */
function toMillis(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 1000) / 1000;
}

function rateOf(count: number, of: number): StatsRate {
  return { count, of, percent: of === 0 ? null : Math.round((count / of) * 10_000) / 100 };
}
