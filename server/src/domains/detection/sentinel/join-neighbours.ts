import { sql } from "kysely";
import { type Overlap, sameTroubles, type Telling, type Trouble } from "../../../analysis/detection/same-trouble.ts";
import { outsideFailure } from "../../../analysis/world/message-facts.ts";
import { tryAgain } from "../../../platform/db/try-again.ts";
import { mergeIncidents, storingConflicts } from "../../incident/index.ts";
import type { SentinelDeps } from "./open-trigger.ts";
import { readTroubledCalls } from "./read-troubled-calls.ts";

/** Only what was opened just now is joined, to each other and to what stands and was told of by the same requests. */
const FRESH_MS = 20 * 60_000;
const TROUBLES_MAX = 50;
/** Of an incident's traces; a part is enough to see whether it shares them. */
const TRACES_MAX = 200;
/** Answers that say of themselves that somebody behind failed; a bare 500 may be the service's own. */
const gatewayStatus = /^HTTP 50[234]\b/;

/**
 * Makes one incident of those that one failure opened (`analysis/detection/same-trouble.ts` says when, and which remains). One read by indexes
 * where there are fewer than two such incidents, three or four where there are more.
 * @returns how many were merged into another.
 */
export async function joinNeighbours(deps: SentinelDeps, projectId: string): Promise<number> {
  const { database, log } = deps;
  const troubles = await freshTroubles(deps, projectId);
  if (troubles.length < 2) return 0;
  const [overlaps, calls] = await Promise.all([
    readOverlaps(deps, projectId, troubles),
    readTroubledCalls(deps, projectId, troubles),
  ]);
  let merged = 0;
  for (const { from, into, reason, by } of sameTroubles(troubles, overlaps, calls)) {
    const isMerged = await tryAgain(
      () =>
        database.transaction((tx) => mergeIncidents(tx, { projectId, from, into, reason, details: { joined_by: by } })),
      storingConflicts,
    );
    if (!isMerged) continue;
    merged += 1;
    log.info({ projectId, incidentId: into, merged: from, by }, "two incidents were one failure");
  }
  return merged;
}

async function freshTroubles({ database, now }: SentinelDeps, projectId: string): Promise<readonly Trouble[]> {
  const { rows } = await sql<{
    id: string;
    environment: string;
    service: string;
    began_at: Date;
    traces: number;
    telling: Telling;
    isSlow: boolean;
    error_type: string | null;
    error_message: string;
  }>`
    WITH fresh AS MATERIALIZED (
      SELECT i.id FROM incidents i
      WHERE i.project_id = ${projectId} AND i.status NOT IN ('resolved', 'suppressed', 'pr_created')
        AND i.created_at > ${new Date(now().getTime() - FRESH_MS)} AND i.resolution_kind IS NULL AND NOT i.is_regression
        AND i.environment <> 'culprit-itself'
      ORDER BY i.created_at DESC, i.id DESC LIMIT ${TROUBLES_MAX}
    ), beside AS (
      -- A line that came before the span of its request may open an incident long after that of the failure.
      SELECT DISTINCT o.incident_id AS id FROM fresh f
      CROSS JOIN LATERAL (SELECT trace_id FROM incident_traces WHERE incident_id = f.id LIMIT ${TRACES_MAX}) n
      JOIN incident_traces o ON o.project_id = ${projectId} AND o.trace_id = n.trace_id AND o.incident_id <> f.id
    )
    SELECT i.id, i.environment, s.service_name AS service, i.occurred_at AS began_at, i.error_type, i.error_message,
      (SELECT count(DISTINCT trace_id) FROM (SELECT trace_id FROM incident_traces t WHERE t.incident_id = i.id LIMIT ${TRACES_MAX}) n)::int AS traces,
      CASE WHEN i.source = 'alert' THEN 'detector' WHEN i.error_type IS NOT NULL AND i.stack_trace IS NOT NULL THEN 'stack'
        WHEN i.error_type IS NOT NULL THEN 'exception' WHEN i.source = 'logs' THEN 'log line' ELSE 'status' END AS telling,
      coalesce(i.detector = 'latency', false) OR EXISTS (SELECT 1 FROM incident_triggers t WHERE t.incident_id = i.id AND t.trigger_type = 'p99_regression') AS "isSlow"
    FROM (SELECT id FROM fresh UNION SELECT id FROM beside) f JOIN incidents i ON i.id = f.id JOIN services s ON s.service_id = i.service_id
    WHERE i.status NOT IN ('resolved', 'suppressed') ORDER BY i.created_at DESC, i.id DESC LIMIT ${TROUBLES_MAX}`.execute(
    database.db,
  );
  return rows.map(({ began_at, error_type: type, error_message: message, ...row }) => {
    const outside = row.telling === "detector" ? null : outsideFailure([{ type: type ?? "", message }]);
    return {
      ...row,
      beganAt: began_at.getTime(),
      isPassedOn: type !== null && outside?.kind === "upstream_error",
      isSymptom:
        row.isSlow ||
        (row.telling === "status" ? gatewayStatus.test(message) : outside !== null && outside.kind !== "bad_reply"),
      blames: row.telling === "status" || row.isSlow ? null : (outside?.target ?? null),
    };
  });
}

async function readOverlaps(
  { database }: SentinelDeps,
  projectId: string,
  troubles: readonly Trouble[],
): Promise<readonly Overlap[]> {
  const { rows } = await sql<{ a: string; b: string; shared: number }>`
    SELECT t.id AS a, o.incident_id AS b, count(DISTINCT n.trace_id)::int AS shared
    FROM unnest(${troubles.map(({ id }) => id)}::uuid[]) AS t(id)
    CROSS JOIN LATERAL (SELECT trace_id FROM incident_traces WHERE incident_id = t.id LIMIT ${TRACES_MAX}) n
    JOIN incident_traces o ON o.project_id = ${projectId} AND o.trace_id = n.trace_id AND o.incident_id <> t.id
    GROUP BY 1, 2`.execute(database.db);
  // Counted from both sides; of one with many traces only a part was looked at, so the larger count is the truer.
  const pairs = new Map<string, Overlap>();
  for (const { a, b, shared } of rows) {
    const ids: readonly [string, string] = a < b ? [a, b] : [b, a];
    const known = pairs.get(ids.join(" "));
    if (known === undefined || known.shared < shared) pairs.set(ids.join(" "), { ids, shared });
  }
  return [...pairs.values()];
}
