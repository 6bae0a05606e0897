import type { MetricSample } from "@culprit/contract";
import { sql } from "kysely";
import { createProject } from "../../server/src/domains/access/index.ts";
import {
  emptyMemory,
  gateIncidents,
  type SentinelDeps,
  setDetector,
  watchProject,
} from "../../server/src/domains/detection/index.ts";
import { openPostgresTelemetry, redNames, type TelemetryStore } from "../../server/src/domains/telemetry/index.ts";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { newId } from "../../server/src/platform/ids/ids.ts";
import { createLog } from "../../server/src/platform/log/log.ts";
import type { Queue } from "../../server/src/platform/queue/queue.ts";
import type { TestDatabase } from "../database/create-test-database.ts";

const STEP_MS = 30_000;

/** What a service tells in a minute; `p99` in milliseconds, the others a second. */
export interface Told {
  readonly requests?: number;
  readonly errors?: number;
  readonly p99?: number;
}

export interface Place {
  readonly service?: string;
  readonly environment?: string;
  readonly route?: string;
}

/** A project under the sentinel, whose clock and telemetry a test moves. */
export interface Watch {
  readonly projectId: string;
  readonly deps: SentinelDeps;
  readonly store: TelemetryStore;
  now(): Date;
  /** Moves the clock on. */
  pass(minutes: number): void;
  /** Writes what a service told in the minutes up to now, by how many minutes ago. */
  tell(minutes: number, at: (minutesAgo: number) => Told, place?: Place): Promise<void>;
  /** Writes values of one metric of a service, one each 30 s up to now, the last one newest. */
  tellMetric(metric: string, values: readonly number[], parts?: Partial<MetricSample>): Promise<void>;
  look(): ReturnType<typeof watchProject>;
  gate(): ReturnType<typeof gateIncidents>;
  set(
    name: string,
    settings: Record<string, unknown>,
    parts?: Partial<Parameters<typeof setDetector>[1]>,
  ): Promise<void>;
  incidents(): Promise<readonly WatchedIncident[]>;
  triggers(): Promise<
    readonly { detector: string; status: string; service_key: string; route: string; is_opener: boolean }[]
  >;
  decisions(
    incidentId: string,
  ): Promise<
    readonly { decision: string; rationale: string; policy_version: string; details: Record<string, unknown> }[]
  >;
  close(): Promise<void>;
}

export interface WatchedIncident {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly severity: string;
  readonly trigger_type: string;
  readonly window_start: Date;
  readonly service: string;
  readonly is_regression: boolean;
}

/** A project of its own in `test`, with the telemetry store of the database. */
export async function openWatch({ database }: TestDatabase, queue: Queue): Promise<Watch> {
  const projectId = (await createProject(database.db, { name: `watched ${newId()}` })).id;
  let nowMs = Math.floor(Date.now() / STEP_MS) * STEP_MS + 10_000;
  const now = () => new Date(nowMs);
  const store = openPostgresTelemetry({ database, log: silentLog, now, keepDays: 30, isFolding: false });
  const deps: SentinelDeps = {
    ...{ database, queue, telemetry: store, log: createLog("silent"), now },
    ...{ storePolicy: { payloadsPerIncident: 5 }, investigationsPerMinute: 100 },
  };
  const memory = emptyMemory();
  const write = (metrics: readonly MetricSample[]) => store.write([{ projectId, metrics, spans: [], logs: [] }]);
  return {
    ...{ projectId, deps, store, now },
    pass: (minutes) => {
      nowMs += minutes * 60_000;
    },
    tell: async (minutes, at, { service = "shop", environment = "production", route } = {}) => {
      const labels = route === undefined ? {} : { route };
      const of = { serviceKey: `default/${environment}/${service}`, environment, labels };
      const endMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
      const metrics: MetricSample[] = [];
      for (let step = Math.round(minutes * 2); step >= 1; step -= 1) {
        const atMs = endMs - step * STEP_MS + 1000;
        const { requests, errors, p99 } = at(step / 2);
        if (requests !== undefined) {
          metrics.push({ ...of, metric: redNames.requests, kind: "delta", unit: "1", atMs, value: requests * 30 });
          metrics.push({ ...of, metric: redNames.errors, kind: "delta", unit: "1", atMs, value: (errors ?? 0) * 30 });
        }
        if (p99 !== undefined)
          metrics.push({ ...of, metric: redNames.p99, kind: "gauge", unit: "ms", atMs, value: p99 });
      }
      await write(metrics);
    },
    tellMetric: async (metric, values, parts = {}) => {
      const endMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
      await write(
        values.map((value, index) => ({
          ...{
            serviceKey: "default/production/shop",
            environment: "production",
            metric,
            kind: "gauge" as const,
            unit: null,
            labels: {},
          },
          ...parts,
          ...{ atMs: endMs - (values.length - index) * STEP_MS + 1000, value },
        })),
      );
    },
    look: () => watchProject(deps, projectId, memory),
    gate: () => gateIncidents(database, queue, { projectId, investigationsPerMinute: 100, now: now() }),
    set: async (name, settings, parts = {}) => {
      await setDetector(database, { projectId, name, settings, reason: "a test", by: "a test", ...parts });
    },
    incidents: async () =>
      (
        await sql<WatchedIncident>`
          SELECT i.id, i.title, i.status, i.severity, i.trigger_type, i.window_start, s.service_name AS service, i.is_regression
          FROM incidents i JOIN services s ON s.service_id = i.service_id WHERE i.project_id = ${projectId} ORDER BY i.created_at, i.id`.execute(
          database.db,
        )
      ).rows,
    triggers: async () =>
      (
        await sql<{ detector: string; status: string; service_key: string; route: string; is_opener: boolean }>`
          SELECT detector, status, service_key, route, is_opener FROM incident_triggers WHERE project_id = ${projectId} ORDER BY fired_at, detector`.execute(
          database.db,
        )
      ).rows,
    decisions: async (incidentId) =>
      (
        await sql<{ decision: string; rationale: string; policy_version: string; details: Record<string, unknown> }>`
          SELECT decision, rationale, policy_version, details FROM incident_decisions WHERE incident_id = ${incidentId}
          ORDER BY decided_at, decision_id`.execute(database.db)
      ).rows,
    close: () => store.close(),
  };
}
