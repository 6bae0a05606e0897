import type { FeedbackInput } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { lineOf, openStage, type Scenario, type ScenarioStage } from "../../../../../test/scenario/open-stage.ts";
import { listFeedback } from "../feedback/list-feedback.ts";
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

type Payload = Extract<FeedbackInput, { event_type: "root_cause_set" }>["payload"];

const say = ({ deps }: Scenario, incident: string, event: FeedbackInput) =>
  recordFeedback(deps.database, recordingQueue(), {
    incidentId: incident,
    actor: { type: "integration", id: "pager" },
    event,
  });

/** The newest hypothesis that blames the commit that was blamed first. */
async function newestOf({ deps }: Scenario, incident: string): Promise<string> {
  const { rows } = await sql<{ hypothesis_id: string }>`
    SELECT hypothesis_id FROM incident_hypotheses WHERE incident_id = ${incident} AND details ->> 'commitSha' = (
      SELECT details ->> 'commitSha' FROM incident_hypotheses WHERE incident_id = ${incident} AND details ? 'commitSha' ORDER BY revision, rank LIMIT 1)
    ORDER BY revision DESC LIMIT 1`.execute(deps.database.db);
  return rows[0]?.hypothesis_id ?? "";
}

/** What the newest revision puts first. */
async function firstOf({ deps }: Scenario, incident: string): Promise<string> {
  const { rows } = await sql<{ hypothesis_id: string }>`
    SELECT hypothesis_id FROM incident_hypotheses WHERE incident_id = ${incident} AND rank = 1 ORDER BY revision DESC LIMIT 1`.execute(
    deps.database.db,
  );
  return rows[0]?.hypothesis_id ?? "";
}

/** Says in the newest revision whether the commit that was blamed first is right. */
async function judge(scenario: Scenario, incident: string, isRight: boolean): Promise<void> {
  const hypothesis_id = await newestOf(scenario, incident);
  await say(
    scenario,
    incident,
    isRight
      ? { event_type: "hypothesis_confirmed", payload: { hypothesis_id } }
      : {
          event_type: "hypothesis_rejected",
          payload: { hypothesis_id, reason_code: "not_deployed", note: "a canary" },
        },
  );
}

const setCause = (scenario: Scenario, incident: string, payload: Payload) =>
  say(scenario, incident, { event_type: "root_cause_set", payload });

/** The arguments of the newest answer that stand on an entry of the log. */
async function wordsIn({ deps }: Scenario, incident: string) {
  const { rows } = await sql<{ side: string; rank: number; confidence: string; ref: string; snapshot: string }>`
    SELECT side, h.rank, h.confidence, e.ref, e.metadata ->> 'snapshot' AS snapshot
    FROM incident_hypotheses h, unnest(ARRAY['for', 'against']) side, jsonb_array_elements(h.details -> side) a
    JOIN evidence_artifacts e ON e.evidence_id = (a ->> 'evidenceId')::uuid
    WHERE h.incident_id = ${incident} AND e.ref LIKE 'feedback:%' AND h.hypothesis_type <> 'unknown'
      AND h.revision = (SELECT max(revision) FROM incident_reports WHERE incident_id = ${incident})`.execute(
    deps.database.db,
  );
  return rows;
}

test("a conclusion that a person ruled out stays at the end of the next answers, with the entry of the log against it, until they confirm it", async () => {
  const { scenario, incident, guilty } = await broken();
  const first = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(first.culpritCommit).toBe(guilty);
  await judge(scenario, incident, false);
  const again = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(again).toMatchObject({ verdict: "inconclusive", culpritCommit: null, isSilent: true });
  expect(again.summary).not.toContain(guilty.slice(0, 10));
  expect(again.hypotheses.at(-1)).toMatchObject({ commitSha: guilty });
  expect(again.hypotheses.at(-1)?.confidence).toBeLessThanOrEqual(0.1);
  expect(again.hypotheses[0]?.commitSha).not.toBe(guilty);
  const [entry] = (await listFeedback(scenario.deps.database.db, incident)).events.slice(-1);
  expect(await wordsIn(scenario, incident)).toEqual([
    {
      ...{
        side: "against",
        rank: again.hypotheses.length,
        confidence: expect.anything(),
        ref: `feedback:${entry?.id}`,
      },
      snapshot: `who: pager\nwhen: ${entry?.created_at}\nsaid: it is not the cause\nwhy: not_deployed: a canary`,
    },
  ]);
  await judge(scenario, incident, true);
  const confirmed = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(confirmed).toMatchObject({ verdict: "confirmed", culpritCommit: guilty, confidence: 1 });
  expect(await wordsIn(scenario, incident)).toMatchObject([{ side: "for", rank: 1 }]);
});

test("a root cause that no hypothesis tells of comes first, in whoever's words, rules out what was answered, and one that is a hypothesis overrides it", async () => {
  const { scenario, incident, guilty } = await broken();
  await investigateIncident(scenario.deps, { incidentId: incident });
  await judge(scenario, incident, true);
  await setCause(scenario, incident, { root_cause_kind: "other", summary: "a full disk" });
  const other = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(other).toMatchObject({ verdict: "confirmed", culpritCommit: null, culpritChange: null, confidence: 1 });
  expect(other.summary).toMatch(/^Cause: a full disk; pager named it at \d{4}-/);
  expect(other.hypotheses[0]).toMatchObject({ title: "a full disk", confidence: 1 });
  const { report_markdown } = await scenario.deps.database.db
    .selectFrom("incident_reports")
    .select("report_markdown")
    .where("incident_id", "=", incident)
    .where("revision", "=", other.revision)
    .executeTakeFirstOrThrow();
  expect(report_markdown).toMatch(
    /## The cause\n\na full disk .*\n\n.*\nwho: pager\nwhen: .*\nsaid: the cause is: a full disk/,
  );
  expect((await wordsIn(scenario, incident))[0]?.snapshot).toContain("why: the cause is another: a full disk");
  const hypothesis_id = await newestOf(scenario, incident);
  await setCause(scenario, incident, { root_cause_kind: "hypothesis", hypothesis_id });
  const named = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(named).toMatchObject({ verdict: "confirmed", culpritCommit: guilty });
});

test("a cause in a person's own words stands when it is confirmed, as sure as they are, and is gone once it is rejected", async () => {
  const { scenario, incident, guilty } = await broken();
  await investigateIncident(scenario.deps, { incidentId: incident });
  await setCause(scenario, incident, { root_cause_kind: "other", summary: "a full disk" });
  await investigateIncident(scenario.deps, { incidentId: incident });
  const hypothesis_id = await firstOf(scenario, incident);
  await say(scenario, incident, {
    event_type: "hypothesis_confirmed",
    payload: { hypothesis_id, confidence_override: 0.85 },
  });
  const sure = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(sure).toMatchObject({ verdict: "confirmed", confidence: 0.85, culpritCommit: null });
  expect(sure.hypotheses[0]?.title).toBe("a full disk");
  await say(scenario, incident, { event_type: "hypothesis_rejected", payload: { hypothesis_id } });
  const again = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(again.culpritCommit).toBe(guilty);
  expect(again.hypotheses.map(({ title }) => title)).not.toContain("a full disk");
});

test("what was said of an episode before the incident was resolved does not bind the answer about the next one", async () => {
  const { scenario, incident, guilty } = await broken();
  await investigateIncident(scenario.deps, { incidentId: incident });
  await judge(scenario, incident, false);
  await say(scenario, incident, { event_type: "incident_status_changed", payload: { from: "open", to: "resolved" } });
  await say(scenario, incident, { event_type: "incident_status_changed", payload: { from: "resolved", to: "open" } });
  const again = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(again.culpritCommit).toBe(guilty);
  expect(await wordsIn(scenario, incident)).toEqual([]);
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

test("how right the answers were is told by people's last word, of the answer that stood when they first spoke", async () => {
  const { scenario, incident } = await broken();
  const { db } = scenario.deps.database;
  const report = async () =>
    (await reportLearning(db, { projectId: scenario.projectId, weeks: 4, now: new Date() })).total;
  const investigate = () => investigateIncident(scenario.deps, { incidentId: incident });
  const right = { investigated: 1, inconclusive: 0, judged: 1, right: 1, top1: 1, false_attributions: 0 };
  const wrong = { ...right, right: 0, top1: 0, false_attributions: 1, false_attribution_rate: 1 };
  await investigate();
  expect(await report()).toMatchObject({ investigated: 1, judged: 0, top1: null });
  await judge(scenario, incident, true);
  expect(await report()).toMatchObject(right);
  // The next revision is another hypothesis that blames the same; what is said of it is said of the conclusion.
  await investigate();
  await judge(scenario, incident, false);
  expect(await report()).toMatchObject(wrong);
  await investigate();
  expect(await report()).toMatchObject(wrong);
  await judge(scenario, incident, true);
  expect(await report()).toMatchObject(right);
  await setCause(scenario, incident, { root_cause_kind: "other", summary: "a full disk" });
  expect(await report()).toMatchObject(wrong);
  await setCause(scenario, incident, {
    root_cause_kind: "hypothesis",
    hypothesis_id: await newestOf(scenario, incident),
  });
  expect(await report()).toMatchObject(right);
});

test("priors know a conclusion's last word alone, however often and of which revision it was said", async () => {
  const { scenario, incident } = await broken();
  for (const isRight of [true, true, false]) {
    await investigateIncident(scenario.deps, { incidentId: incident });
    await judge(scenario, incident, isRight);
  }
  const { priors } = await reportLearning(scenario.deps.database.db, {
    ...{ projectId: scenario.projectId, weeks: 4, now: new Date() },
  });
  expect(priors[0]).toMatchObject({ type: "release", times_rejected: 1, times_confirmed: 0 });
  expect(priors[0]?.log_odds).toBeLessThan(0);
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

test("a kept world asked again gives the same answer, and confirmed incidents are a regression set, by people's last word", async () => {
  const { scenario, incident, guilty } = await broken();
  const { db } = scenario.deps.database;
  const confirmed = async () => {
    const found = [];
    for await (const one of replayConfirmed(db, { projectId: scenario.projectId })) found.push(one);
    return found;
  };
  await investigateIncident(scenario.deps, { incidentId: incident });
  await judge(scenario, incident, true);
  const replay = await replayIncident(db, { incidentId: incident });
  expect(replay).toMatchObject({ isSame: true, revision: 1, after: { culpritCommit: guilty } });
  expect(await confirmed()).toMatchObject([{ incidentId: incident, isRight: true, wasRight: true }]);
  // What was told afterwards is no test of the engine: the answer from before people spoke is asked again.
  await investigateIncident(scenario.deps, { incidentId: incident });
  expect(await confirmed()).toMatchObject([{ isRight: true, replay: { revision: 1 } }]);
  await judge(scenario, incident, false);
  expect(await confirmed()).toEqual([]);
  const { resolution_kind } = await db
    .selectFrom("incidents")
    .select("resolution_kind")
    .where("id", "=", incident)
    .executeTakeFirstOrThrow();
  expect(resolution_kind).toBeNull();
  await judge(scenario, incident, true);
  expect(await confirmed()).toHaveLength(1);
  // Named in their own words: the answer that stood then was wrong, and counts.
  await setCause(scenario, incident, { root_cause_kind: "other", summary: "a full disk" });
  expect(await confirmed()).toMatchObject([{ confirmed: "a full disk", isRight: false, wasRight: false }]);
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
