import { configChangeInputSchema, deploymentInputSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordConfigChange, recordDeployment } from "../../server/src/domains/change/index.ts";
import { syncBuiltins } from "../../server/src/domains/workflow/index.ts";
import { openStage, type Stage } from "./workflow-stage.ts";

/** The built-in workflows that keep up with what people change, by the real dispatcher and runner. */

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await syncBuiltins(stage.bench.test.database, stage.bench.catalogue);
});
afterAll(() => stage.close());

const commit = "0123456789abcdef0123456789abcdef01234567";

async function deploymentsOf(projectId: string) {
  const { rows } = await sql<{ environment: string; commit_sha: string; deployment_id: string }>`
    SELECT environment, commit_sha, deployment_id FROM deployment_events WHERE project_id = ${projectId}`.execute(
    stage.db,
  );
  return rows;
}

test("a deployment that GitHub tells of is recorded once, and one that failed is not", async () => {
  const scene = await stage.newProject();
  const tell = (state: string, id: number) =>
    scene.github("deployment_status", {
      action: "created",
      deployment_status: { state },
      deployment: { id, sha: commit, environment: "production", ref: "main" },
    });
  await tell("success", 7);
  await tell("success", 7);
  await tell("failure", 8);
  expect(await deploymentsOf(scene.projectId)).toEqual([
    { environment: "production", commit_sha: commit, deployment_id: "github:7" },
  ]);
});

test("what is told late is a reason to look again at what was diagnosed since, and at nothing older", async () => {
  const scene = await stage.newProject();
  const services = stage.bench.services;
  const { projectId } = scene;
  const told = async (tell: (at: string) => Promise<unknown>, minutesAgo: number) => {
    const incidentId = await scene.openIncident({ title: `Boom ${minutesAgo}` });
    await sql`UPDATE incidents SET status = 'diagnosed', created_at = now() - interval '10 minutes' WHERE id = ${incidentId}`.execute(
      stage.db,
    );
    await tell(new Date(Date.now() - minutesAgo * 60_000).toISOString());
    await scene.settle();
    const { rows } = await sql<{ rationale: string }>`
      SELECT rationale FROM incident_decisions WHERE incident_id = ${incidentId} AND decision = 'approved'`.execute(
      stage.db,
    );
    return rows.map(({ rationale }) => rationale);
  };
  const deploy = (started_at: string) =>
    recordDeployment(services, { projectId, input: deploymentInputSchema.parse({ commit_sha: commit, started_at }) });
  const change = (detected_at: string) =>
    recordConfigChange(services, {
      projectId,
      input: configChangeInputSchema.parse({ resource_name: "pool", changes: [{ field: "size" }], detected_at }),
    });
  expect(await told(deploy, 30)).toEqual(["A deployment was told that could explain it."]);
  expect(await told(change, 20)).toEqual(["A change was told that could explain it."]);
  expect(await told(deploy, 1)).toEqual([]);
});
