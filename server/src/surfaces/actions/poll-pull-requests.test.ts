import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ActionBench, openActionBench } from "../../../../test/actions/action-bench.ts";
import { recordingQueue } from "../../../../test/queue/recording-queue.ts";
import { createBrokenProject, seedProven } from "../../../../test/repair/proven-incident.ts";
import { houseProject } from "../../domains/access/index.ts";
import { syncBuiltins } from "../../domains/workflow/index.ts";

let bench: ActionBench;
const broke = createBrokenProject();
beforeAll(async () => {
  bench = await openActionBench({ queue: recordingQueue() });
  await syncBuiltins(bench.test.database, bench.catalogue);
});
afterAll(() => bench.close());

test("the same answer to a retry is kept once, and to somebody who asks later with its own time", async () => {
  const { db } = bench.test.database;
  const projectId = await bench.newProject(broke.project.folder);
  const incidentId = await seedProven(db, broke, {
    projectId,
    run: { proof: "not_run", proof_reason: "Nothing isolates." },
  });
  const open = () => bench.run("open_pull_request", { asked_by: "ada" }, { projectId, incidentId });
  const kept = async () =>
    (await db.selectFrom("pull_request_decisions").select("id").where("incident_id", "=", incidentId).execute()).length;
  await open();
  await open();
  expect(await kept()).toBe(1);
  await sql`UPDATE pull_request_decisions SET created_at = created_at - interval '5 minutes' WHERE incident_id = ${incidentId}`.execute(
    db,
  );
  await open();
  expect(await kept()).toBe(2);
});

const poll = async () =>
  (await bench.run("poll_pull_requests", {}, { projectId: await houseProject(bench.test.database.db) })).asked_again;

test("a pull request that waits for more occurrences is asked for once more when they came, once and no more", async () => {
  const { db } = bench.test.database;
  bench.github.addGitRepository("acme", "shop", broke.bare);
  const projectId = await bench.newProject(broke.project.folder);
  const settings = { mode: "auto", min_events: 3, min_confidence: 0.8 };
  const incidentId = await seedProven(db, broke, { projectId, settings, occurrences: 1 });
  const unsure = await seedProven(db, broke, { projectId, settings, occurrences: 1, confidence: 0.5 });
  const open = (id: string, executionId: string) =>
    bench.run("open_pull_request", {}, { projectId, incidentId: id, executionId });
  expect(await open(incidentId, "first")).toMatchObject({
    outcome: "below_threshold",
    reason: expect.stringMatching(/seen 1 time; 3 are asked for\. It is opened when there are as many\./),
  });
  expect(await open(unsure, "unsure")).toMatchObject({ outcome: "below_threshold" });
  const count = (to: number) =>
    sql`UPDATE incident_counters SET occurrence_count = ${to} WHERE project_id = ${projectId}`.execute(db);
  await count(2);
  expect(await poll()).toBe(0);
  await count(3);
  expect(await poll()).toBe(1);
  expect(await poll()).toBe(0);
  const started = await db
    .selectFrom("workflow_executions")
    .select(["incident_id", "status", "inputs"])
    .where("project_id", "=", projectId)
    .execute();
  expect(started).toEqual([{ incident_id: incidentId, status: "pending", inputs: { asked_by: null } }]);
  expect(await open(incidentId, "again")).toMatchObject({ outcome: "opened" });
  expect(await poll()).toBe(0);
  expect(bench.github.faults).toEqual([]);
});
