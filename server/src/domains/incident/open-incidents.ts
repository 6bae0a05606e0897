import type { ErrorSignal, StackFrame } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import { renderStack } from "../../analysis/stack/index.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { faultColumns, isCrash } from "./fault-columns.ts";
import { eventColumns, incidentEvents } from "./incident-events.ts";
import { distinct, findByFingerprint, type KnownIncident } from "./look-up.ts";
import { servicePlaceOf } from "./service-place-of.ts";
import type { SignalToStore } from "./signal-to-store.ts";

export interface OpenedIncident {
  readonly known: KnownIncident;
  /** False when another writer opened it a moment earlier. */
  readonly isNew: boolean;
}

/**
 * Opens an incident for each fingerprint that has none, with the reason stored, or finds the one that another writer
 * opened meanwhile. The fingerprint is claimed first: the unique key decides who opens.
 * @returns incidents by `fingerprintKey`.
 */
export async function openIncidents(
  tx: Transaction<DB>,
  items: readonly SignalToStore[],
): Promise<Map<string, OpenedIncident>> {
  const opened = new Map<string, OpenedIncident>();
  if (items.length === 0) return opened;
  const candidates = distinct(items, ({ fingerprintKey }) => fingerprintKey).map((item) => ({ id: newId(), item }));
  const claimed = await claimAndInsert(tx, candidates);
  for (const { id, item } of candidates) {
    if (!claimed.has(id)) continue;
    const known: KnownIncident = {
      id,
      status: "open",
      errorType: item.signal.exceptions[0]?.type ?? null,
      service: item.signal.service,
      occurredAt: new Date(item.signal.occurredAt),
      openedAt: item.receivedAt,
      resolvedAt: null,
      hasService: item.signal.service !== null,
      occurrenceCount: 0,
      payloadCount: 0,
      lastPayloadAt: null,
    };
    opened.set(item.fingerprintKey, { known, isNew: true });
  }
  if (opened.size < candidates.length) {
    const lost = items.filter(({ fingerprintKey }) => !opened.has(fingerprintKey));
    for (const [key, known] of await findByFingerprint(tx, lost)) opened.set(key, { known, isNew: false });
  }
  return opened;
}

/** Claims the fingerprints in key order and inserts the incidents whose claim held. @returns their ids. */
async function claimAndInsert(
  tx: Transaction<DB>,
  candidates: readonly { readonly id: string; readonly item: SignalToStore }[],
): Promise<ReadonlySet<string>> {
  const rows = candidates.map(({ id, item }, position) => ({
    position,
    id,
    incident_id: toPublicId("inc", id),
    project_id: item.projectId,
    version: item.fingerprint.version,
    fingerprint: item.fingerprint.hash.toString("hex"),
    ...incidentColumns(item.signal),
    ...faultColumns(item.signal),
    ...servicePlaceOf(item.signal),
    window_start: item.signal.trigger?.windowStart ?? null,
    window_end: item.signal.trigger?.windowEnd ?? null,
    decision_id: newId(),
    workflow_event_id: newId(),
  }));
  const { rows: claimed } = await sql<{ incident_id: string }>`
    WITH s AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
        position int, id uuid, incident_id text, project_id uuid, version smallint, fingerprint text, source text, severity text,
        title text, detector text, error_type text, error_message text, stack_trace text, frames jsonb, file_path text,
        line_number int, column_number int, trace_id text, release text, commit_sha text, deployment_id text, environment text,
        cluster_id text, namespace text, service text, occurred_at timestamptz, decision_id uuid, workflow_event_id uuid,
        fault_id text, subscription_id text, cluster text, resource_api_version text, resource_kind text, resource_name text, resource_namespace text, resource_uid text,
        fault_type text, context text, fault_timestamp timestamptz, trigger_type text, window_start timestamptz, window_end timestamptz)
    ), claimed AS (
      INSERT INTO incident_fingerprints (project_id, environment, version, fingerprint, incident_id)
      SELECT project_id, environment, version, decode(fingerprint, 'hex'), id FROM s ORDER BY position
      ON CONFLICT DO NOTHING RETURNING incident_id
    ), mine AS MATERIALIZED (
      SELECT s.* FROM s JOIN claimed c ON c.incident_id = s.id
    ), named AS (
      INSERT INTO services (service_id, project_id, cluster_id, namespace, service_name)
      SELECT gen_random_uuid(), project_id, cluster_id, namespace, service FROM mine WHERE service IS NOT NULL
      GROUP BY project_id, cluster_id, namespace, service ORDER BY project_id, cluster_id, namespace, service
      ON CONFLICT (project_id, cluster_id, namespace, service_name) DO UPDATE SET service_name = EXCLUDED.service_name
      RETURNING service_id, project_id, cluster_id, namespace, service_name
    ), opened AS (
      INSERT INTO incidents (id, incident_id, project_id, service_id, source, severity, title, detector, error_type, error_message,
        stack_trace, frames, file_path, line_number, column_number, trace_id, release, commit_sha, deployment_id, environment,
        occurred_at, window_start, window_end, fault_id, subscription_id, cluster, resource_api_version, resource_kind, resource_name,
        resource_namespace, resource_uid, fault_type, context, fault_timestamp, trigger_type)
      SELECT m.id, m.incident_id, m.project_id, n.service_id, m.source, m.severity, m.title, m.detector, m.error_type, m.error_message,
        m.stack_trace, m.frames, m.file_path, m.line_number, m.column_number, m.trace_id, m.release, m.commit_sha, m.deployment_id,
        m.environment, m.occurred_at, coalesce(m.window_start, m.occurred_at), coalesce(m.window_end, m.occurred_at), m.fault_id, m.subscription_id, m.cluster, m.resource_api_version,
        m.resource_kind, m.resource_name, m.resource_namespace, m.resource_uid, m.fault_type, m.context, m.fault_timestamp, m.trigger_type
      FROM mine m LEFT JOIN named n ON n.project_id = m.project_id AND n.cluster_id = m.cluster_id AND n.namespace = m.namespace
        AND n.service_name = m.service
      RETURNING ${eventColumns("incidents")}
    ), decided AS (
      INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version)
      SELECT decision_id, project_id, id, 'opened', 'No incident of this project and environment has this fingerprint: ' || left(title, 300), 'fingerprint/1'
      FROM mine
    ), happened AS (
      -- Services that this statement made are not seen by it, so the name is the signal's.
      SELECT o.*, m.workflow_event_id, m.service AS event_service, 'A failure that was not seen before.' AS event_reason
      FROM opened o JOIN mine m ON m.id = o.id
    ), emitted AS (
      ${incidentEvents("incident.opened", sql`happened`)}
    )
    SELECT incident_id FROM claimed`.execute(tx);
  return new Set(claimed.map(({ incident_id }) => incident_id));
}

/** The columns of `incidents` that a signal fills, at opening and when an exception explains a bare failure. */
export function incidentColumns(signal: ErrorSignal) {
  const exception = signal.exceptions[0];
  const frames = signal.exceptions.flatMap((one) => one.frames);
  const failing = failingFrame(frames);
  return {
    source: signal.door,
    severity: signal.severity,
    title: signal.title.slice(0, 500),
    detector: detectorOf(signal),
    error_type: exception?.type.slice(0, 255) ?? null,
    error_message: exception?.message ?? (signal.fault?.context || signal.description || signal.title),
    stack_trace: signal.stackText ?? (signal.exceptions.length === 0 ? null : renderStack(signal.exceptions)),
    frames: (exception?.frames ?? []).map(({ sourceLine: _, ...frame }) => frame),
    file_path: failing?.file?.slice(0, 1024) ?? null,
    line_number: failing?.line ?? null,
    column_number: failing?.column ?? null,
    trace_id: signal.traceId,
    release: signal.release,
    commit_sha: signal.commitSha,
    deployment_id: signal.deploymentId,
    environment: signal.environment,
    service: signal.service,
    occurred_at: signal.occurredAt,
  };
}

/** Not every fault is a crash, and document 1 has no word for the others, nor for an alert of somebody else. */
function detectorOf({ door, fault, trigger, detector }: ErrorSignal) {
  if (trigger !== undefined) return trigger.type === "custom" ? null : detector;
  return door === "alert" || (fault !== undefined && !isCrash(fault)) ? null : detector;
}

/** The innermost frame of the project's own code, else the innermost. */
function failingFrame(frames: readonly StackFrame[]): StackFrame | undefined {
  return frames.find((frame) => frame.isInApp && frame.file !== null) ?? frames[0];
}
