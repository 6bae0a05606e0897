import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { KnownIncident } from "./look-up.ts";
import type { SignalToStore } from "./signal-to-store.ts";
import { moveIncidents, system } from "./status.ts";

/** After a resolve, occurrences of an unknown revision are taken as late for this long. */
const QUIET_PERIOD_MS = 10 * 60_000;

/**
 * Loads what ran when the resolved ones among `incidents` were resolved, and judges with it: an occurrence of a
 * revision that already ran then is late; one of a later revision, or of one that was reported as deployed again, is not;
 * of an unknown one it is late within the quiet period only. An alert has no revision but a beginning: the firing that
 * was already known is late, one that began after it is not.
 */
export async function judgeResolved(
  tx: Transaction<DB>,
  incidents: readonly KnownIncident[],
  items: readonly SignalToStore[],
): Promise<(incident: KnownIncident, item: SignalToStore) => boolean> {
  if (!incidents.some(({ status }) => status === "resolved")) return () => false;
  const revisions = items.flatMap(({ projectId, signal }) => {
    const revision = signal.commitSha ?? signal.release;
    return revision === null ? [] : [{ projectId, environment: signal.environment, revision }];
  });
  // A signal alone may be seen out of order while two revisions run side by side; a report of a deployment may not.
  const { rows } = await sql<{ key: string; from_at: Date; deployed_at: Date | null }>`
    SELECT concat_ws(' ', s.project_id, s.environment, s.revision) AS key, min(r.from_at) AS from_at,
      max(r.from_at) FILTER (WHERE d.origin = 'reported') AS deployed_at
    FROM (SELECT DISTINCT * FROM unnest(${revisions.map((one) => one.projectId)}::uuid[], ${revisions.map((one) => one.environment)}::text[],
      ${revisions.map((one) => one.revision)}::text[])) AS s(project_id, environment, revision)
    JOIN service_revisions r ON r.project_id = s.project_id AND r.environment = s.environment AND s.revision IN (r.commit_sha, r.release)
    LEFT JOIN deployment_events d ON d.deployment_event_id = r.deployment_event_id
    GROUP BY 1`.execute(tx);
  const runs = new Map(rows.map((row) => [row.key, row]));
  const beganLast = await newestBeginnings(tx, incidents, items);
  return ({ id, resolvedAt }, { projectId, signal, receivedAt }) => {
    if (resolvedAt === null) return false;
    if (signal.door === "alert") return Date.parse(signal.occurredAt) <= (beganLast.get(id)?.getTime() ?? 0);
    const run = runs.get(`${projectId} ${signal.environment} ${signal.commitSha ?? signal.release}`);
    if (run !== undefined)
      return run.from_at <= resolvedAt && (run.deployed_at === null || run.deployed_at <= resolvedAt);
    return receivedAt.getTime() - resolvedAt.getTime() < QUIET_PERIOD_MS;
  };
}

/** When the newest firing of each resolved incident began, by the sender's clock, where the batch holds alerts. */
async function newestBeginnings(
  tx: Transaction<DB>,
  incidents: readonly KnownIncident[],
  items: readonly SignalToStore[],
): Promise<ReadonlyMap<string, Date>> {
  if (!items.some(({ signal }) => signal.door === "alert")) return new Map();
  const ids = incidents.filter(({ status }) => status === "resolved").map(({ id }) => id);
  const { rows } = await sql<{ incident_id: string; began_at: Date }>`
    SELECT incident_id, max(occurred_at) AS began_at FROM incident_occurrences
    WHERE incident_id = ANY(${ids}::uuid[]) AND door = 'alert' GROUP BY incident_id`.execute(tx);
  return new Map(rows.map((row) => [row.incident_id, row.began_at]));
}

/** Reopens resolved incidents as regressions, with the occurrence that did it as the reason. One statement for all of them. */
export async function reopenIncidents(
  tx: Transaction<DB>,
  byIncident: ReadonlyMap<string, SignalToStore>,
): Promise<void> {
  if (byIncident.size === 0) return;
  const moves = [...byIncident].map(([incidentId, { signal }]) => ({
    incidentId,
    reason: `It occurred again ${whenOf(signal)}.`,
    details: { eventId: signal.eventId },
  }));
  await moveIncidents(tx, { to: "open", actor: system, moves, isRegression: true });
}

function whenOf({ commitSha, release, door, occurredAt }: SignalToStore["signal"]): string {
  if (door === "alert") return `in a firing that began at ${occurredAt}`;
  const revision = commitSha ?? release;
  return revision === null
    ? "after the quiet period"
    : `in revision ${revision}, which began to run after it was resolved`;
}
