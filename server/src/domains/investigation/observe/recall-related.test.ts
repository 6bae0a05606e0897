import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type ScenarioStage } from "../../../../../test/scenario/open-stage.ts";
import { investigateIncident } from "../investigate-incident.ts";
import { indexIncident } from "../retrieval/content/index-incident.ts";
import { saveRunbook } from "../retrieval/content/runbooks.ts";
import { advanceModel } from "../retrieval/embedding-models.ts";
import { exactVectors } from "../retrieval/exact-vectors.ts";
import { hashingEmbedder } from "../retrieval/hashing-embedder.ts";

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

test("a runbook and an earlier incident of the like are offered in the report as evidence that opens, and nothing else is", async () => {
  const scenario = await stage.scenario();
  const { projectId, deps } = scenario;
  const db = deps.database.db;
  const runbook = (title: string, content: string) =>
    saveRunbook(
      { db, retrieval: stage.retrieval },
      {
        projectId,
        runbook: { title, content, serviceKey: null, tags: [], sourceUrl: null, repositoryPath: null },
      },
    );
  await runbook(
    "Connection pool exhausted",
    "When the connection pool is exhausted, look at pg_stat_activity for idle sessions.",
  );
  await runbook("Office plants", "Water them on Mondays.");
  scenario.commit("first", { "a.js": "1\n" });
  await scenario.deploy();
  const failure = {
    type: "PoolError",
    message: "connection pool exhausted after 30 s",
    frames: [{ path: "a.js", line: 1 }],
  };
  const earlier = await scenario.fail(failure);
  await sql`UPDATE incidents SET status = 'resolved', resolution_summary = 'raised the size of the connection pool' WHERE id = ${earlier}`.execute(
    db,
  );
  await indexIncident({ db, retrieval: stage.retrieval }, earlier);
  const [database, embedder, index] = [deps.database, hashingEmbedder(), exactVectors(deps.database)];
  const isIndexComplete = async () => true;
  while ((await advanceModel({ database, embedder, index, isIndexComplete })) !== "done");
  const incident = await scenario.fail({ ...failure, frames: [{ path: "b.js", line: 7 }], type: "TimeoutError" });
  await investigateIncident(deps, { incidentId: incident });
  const { rows } = await sql<{ ref: string; title: string; report_markdown: string }>`
    SELECT e.ref, e.metadata->>'title' AS title, r.report_markdown FROM evidence_artifacts e JOIN incident_reports r ON r.incident_id = e.incident_id
    WHERE e.incident_id = ${incident} AND e.kind = 'retrieval' ORDER BY e.ref`.execute(db);
  expect(rows.map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("Earlier incident"),
      expect.stringContaining("Connection pool exhausted"),
    ]),
  );
  expect(rows.map(({ title }) => title).join()).not.toContain("plants");
  expect(rows[0]?.report_markdown).toContain("## What was written of the like");
  for (const { ref } of rows) {
    const [collection, point] = ref.split("/");
    const found =
      await sql`SELECT 1 FROM retrieval_points WHERE collection = ${collection} AND point_id = ${point}`.execute(db);
    expect(found.rows).toHaveLength(1);
  }
});
