import type { ErrorSignal } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { tryAgain } from "../../../platform/db/try-again.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { Log } from "../../../platform/log/log.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import {
  joinByService,
  prepareSignal,
  type StorePolicy,
  storeSignals,
  storingConflicts,
} from "../../incident/index.ts";
import type { TelemetryStore } from "../../telemetry/index.ts";
import { type Sighting, serviceNameOf } from "./look-at-streams.ts";
import { type Polaroid, takePolaroid } from "./polaroid.ts";
import type { TriggerFacts } from "./trigger-facts.ts";
import type { WatchedStream } from "./watched-streams.ts";

export interface SentinelDeps {
  readonly database: Database;
  readonly queue: Queue;
  readonly telemetry: TelemetryStore;
  readonly log: Log;
  readonly storePolicy: StorePolicy;
  readonly investigationsPerMinute: number;
  readonly now: () => Date;
}

/**
 * Takes a picture of what fires and stores it as a trigger: it joins the incident that its service has at the same time, else
 * the one that it opened before, which is reopened where it was resolved, else it opens one. The picture, the trigger, the incident and the gate's job are one
 * transaction. Whoever stores a firing first has it; another process changes nothing.
 * @returns the incident, or null where the firing was stored before.
 */
export async function openTrigger(
  deps: SentinelDeps,
  projectId: string,
  sighting: Sighting,
  stream: WatchedStream | undefined,
): Promise<string | null> {
  const { database, queue, telemetry, log, storePolicy } = deps;
  const now = deps.now();
  const polaroid = await takePolaroid(telemetry, projectId, sighting, stream, now);
  const facts: TriggerFacts = { ...sighting.facts, cpu_ratio: polaroid.cpuRatio };
  const triggerId = newId();
  const item = prepareSignal(projectId, signalOf(triggerId, sighting, facts, now), now);
  const incidentId = await tryAgain(
    () =>
      database.transaction(async (tx) => {
        await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`sentinel ${projectId}`}, 0))`.execute(tx);
        if (await isFiring(tx, projectId, sighting)) return null;
        const joined = await joinByService(tx, item, storePolicy);
        const incident = joined ?? (await storeSignals(tx, [item], storePolicy)).stored[0]?.incidentId;
        if (incident === undefined) throw new Error(`the trigger ${triggerId} found no incident`);
        await insertTrigger(tx, { projectId, incident, triggerId, sighting, facts, isOpener: joined === null, now });
        await insertEvidence(tx, { projectId, incident, polaroid, engine: telemetry.engine });
        await queue.enqueue(tx, "gate", { projectId }, { key: projectId });
        return incident;
      }),
    storingConflicts,
  );
  if (incidentId === null) return null;
  log.info({ projectId, incidentId, detector: sighting.detector.name, ...placeOf(sighting) }, "a detector fired");
  await writeFeatures(deps, projectId, incidentId, sighting, facts, now);
  return incidentId;
}

function placeOf({ serviceKey, environment, route }: Sighting) {
  return { serviceKey, environment, route };
}

async function isFiring(tx: Transaction<DB>, projectId: string, { detector, ...place }: Sighting): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM incident_triggers WHERE project_id = ${projectId} AND detector = ${detector.name} AND service_key = ${place.serviceKey}
      AND environment = ${place.environment} AND route = ${place.route} AND status = 'firing'`.execute(tx);
  return rows.length > 0;
}

const titles = {
  error_rate_spike: "Errors",
  p99_regression: "Slow requests",
  crashloop: "Crash loop",
} as const;
const detectorWords = {
  error_rate_spike: "http_error",
  p99_regression: "latency",
  crashloop: "crash",
  custom: "http_error",
} as const;

function signalOf(triggerId: string, sighting: Sighting, facts: TriggerFacts, now: Date): ErrorSignal {
  const { detector, triggerType, seen, serviceKey, environment, route } = sighting;
  const what = triggerType === "custom" ? detector.name : titles[triggerType];
  const beganAt = new Date(Math.min(seen.sinceMs ?? now.getTime(), now.getTime())).toISOString();
  return {
    eventId: triggerId.replaceAll("-", ""),
    door: "alert",
    detector: detectorWords[triggerType],
    exceptions: [],
    title: `${what}: ${serviceNameOf(serviceKey)}${route === "" ? "" : ` ${route}`}`,
    description: seen.text,
    stackText: null,
    severity: detector.settings.severity,
    occurredAt: beganAt,
    service: serviceNameOf(serviceKey),
    environment,
    release: null,
    commitSha: null,
    deploymentId: null,
    traceId: null,
    spanId: null,
    request: null,
    runtime: null,
    grouping: ["sentinel", detector.name, serviceKey, route],
    trigger: { type: triggerType, serviceKey, windowStart: beganAt, windowEnd: now.toISOString() },
    payload: { trigger: { detector: detector.name, type: triggerType, service_key: serviceKey, route, ...facts } },
  };
}

async function insertTrigger(
  tx: Transaction<DB>,
  one: {
    readonly projectId: string;
    readonly incident: string;
    readonly triggerId: string;
    readonly sighting: Sighting;
    readonly facts: TriggerFacts;
    readonly isOpener: boolean;
    readonly now: Date;
  },
): Promise<void> {
  const { sighting, now } = one;
  const beganAt = new Date(sighting.seen.sinceMs ?? now.getTime());
  await sql`
    INSERT INTO incident_triggers (trigger_id, project_id, incident_id, detector, trigger_type, service_key, environment, route, status,
      is_opener, began_at, fired_at, last_seen_at, facts)
    VALUES (${one.triggerId}, ${one.projectId}, ${one.incident}, ${sighting.detector.name}, ${sighting.triggerType}, ${sighting.serviceKey},
      ${sighting.environment}, ${sighting.route}, 'firing', ${one.isOpener}, ${beganAt}, ${now}, ${now}, ${JSON.stringify(one.facts)}::jsonb)`.execute(
    tx,
  );
}

async function insertEvidence(
  tx: Transaction<DB>,
  one: {
    readonly projectId: string;
    readonly incident: string;
    readonly polaroid: Polaroid;
    readonly engine: TelemetryStore["engine"];
  },
): Promise<void> {
  const kind = one.engine === "clickhouse" ? "clickhouse_query" : "sql_query";
  const rows = one.polaroid.snapshots.map(({ ref, title, text, isFired = false }) => ({
    ...{ id: newId(), ref, kind: isFired ? "metric_series" : kind },
    metadata: { title, snapshot: text, polaroid: true, fired: isFired },
  }));
  await sql`
    INSERT INTO evidence_artifacts (evidence_id, project_id, incident_id, kind, source, ref, metadata)
    SELECT id, ${one.projectId}::uuid, ${one.incident}::uuid, kind, ${one.engine}, ref, metadata
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, ref text, kind text, metadata jsonb)`.execute(
    tx,
  );
}

/** The numbers of the moment as `anomaly_features`. The evidence has them too, so what telemetry refuses is logged and no more. */
async function writeFeatures(
  { telemetry, log }: SentinelDeps,
  projectId: string,
  incidentId: string,
  { serviceKey, detector }: Sighting,
  facts: TriggerFacts,
  now: Date,
): Promise<void> {
  const features = Object.entries(facts).flatMap(([name, value]) =>
    typeof value === "number"
      ? [{ incidentId, projectId, atMs: now.getTime(), serviceKey, name: `${detector.name}.${name}`, value }]
      : [],
  );
  try {
    await telemetry.writeFeatures(features);
  } catch (err) {
    log.warn({ err, incidentId }, "the features of a trigger could not be stored");
  }
}
