import type { MetricSample } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresTopology } from "../server/src/domains/change/index.ts";
import { moveIncident } from "../server/src/domains/incident/index.ts";
import {
  createRetrieval,
  exactVectors,
  HASHING_MODEL,
  hashingEmbedder,
} from "../server/src/domains/investigation/index.ts";
import { openPostgresTelemetry, redNames, type TelemetryStore } from "../server/src/domains/telemetry/index.ts";
import { syncBuiltins } from "../server/src/domains/workflow/index.ts";
import { silentLog } from "../server/src/platform/db/database-log.ts";
import { openStage, type Scene, type Stage } from "./workflows/workflow-stage.ts";

/** The built-in workflows `incident-response` and `look-again` over the real database, with a clock that the test moves. */

let stage: Stage;
let telemetry: TelemetryStore;
beforeAll(async () => {
  stage = await openStage((database, now) => {
    telemetry = openPostgresTelemetry({ database, log: silentLog, now, keepDays: 14, isFolding: false });
    const retrieval = createRetrieval({
      ...{ database, index: exactVectors(database), embedders: () => hashingEmbedder(), localModel: HASHING_MODEL },
    });
    return { telemetry, topology: postgresTopology(database), retrieval };
  });
  await syncBuiltins(stage.bench.test.database, stage.bench.catalogue);
});
afterAll(async () => {
  await telemetry.close();
  await stage.close();
});

/** What the service `cart` told in the minutes before now: half of its requests fail. */
async function tell({ projectId }: Scene, minutes: number): Promise<void> {
  const of = { serviceKey: "default/production/cart", environment: "production", labels: {} };
  const nowMs = stage.now().getTime();
  const metrics = Array.from({ length: minutes }, (_, index): MetricSample[] => {
    const atMs = nowMs - index * 60_000 - 1000;
    return [
      { ...of, metric: redNames.requests, kind: "delta", unit: "1", atMs, value: 600 },
      { ...of, metric: redNames.errors, kind: "delta", unit: "1", atMs, value: 300 },
    ];
  });
  await telemetry.write([{ projectId, metrics: metrics.flat(), spans: [], logs: [] }]);
}

/** An incident whose first answer has just been given. */
async function answered(scene: Scene): Promise<string> {
  const incidentId = await scene.openIncident({ title: "HTTP 500" });
  await moveIncident(stage.db, { incidentId, to: "triaged", reason: "a test" });
  await scene.settle();
  expect(await answers(incidentId)).toEqual([{ revision: 1, verdict: "inconclusive", look: null }]);
  return incidentId;
}

async function answers(incidentId: string) {
  const { rows } = await sql<{ revision: number; verdict: string; look: number | null }>`
    SELECT r.revision, r.verdict, (e.payload ->> 'look')::int AS look FROM incident_reports r
    JOIN workflow_events e ON e.incident_id = r.incident_id AND e.event_type = 'investigation.completed' AND (e.payload ->> 'revision')::int = r.revision
    WHERE r.incident_id = ${incidentId} ORDER BY r.revision`.execute(stage.db);
  return rows;
}

async function looks({ projectId }: Scene) {
  const { rows } = await sql<{ status: string; result: unknown; waits: boolean }>`
    SELECT e.status, e.result, e.wake_at IS NOT NULL AND e.status = 'running' AS waits FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id
    WHERE e.project_id = ${projectId} AND w.name = 'look-again' ORDER BY e.started_at`.execute(stage.db);
  return rows;
}

test("an inconclusive answer is looked at again after three and ten minutes by itself, when telemetry came since, and never more often", async () => {
  const scene = await stage.newProject();
  const incidentId = await answered(scene);
  expect(await looks(scene)).toMatchObject([{ status: "running", waits: true }]);
  await scene.later(170);
  await tell(scene, 2);
  await scene.later(15);
  expect((await answers(incidentId)).map(({ look }) => look)).toEqual([null, 1]);
  await scene.later(400);
  await tell(scene, 5);
  await scene.later(60);
  expect((await answers(incidentId)).map(({ look }) => look)).toEqual([null, 1, 2]);
  await tell(scene, 3);
  await scene.later(3600);
  expect((await answers(incidentId)).length).toBe(3);
  expect(await looks(scene)).toMatchObject([{ status: "completed" }]);
  const { rows } = await sql<{ rationale: string; status: string }>`
    SELECT d.rationale, i.status FROM incident_decisions d JOIN incidents i ON i.id = d.incident_id
    WHERE d.incident_id = ${incidentId} AND d.details ? 'look' ORDER BY d.decided_at`.execute(stage.db);
  expect(rows).toEqual([
    { rationale: "Looked again: since the answer was given there came telemetry of it.", status: "diagnosed" },
    { rationale: "Looked again: since the answer was given there came telemetry of it.", status: "diagnosed" },
  ]);
});

test("where nothing was told since, nobody looks again, and the execution says so", async () => {
  const scene = await stage.newProject();
  const incidentId = await answered(scene);
  await scene.later(185);
  await scene.later(430);
  expect((await answers(incidentId)).length).toBe(1);
  const nothing = "Nothing was told since the last look.";
  expect(await looks(scene)).toMatchObject([
    { status: "completed", result: { outputs: { first: nothing, second: nothing } } },
  ]);
});

test("an incident that was resolved meanwhile is left alone", async () => {
  const scene = await stage.newProject();
  const incidentId = await answered(scene);
  await moveIncident(stage.db, { incidentId, to: "resolved", reason: "a test" });
  await tell(scene, 2);
  await scene.later(185);
  await scene.later(430);
  expect((await answers(incidentId)).length).toBe(1);
  expect(await looks(scene)).toMatchObject([{ result: { outputs: { first: "The incident is resolved." } } }]);
});
