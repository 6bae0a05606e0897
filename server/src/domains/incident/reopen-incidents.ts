import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { KnownIncident } from "./look-up.ts";
import type { SignalToStore } from "./signal-to-store.ts";
import { moveIncidents, system } from "./status.ts";

/** After a resolve, old instances may fail for this long while a fix rolls out: what they tell is late. */
const GRACE_MS = 10 * 60_000;
/** The newest occurrences of an incident tell in which revisions it failed last. */
const NEWEST_MAX = 500;

/** Why an occurrence reopens an incident that is resolved, in words; null where it is late and only counted. */
type ReopeningReason = (incident: KnownIncident, item: SignalToStore) => string | null;

/**
 * Loads what ran when the resolved ones among `incidents` were resolved, and judges with it. An occurrence of a revision that
 * already ran then is late if it happened within the grace and the incident had failed in that revision before: a fix, or what
 * was rolled back to, is no old instance. One of a later revision, or of one that was reported as deployed again, is never late;
 * of an unknown one it is late if it was received within the grace. An alert has no revision but a beginning: the firing
 * that was already known is late, one that began after it is not.
 */
export async function judgeResolved(
  tx: Transaction<DB>,
  incidents: readonly KnownIncident[],
  items: readonly SignalToStore[],
): Promise<ReopeningReason> {
  if (!incidents.some(({ status }) => status === "resolved")) return () => null;
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
  const failedIn = runs.size === 0 ? new Set<string>() : await newestRevisions(tx, incidents);
  return ({ id, resolvedAt }, { projectId, signal, receivedAt }) => {
    if (resolvedAt === null) return "It occurred again after it was resolved.";
    const occurredAt = Date.parse(signal.occurredAt);
    if (signal.door === "alert")
      return occurredAt <= (beganLast.get(id)?.getTime() ?? 0)
        ? null
        : `It occurred again in a firing that began at ${signal.occurredAt}.`;
    const revision = signal.commitSha ?? signal.release;
    const run = runs.get(`${projectId} ${signal.environment} ${revision}`);
    if (run === undefined) {
      const passed = receivedAt.getTime() - resolvedAt.getTime();
      return passed < GRACE_MS ? null : `It failed again ${inWords(passed)} after it was resolved.`;
    }
    if (run.from_at > resolvedAt || (run.deployed_at !== null && run.deployed_at > resolvedAt))
      return `It occurred again in revision ${revision}, which began to run after it was resolved.`;
    // What happened before it was resolved stays late, however long it was on its way. A clock that runs ahead decides nothing.
    const passed = Math.min(occurredAt, receivedAt.getTime()) - resolvedAt.getTime();
    const hadFailed = [signal.commitSha, signal.release].some((one) => failedIn.has(`${id} ${one}`));
    if (passed <= 0 || (passed < GRACE_MS && hadFailed)) return null;
    const again = `It failed again ${inWords(passed)} after it was resolved, in revision ${revision}, which was already running then`;
    return hadFailed ? `${again}.` : `${again} and had not failed like this before.`;
  };
}

function inWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/** The revisions in which the resolved ones among `incidents` failed last, as `id revision`. */
async function newestRevisions(tx: Transaction<DB>, incidents: readonly KnownIncident[]): Promise<ReadonlySet<string>> {
  const ids = incidents.filter(({ status }) => status === "resolved").map(({ id }) => id);
  const { rows } = await sql<{ key: string }>`
    SELECT DISTINCT concat_ws(' ', i.id, r.revision) AS key
    FROM (SELECT DISTINCT unnest(${ids}::uuid[]) AS id) AS i
    CROSS JOIN LATERAL (SELECT commit_sha, release FROM incident_occurrences WHERE incident_id = i.id
      ORDER BY received_at DESC LIMIT ${NEWEST_MAX}) AS o
    CROSS JOIN LATERAL (VALUES (o.commit_sha), (o.release)) AS r(revision)
    WHERE r.revision IS NOT NULL`.execute(tx);
  return new Set(rows.map(({ key }) => key));
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

/** Reopens resolved incidents as regressions, each with its reason and the occurrence that did it. One statement for all of them. */
export async function reopenIncidents(
  tx: Transaction<DB>,
  byIncident: ReadonlyMap<string, { readonly item: SignalToStore; readonly reason: string }>,
): Promise<void> {
  if (byIncident.size === 0) return;
  const moves = [...byIncident].map(([incidentId, { item, reason }]) => ({
    incidentId,
    reason,
    details: { eventId: item.signal.eventId },
  }));
  await moveIncidents(tx, { to: "open", actor: system, moves, isRegression: true });
}
