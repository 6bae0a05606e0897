import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import { countOccurrences } from "./count-occurrences.ts";
import { type KnownIncident, lookUp } from "./look-up.ts";
import { servicePlaceOf } from "./service-place-of.ts";
import type { SignalToStore, StorePolicy } from "./signal-to-store.ts";
import { raiseSeverities } from "./store-faults.ts";

/** What began so long before or after each other is taken for one trouble. */
const WINDOW_MS = 15 * 60_000;

/**
 * Joins what telemetry says of a service to the incident that the same service has at the same time, with the reason stored: an
 * error that an SDK told of and the rate of errors are two views of one failure. Only what began, or came back, within 15 minutes counts: a failure
 * that has gone on for weeks does not swallow an outage. Needs a transaction.
 * @returns the incident's id, or null where the service has none.
 */
export async function joinByService(
  tx: Transaction<DB>,
  item: SignalToStore,
  policy: StorePolicy,
): Promise<string | null> {
  const { signal, projectId } = item;
  if (signal.service === null) return null;
  const found = await findBeside(tx, item);
  if (found === null) return null;
  const known = await lookUp(tx, [item]);
  const acknowledged = known.acknowledged.get(item.eventKey);
  if (acknowledged !== undefined) return acknowledged;
  const occurrence = { item, incident: found, reason: "same_service" as const };
  await countOccurrences(tx, [occurrence], known, policy);
  await raiseSeverities(tx, [occurrence]);
  const rationale = `${signal.title}: the same service had this incident at the same time, so it is another view of it.`;
  await sql`
    INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version, details)
    VALUES (${newId()}, ${projectId}, ${found.id}, 'merged', ${rationale}, 'service-window/1',
      ${JSON.stringify({ eventId: signal.eventId, trigger: signal.trigger?.type ?? null, windowMs: WINDOW_MS })}::jsonb)`.execute(
    tx,
  );
  return found.id;
}

interface BesideRow {
  id: string;
  status: KnownIncident["status"];
  error_type: string | null;
  occurred_at: Date;
  created_at: Date;
  occurrence_count: number | null;
  payload_count: number | null;
  last_payload_at: Date | null;
}

/** The incident of the service that began nearest to the signal and still goes on, locked; its own one is left to its fingerprint. */
async function findBeside(tx: Transaction<DB>, item: SignalToStore): Promise<KnownIncident | null> {
  const { projectId, signal, fingerprint } = item;
  const place = servicePlaceOf(signal);
  const at = new Date(signal.occurredAt);
  const from = new Date(at.getTime() - WINDOW_MS);
  const { rows } = await sql<BesideRow>`
    SELECT i.id, i.status, i.error_type, i.occurred_at, i.created_at, c.occurrence_count, c.payload_count, c.last_payload_at
    FROM incidents i
    JOIN services s ON s.service_id = i.service_id
    JOIN incident_counters c ON c.incident_id = i.id
    CROSS JOIN LATERAL (
      SELECT greatest(i.created_at, max(d.decided_at)) AS began_at FROM incident_decisions d
      WHERE d.incident_id = i.id AND d.decision = 'reopened'
    ) b
    WHERE s.project_id = ${projectId} AND s.cluster_id = ${place.cluster_id} AND s.namespace = ${place.namespace}
      AND s.service_name = ${signal.service} AND i.environment = ${signal.environment}
      AND i.status NOT IN ('resolved', 'suppressed') AND i.severity <> 'low'
      AND b.began_at >= ${from} AND c.last_seen_at >= ${from}
      AND NOT EXISTS (SELECT 1 FROM incident_fingerprints f WHERE f.incident_id = i.id AND f.version = ${fingerprint.version}
        AND f.fingerprint = ${fingerprint.hash})
    ORDER BY abs(extract(epoch FROM b.began_at - ${at}::timestamptz)), i.id LIMIT 1 FOR NO KEY UPDATE OF i`.execute(tx);
  const [row] = rows;
  if (row === undefined) return null;
  return {
    id: row.id,
    status: row.status,
    errorType: row.error_type,
    service: signal.service,
    occurredAt: row.occurred_at,
    openedAt: row.created_at,
    resolvedAt: null,
    hasService: true,
    occurrenceCount: row.occurrence_count ?? 0,
    payloadCount: row.payload_count ?? 0,
    lastPayloadAt: row.last_payload_at,
  };
}
