import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { lineOf, openStage, type Scenario, type ScenarioStage } from "../../../../../test/scenario/open-stage.ts";
import { recordFeedback } from "../feedback/record-feedback.ts";
import { investigateIncident } from "../investigate-incident.ts";
import { replayConfirmed } from "../replay/replay-confirmed.ts";
import { replayIncident } from "../replay/replay-incident.ts";
import { loadLearned } from "./load-learned.ts";
import { reportLearning } from "./report-learning.ts";

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

const cart = `import { rateOf } from "./rates.js";

export function total(cart) {
  const rate = rateOf(cart.country);
  return cart.sum * rate.share;
}
`;
const rates = `const shares = new Map([["de", { share: 1.19 }]]);
const none = { share: 1 };

export function rateOf(country) {
  return shares.get(country) ?? none;
}
`;

async function broken(): Promise<{ scenario: Scenario; incident: string; guilty: string }> {
  const scenario = await stage.scenario();
  scenario.commit("Start", { "src/cart.js": cart, "src/rates.js": rates });
  await scenario.deploy();
  const guilty = scenario.commit("Trust the table", { "src/rates.js": rates.replace(" ?? none", "") });
  await scenario.deploy();
  return { scenario, guilty, incident: await failed(scenario, "rate.share", "total") };
}

const failed = (scenario: Scenario, marker: string, fn: string) =>
  scenario.fail({
    type: fn === "total" ? "TypeError" : "RangeError",
    message: "Cannot read properties of undefined (reading 'share')",
    frames: [{ path: "src/cart.js", line: lineOf(cart, marker), fn }],
  });

/** Says of the newest hypothesis that blames a commit whether it is right. */
async function judge({ deps }: Scenario, incident: string, isRight: boolean): Promise<void> {
  const { rows } = await sql<{ hypothesis_id: string }>`
    SELECT hypothesis_id FROM incident_hypotheses WHERE incident_id = ${incident} AND details ? 'commitSha' ORDER BY revision DESC, rank LIMIT 1`.execute(
    deps.database.db,
  );
  await recordFeedback(deps.database, recordingQueue(), {
    incidentId: incident,
    actor: { type: "system", id: null },
    event: {
      event_type: isRight ? "hypothesis_confirmed" : "hypothesis_rejected",
      payload: { hypothesis_id: rows[0]?.hypothesis_id ?? "" },
    },
  });
}

test("a conclusion that a person ruled out does not come back high without new evidence", async () => {
  const { scenario, incident, guilty } = await broken();
  const first = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(first.culpritCommit).toBe(guilty);
  await judge(scenario, incident, false);
  const again = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(again).toMatchObject({ verdict: "inconclusive", culpritCommit: null, isSilent: true });
  expect(again.hypotheses.find((one) => one.commitSha === guilty)?.confidence).toBeLessThanOrEqual(0.3);
  await judge(scenario, incident, true);
  const confirmed = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(confirmed.culpritCommit).toBe(guilty);
});

test("confirmations of one incident speak in the next one of the service, with their number, and only within bounds", async () => {
  const { scenario, incident } = await broken();
  const before = await investigateIncident(scenario.deps, { incidentId: incident });
  await judge(scenario, incident, true);
  const next = await failed(scenario, "rateOf(cart.country)", "other");
  const after = await investigateIncident(scenario.deps, { incidentId: next });
  const { rows } = await sql<{ text: string }>`
    SELECT argument ->> 'text' AS text FROM incident_hypotheses, jsonb_array_elements(details -> 'for') AS argument
    WHERE incident_id = ${next} AND argument ->> 'text' LIKE '%people confirmed%'`.execute(scenario.deps.database.db);
  expect(rows[0]?.text).toContain("confirmed a cause of kind release once");
  expect(after.hypotheses[0]?.confidence).toBeGreaterThanOrEqual((before.hypotheses[0]?.confidence ?? 1) - 0.15);
});

test("how right the answers were is told by what people said: a confirmed first answer, a false attribution, an inconclusive one", async () => {
  const { scenario, incident } = await broken();
  const report = () =>
    reportLearning(scenario.deps.database.db, { projectId: scenario.projectId, weeks: 4, now: new Date() });
  await investigateIncident(scenario.deps, { incidentId: incident });
  expect((await report()).total).toMatchObject({ investigated: 1, judged: 0, top1: null });
  await judge(scenario, incident, true);
  expect((await report()).total).toMatchObject({ judged: 1, right: 1, top1: 1, false_attributions: 0 });
  await judge(scenario, incident, false);
  const after = await report();
  expect(after.total).toMatchObject({ judged: 1, right: 0, top1: 0, false_attributions: 1, false_attribution_rate: 1 });
  expect(after.weeks).toHaveLength(1);
  expect(after.priors[0]).toMatchObject({ type: "release", times_rejected: 1, times_confirmed: 0 });
  expect(after.priors[0]?.log_odds).toBeLessThan(0);
});

test("what was learnt is the log's alone: read twice, and by whatever process, it is the same, and a rejection counts against", async () => {
  const { scenario, incident } = await broken();
  await investigateIncident(scenario.deps, { incidentId: incident });
  await judge(scenario, incident, true);
  await judge(scenario, incident, false);
  const other = await failed(scenario, "rateOf(cart.country)", "other");
  const now = new Date();
  const read = () => loadLearned(scenario.deps.database.db, { projectId: scenario.projectId, incidentId: other, now });
  const learned = await read();
  expect(await read()).toEqual(learned);
  // The newest word about a hypothesis holds.
  expect(learned.priors.every(({ timesConfirmed }) => timesConfirmed === 0)).toBe(true);
  expect(learned.priors.some(({ timesRejected, type }) => timesRejected === 1 && type === "release")).toBe(true);
});

test("a kept world asked again gives the same answer, and confirmed incidents are a regression set", async () => {
  const { scenario, incident, guilty } = await broken();
  await investigateIncident(scenario.deps, { incidentId: incident });
  await judge(scenario, incident, true);
  const { db } = scenario.deps.database;
  const replay = await replayIncident(db, { incidentId: incident });
  expect(replay).toMatchObject({ isSame: true, revision: 1, after: { culpritCommit: guilty } });
  const found = [];
  for await (const one of replayConfirmed(db, { projectId: scenario.projectId })) found.push(one);
  expect(found).toMatchObject([{ incidentId: incident, isRight: true, wasRight: true }]);
});

test("an answer of another engine is told apart from this one's in words", async () => {
  const { scenario, incident } = await broken();
  await investigateIncident(scenario.deps, { incidentId: incident });
  const { db } = scenario.deps.database;
  await sql`UPDATE incident_reports SET verdict = 'inconclusive' WHERE incident_id = ${incident}`.execute(db);
  const replay = await replayIncident(db, { incidentId: incident });
  expect(replay.isSame).toBe(false);
  expect(replay.changed).toMatch(/now blames/);
});
