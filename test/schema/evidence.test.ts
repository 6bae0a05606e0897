import { afterAll, expect, test } from "vitest";
import { newId } from "../../server/src/platform/ids/ids.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { fillIncidents } from "../database/fill-incidents.ts";

const { database, drop } = await createTestDatabase();
afterAll(drop);

test("a hypothesis and a report may name evidence of their own incident only, and all of it must be there", async () => {
  const { projectId, incidentIds } = await fillIncidents(database.pool, { count: 2, ageDays: 0 });
  const [own, other] = incidentIds;
  const evidenceOf = async (incidentId: string | undefined) => {
    const id = newId();
    await database.pool.query(
      "insert into evidence_artifacts (evidence_id, project_id, incident_id, kind, source, ref) values ($1, $2, $3, 'note', 'manual', 'note')",
      [id, projectId, incidentId],
    );
    return id;
  };
  const [mine, theirs] = [await evidenceOf(own), await evidenceOf(other)];
  const hypothesis = (rank: number, ids: string[]) =>
    database.pool.query(
      `insert into incident_hypotheses (hypothesis_id, project_id, incident_id, rank, hypothesis_type, title, confidence, evidence_ids)
       values ($1, $2, $3, $4, 'release', 'the last release', 0.5, $5)`,
      [newId(), projectId, own, rank, ids],
    );
  const report = (ids: string[]) =>
    database.pool.query(
      `insert into incident_reports (report_id, project_id, incident_id, verdict, summary, report_markdown, evidence_ids)
       values ($1, $2, $3, 'likely', 'the release did it', '# Report', $4)`,
      [newId(), projectId, own, ids],
    );
  for (const ids of [[theirs], [mine, newId()]]) {
    await expect(hypothesis(1, ids)).rejects.toThrow(`evidence ${ids.at(-1)} is not on incident ${own}`);
    await expect(report(ids)).rejects.toThrow(`evidence ${ids.at(-1)} is not on incident ${own}`);
  }
  await hypothesis(1, [mine]);
  await hypothesis(2, []);
  await report([mine]);
  await expect(
    database.pool.query("update incident_reports set evidence_ids = $1 where incident_id = $2", [[theirs], own]),
  ).rejects.toThrow("is not on incident");
});
