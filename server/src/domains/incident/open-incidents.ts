import type { ErrorSignal, StackFrame } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import { renderStack } from "../../analysis/stack/index.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import {
  distinctFingerprints,
  findByFingerprint,
  fingerprintKey,
  fingerprintRows,
  type KnownIncident,
} from "./find-incidents.ts";
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
  const wanted = distinctFingerprints(items);
  const candidates = new Map(wanted.map((item) => [fingerprintKey(item), { id: newId(), item }]));
  const ids = wanted.map((item) => candidates.get(fingerprintKey(item))?.id);
  const { rows } = await sql<{ incident_id: string }>`
    INSERT INTO incident_fingerprints (project_id, environment, version, fingerprint, incident_id)
    SELECT s.project_id, s.environment, s.version, s.fingerprint, n.id
    FROM ${fingerprintRows(wanted)} WITH ORDINALITY AS s(key, project_id, environment, version, fingerprint, position)
    JOIN unnest(${ids}::uuid[]) WITH ORDINALITY AS n(id, position) USING (position)
    ORDER BY position
    ON CONFLICT DO NOTHING RETURNING incident_id`.execute(tx);
  const claimed = new Set(rows.map((row) => row.incident_id));
  const mine = [...candidates.entries()].filter(([, { id }]) => claimed.has(id));
  await insertIncidents(
    tx,
    mine.map(([, candidate]) => candidate),
  );
  for (const [key, { id, item }] of mine) {
    const errorType = item.signal.exceptions[0]?.type ?? null;
    const known: KnownIncident = {
      id,
      status: "open",
      errorType,
      resolvedAt: null,
      hasService: item.signal.service !== null,
      occurrenceCount: 0,
      payloadCount: 0,
      lastPayloadAt: null,
    };
    opened.set(key, { known, isNew: true });
  }
  if (mine.length < wanted.length) {
    const others = await findByFingerprint(
      tx,
      wanted.filter((item) => !opened.has(fingerprintKey(item))),
    );
    for (const [key, known] of others) opened.set(key, { known, isNew: false });
  }
  return opened;
}

async function insertIncidents(
  tx: Transaction<DB>,
  candidates: readonly { id: string; item: SignalToStore }[],
): Promise<void> {
  if (candidates.length === 0) return;
  const rows = candidates.map(({ id, item }) => ({
    id,
    incident_id: toPublicId("inc", id),
    project_id: item.projectId,
    ...incidentColumns(item.signal),
    decision_id: newId(),
    first_seen_at: item.receivedAt.toISOString(),
  }));
  await sql`
    WITH s AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
        id uuid, incident_id text, project_id uuid, source text, severity text, title text, detector text, error_type text,
        error_message text, stack_trace text, frames jsonb, file_path text, line_number int, column_number int, trace_id text,
        release text, commit_sha text, deployment_id text, environment text, service text, occurred_at timestamptz,
        decision_id uuid, first_seen_at timestamptz)
    ), named AS (
      INSERT INTO services (service_id, project_id, namespace, service_name)
      SELECT gen_random_uuid(), project_id, environment, service FROM s WHERE service IS NOT NULL
      GROUP BY project_id, environment, service ORDER BY project_id, environment, service
      ON CONFLICT (project_id, cluster_id, namespace, service_name) DO UPDATE SET service_name = EXCLUDED.service_name
      RETURNING service_id, project_id, namespace, service_name
    ), opened AS (
      INSERT INTO incidents (id, incident_id, project_id, service_id, source, severity, title, detector, error_type, error_message,
        stack_trace, frames, file_path, line_number, column_number, trace_id, release, commit_sha, deployment_id, environment,
        occurred_at, window_start, window_end)
      SELECT s.id, s.incident_id, s.project_id, n.service_id, s.source, s.severity, s.title, s.detector, s.error_type, s.error_message,
        s.stack_trace, s.frames, s.file_path, s.line_number, s.column_number, s.trace_id, s.release, s.commit_sha, s.deployment_id,
        s.environment, s.occurred_at, s.occurred_at, s.occurred_at
      FROM s LEFT JOIN named n ON n.project_id = s.project_id AND n.namespace = s.environment AND n.service_name = s.service
    )
    INSERT INTO incident_decisions (decision_id, project_id, incident_id, decision, rationale, policy_version)
    SELECT decision_id, project_id, id, 'opened', 'No incident of this project and environment has this fingerprint: ' || left(title, 300), 'fingerprint/1'
    FROM s`.execute(tx);
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
    detector: signal.detector,
    error_type: exception?.type.slice(0, 255) ?? null,
    error_message: exception?.message ?? signal.title,
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

/** The innermost frame of the project's own code, else the innermost. */
function failingFrame(frames: readonly StackFrame[]): StackFrame | undefined {
  return frames.find((frame) => frame.isInApp && frame.file !== null) ?? frames[0];
}
