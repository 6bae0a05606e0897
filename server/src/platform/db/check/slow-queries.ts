import type { CheckFinding } from "@culprit/contract";
import type { DatabaseStats } from "../stats/read-stats.ts";
import type { LongQuery } from "./query-sampler.ts";

const SHOWN = 5;
/** Seen so often in the samples of a day. */
const SEEN_MIN = 5;
/** Upkeep takes as long as it takes. */
const PATIENT =
  /^\s*(copy|vacuum|analyze|refresh|create|alter|drop|reindex|cluster|lock|declare|fetch|begin|commit)\b/i;

/** Slow queries: as the server counts them, else those that were seen at work for long again and again. */
export function slowQueryFindings(
  { slowQueries, slowQueriesHint }: Pick<DatabaseStats, "slowQueries" | "slowQueriesHint">,
  longQueries: readonly LongQuery[],
  limits: { readonly slowMeanMs: number; readonly slowCallsMin: number },
): CheckFinding[] {
  if (slowQueries !== null)
    return slowQueries
      .filter(
        ({ query, meanMs, calls }) =>
          meanMs >= limits.slowMeanMs && calls >= limits.slowCallsMin && !PATIENT.test(query),
      )
      .slice(0, SHOWN)
      .map(({ query, meanMs, maxMs, calls }) => ({
        ...finding(query),
        detail: `${Math.round(meanMs)} ms in the mean of ${calls} calls, ${Math.round(maxMs)} ms at most: ${short(query)}`,
        remedy: "EXPLAIN (ANALYZE, BUFFERS) it; `culprit db maintain` makes statistics new, which often is the cause.",
      }));
  return longQueries
    .filter(({ seen }) => seen >= SEEN_MIN)
    .slice(0, SHOWN)
    .map(({ query, seen, longestMs }) => ({
      ...finding(query),
      detail: `Seen at work ${seen} times, ${longestMs} ms at the longest: ${short(query)}`,
      remedy: `EXPLAIN (ANALYZE, BUFFERS) it. ${slowQueriesHint ?? ""}`.trim(),
    }));
}

function finding(query: string): Pick<CheckFinding, "kind" | "severity" | "subject" | "title"> {
  return { kind: "slow_query", severity: "medium", subject: short(query).slice(0, 80), title: "A query is slow" };
}

function short(query: string): string {
  return query.replace(/\s+/g, " ").trim().slice(0, 300);
}
