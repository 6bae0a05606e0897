import { configChangeInputSchema, deploymentInputSchema, type FeedbackInput } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordConfigChange, recordDeployment } from "../../server/src/domains/change/index.ts";
import { recordFeedback } from "../../server/src/domains/investigation/index.ts";
import { loadAutopsies } from "../../server/src/domains/repair/index.ts";
import { recordingQueue } from "../queue/recording-queue.ts";
import { type DiagnosingStage, openDiagnosingStage } from "./diagnosing-stage.ts";
import type { Scene } from "./workflow-stage.ts";

/** The built-in workflows that keep up with what people change, by the real dispatcher and runner. */

let stage: DiagnosingStage;
beforeAll(async () => {
  stage = await openDiagnosingStage();
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

/** An incident of a service that began to fail minutes after its deployment, answered once. */
async function answered(scene: Scene): Promise<string> {
  const minutes = Array.from({ length: 70 }, (_, index) => ({
    requests: 600 + (index % 7),
    errors: index < 8 ? 300 : index % 3,
  }));
  await stage.tell(scene, minutes);
  const started_at = new Date(stage.now().getTime() - 9 * 60_000).toISOString();
  await recordDeployment(stage.bench.services, {
    projectId: scene.projectId,
    input: deploymentInputSchema.parse({ service: "cart", commit_sha: commit, started_at }),
  });
  return stage.openAnswered(scene);
}

interface AnswerRow {
  readonly revision: number;
  readonly verdict: string;
  readonly hypothesis_id: string;
  readonly subject: string;
  readonly confidence: number;
  readonly words: readonly string[];
}

/** Every answer with its hypotheses, and what people's words argue in each. */
async function answersOf(incidentId: string): Promise<AnswerRow[][]> {
  const { rows } = await sql<AnswerRow>`
    SELECT r.revision, r.verdict, h.hypothesis_id, h.details ->> 'subject' AS subject, h.confidence::float8 AS confidence,
      ARRAY(SELECT side || ': ' || (a ->> 'text') FROM unnest(ARRAY['for', 'against']) side, jsonb_array_elements(h.details -> side) a
        JOIN evidence_artifacts e ON e.evidence_id = (a ->> 'evidenceId')::uuid WHERE e.ref LIKE 'feedback:%') AS words
    FROM incident_reports r JOIN incident_hypotheses h USING (incident_id, revision) WHERE r.incident_id = ${incidentId} ORDER BY r.revision, h.rank`.execute(
    stage.db,
  );
  return [...Map.groupBy(rows, ({ revision }) => revision).values()];
}

test("what a person says of an answer starts the next one by itself, which argues with it, and the request waits for none", async () => {
  const scene = await stage.newProject();
  const incidentId = await answered(scene);
  const [first] = (await answersOf(incidentId))[0] ?? [];
  if (first === undefined) throw new Error("nothing was answered");
  expect(first.subject).not.toBe("unknown");
  const say = async (event: FeedbackInput) => {
    const before = (await answersOf(incidentId)).length;
    await recordFeedback(stage.bench.test.database, recordingQueue(), {
      ...{ incidentId, actor: { type: "integration", id: "pager" }, event },
    });
    expect(await answersOf(incidentId)).toHaveLength(before);
    await scene.settle();
    expect(await answersOf(incidentId)).toHaveLength(before);
    await scene.later(10);
    return (await answersOf(incidentId)).slice(before);
  };
  const payload = { hypothesis_id: first.hypothesis_id, note: "a canary" };
  const ruledOut = await say({ event_type: "hypothesis_rejected", payload });
  expect(ruledOut).toHaveLength(1);
  expect(ruledOut[0]?.[0]?.subject).not.toBe(first.subject);
  expect(ruledOut[0]?.at(-1)).toMatchObject({
    ...{ revision: 2, subject: first.subject },
    words: [expect.stringMatching(/^against: pager ruled it out at .* \(a canary\), and nothing new speaks for it$/)],
  });
  expect(ruledOut[0]?.at(-1)?.confidence).toBeLessThanOrEqual(0.1);
  const confirmed = await say({ event_type: "hypothesis_confirmed", payload });
  expect(confirmed.map(([top]) => top)).toMatchObject([
    {
      ...{ revision: 3, subject: first.subject, verdict: "confirmed", confidence: 1 },
      words: [expect.stringMatching(/^for: pager confirmed it at .* \(a canary\)$/)],
    },
  ]);
  const other = await say({
    event_type: "root_cause_set",
    payload: { root_cause_kind: "other", summary: "a full disk" },
  });
  expect(other.map(([top]) => top)).toMatchObject([{ revision: 4, verdict: "confirmed", confidence: 1 }]);
  expect(other[0]?.[0]?.subject).not.toBe(first.subject);
  // The autopsy says what the answer says now.
  const { answers } = await loadAutopsies(stage.db, incidentId);
  expect(answers[0]?.root_cause).toContain("a full disk");
  expect(await say({ event_type: "human_note_added", payload: { note_markdown: "hm" } })).toEqual([]);
  const { status } = await stage.db
    .selectFrom("incidents")
    .select("status")
    .where("id", "=", incidentId)
    .executeTakeFirstOrThrow();
  expect(status).toBe("diagnosed");
  expect((await scene.executions()).filter(({ status: ended }) => ended === "failed")).toEqual([]);
});

test("words in quick succession are one answer that argues with all of them; a later one is another", async () => {
  const scene = await stage.newProject();
  const incidentId = await answered(scene);
  const [first] = (await answersOf(incidentId))[0] ?? [];
  if (first === undefined) throw new Error("nothing was answered");
  const say = async (event: FeedbackInput) => {
    await recordFeedback(stage.bench.test.database, recordingQueue(), {
      ...{ incidentId, actor: { type: "integration", id: "pager" }, event },
    });
    await scene.settle();
  };
  const { hypothesis_id } = first;
  await say({ event_type: "hypothesis_rejected", payload: { hypothesis_id, note: "no" } });
  await scene.later(6);
  await say({ event_type: "root_cause_set", payload: { root_cause_kind: "other", summary: "a full disk" } });
  await scene.later(6);
  expect(await answersOf(incidentId)).toHaveLength(1);
  await scene.later(6);
  const [, answer = [], ...more] = await answersOf(incidentId);
  expect(more).toEqual([]);
  expect(answer.find(({ subject }) => subject === first.subject)?.words).toEqual([
    expect.stringMatching(/^against: pager ruled it out/),
  ]);
  expect(answer[0]).toMatchObject({ verdict: "confirmed", confidence: 1 });
  expect(answer[0]?.subject).not.toBe(first.subject);
  await say({ event_type: "hypothesis_confirmed", payload: { hypothesis_id, note: "after all" } });
  await scene.later(11);
  expect(await answersOf(incidentId)).toHaveLength(3);
  expect((await scene.executions()).filter(({ status: ended }) => ended === "failed")).toEqual([]);
});
