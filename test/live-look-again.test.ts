import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moveIncident } from "../server/src/domains/incident/index.ts";
import { type DiagnosingStage, openDiagnosingStage } from "./workflows/diagnosing-stage.ts";
import type { Scene } from "./workflows/workflow-stage.ts";

/** The built-in workflows `incident-response` and `look-again` over the real database, with a clock that the test moves. */

let stage: DiagnosingStage;
beforeAll(async () => {
  stage = await openDiagnosingStage();
});
afterAll(() => stage.close());

/** What the service `cart` told in the minutes before now: half of its requests fail. */
const tell = (scene: Scene, minutes: number) =>
  stage.tell(scene, Array<{ requests: number; errors: number }>(minutes).fill({ requests: 600, errors: 300 }));

/** An incident whose first answer has just been given. */
async function answered(scene: Scene): Promise<string> {
  const incidentId = await stage.openAnswered(scene);
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
