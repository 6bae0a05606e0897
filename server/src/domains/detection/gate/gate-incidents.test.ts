import { type GatePolicy, gatePolicySchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createProject } from "../../access/index.ts";
import { moveIncident, prepareSignal, storeSignals } from "../../incident/index.ts";
import { gateIncidents, reconsiderSuppressed } from "./gate-incidents.ts";
import { tryOnHistory } from "./try-on-history.ts";
import { listPolicies, movePolicy, writePolicy } from "./write-policy.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

/** A project with what a test needs in it. */
async function newCase() {
  const { db } = test_.database;
  const projectId = (await createProject(db, { name: `p ${newId()}` })).id;
  const queue = recordingQueue();
  const decisionsOf = async (incidentId: string) =>
    (
      await sql<{ decision: string; rationale: string; policy_version: string; details: Record<string, unknown> }>`
        SELECT decision, rationale, policy_version, details FROM incident_decisions
        WHERE incident_id = ${incidentId} AND decision IN ('approved', 'suppressed') ORDER BY decided_at, decision_id`.execute(
        db,
      )
    ).rows;
  return {
    projectId,
    queue,
    decisionsOf,
    gate: (investigationsPerMinute = 30) =>
      gateIncidents(test_.database, queue, { projectId, investigationsPerMinute }),
    decisionOf: async (incidentId: string) => (await decisionsOf(incidentId)).at(-1),
    statusOf: async (incidentId: string) =>
      (await sql<{ status: string }>`SELECT status FROM incidents WHERE id = ${incidentId}`.execute(db)).rows[0]
        ?.status,
    /** An error of an SDK. */
    fail: async (parts: Parameters<typeof plainSignal>[0] = {}) => {
      const name = newId();
      const frames = [{ file: `src/${name}.js`, function: name, line: 3, column: 7, isInApp: true }];
      const signal = plainSignal({ exceptions: [{ type: "TypeError", message: name, frames }], title: name, ...parts });
      const { stored } = await test_.database.transaction((tx) =>
        storeSignals(tx, [prepareSignal(projectId, signal, new Date())], { payloadsPerIncident: 5 }),
      );
      return stored[0]?.incidentId ?? "";
    },
    /** What a detector saw, with its incident as the sentinel opens it. */
    trigger: async (
      parts: {
        beganMinutesAgo?: number;
        isOver?: boolean;
        facts?: object;
        service?: string;
        severity?: "low" | "high";
      } = {},
    ) => {
      const { beganMinutesAgo = 5, isOver = false, facts = {}, service = "shop", severity = "high" } = parts;
      const signal = plainSignal({
        ...{
          door: "alert",
          exceptions: [],
          service,
          severity,
          title: `Errors of ${service}`,
          grouping: ["sentinel", newId()],
        },
        trigger: {
          type: "error_rate_spike",
          windowStart: ago(beganMinutesAgo).toISOString(),
          windowEnd: new Date().toISOString(),
        },
      });
      const { stored } = await test_.database.transaction((tx) =>
        storeSignals(tx, [prepareSignal(projectId, signal, new Date())], { payloadsPerIncident: 5 }),
      );
      const incidentId = stored[0]?.incidentId ?? "";
      const all = {
        text: "12 % fail.",
        requests_per_minute: 600,
        traffic_ratio: 1,
        error_ratio: 0.12,
        cpu_ratio: null,
        ...facts,
      };
      await sql`
        INSERT INTO incident_triggers (trigger_id, project_id, incident_id, detector, trigger_type, service_key, environment, route, status,
          is_opener, began_at, fired_at, last_seen_at, quiet_since, facts)
        VALUES (${newId()}, ${projectId}, ${incidentId}, ${newId()}, 'error_rate_spike', ${`default/production/${service}`}, 'production', '',
          'firing', true, ${ago(beganMinutesAgo)}, ${ago(beganMinutesAgo)}, now(), ${isOver ? new Date() : null}, ${JSON.stringify(all)}::jsonb)`.execute(
        db,
      );
      return incidentId;
    },
    deploy: async (minutesAgo: number, service = "shop") => {
      await sql`
        INSERT INTO services (service_id, project_id, cluster_id, namespace, service_name)
        VALUES (${newId()}, ${projectId}, 'default', 'production', ${service}) ON CONFLICT DO NOTHING`.execute(db);
      await sql`
        INSERT INTO deployment_events (deployment_event_id, project_id, service_id, environment, started_at, deploy_type, revision)
        SELECT ${newId()}, project_id, service_id, 'production', ${ago(minutesAgo)}, 'manual', '1a2b3c4d' FROM services
        WHERE project_id = ${projectId} AND service_name = ${service}`.execute(db);
    },
    announce: async (fromMinutesAgo: number, untilInMinutes: number, service: string | null = null) => {
      await sql`
        INSERT INTO maintenance_windows (window_id, project_id, service, starts_at, ends_at, reason, set_by)
        VALUES (${newId()}, ${projectId}, ${service}, ${ago(fromMinutesAgo)}, ${ago(-untilInMinutes)}, 'moving the database', 'a test')`.execute(
        db,
      );
    },
    recovered: async (incidentId: string, times: number) => {
      for (let at = 0; at < times; at += 1)
        await sql`
          INSERT INTO incident_decisions (decision_id, project_id, incident_id, decided_at, decision, rationale, policy_version, details)
          VALUES (${newId()}, ${projectId}, ${incidentId}, ${ago(60 * (at + 1))}, 'resolved', 'over', 'sentinel/1', '{"recovered": true}')`.execute(
          db,
        );
    },
  };
}
const policyOf = (parts: Partial<Record<keyof GatePolicy, unknown>>): GatePolicy => gatePolicySchema.parse(parts);

test("an SDK's new failure is approved as ever, with the policy that decided and its place in the budget", async () => {
  const { fail, gate, decisionOf, statusOf } = await newCase();
  const incident = await fail();
  expect(await gate()).toMatchObject({ approved: 1, suppressed: 0, isOverBudget: false });
  expect(await statusOf(incident)).toBe("triaged");
  expect(await decisionOf(incident)).toMatchObject({
    decision: "approved",
    rationale: "A new failure of severity high. Investigation 1 of 30 allowed in this minute.",
    policy_version: "gate/built-in-3",
    details: { rule: "new_failure", source: "errors", severity: "high" },
  });
});

test("the budget: what is over it stays open and the gate asks to be called again", async () => {
  const { fail, gate, queue, statusOf } = await newCase();
  const incidents = [await fail(), await fail(), await fail()];
  expect(await gate(2)).toMatchObject({ approved: 2, isOverBudget: true });
  expect(await Promise.all(incidents.map(statusOf))).toEqual(["triaged", "triaged", "open"]);
  expect(queue.jobs).toEqual(["gate"]);
});

test("only what is approved sets the response going: what is suppressed is no event that anything investigates", async () => {
  const { projectId, fail, gate, statusOf } = await newCase();
  const [approved, suppressed] = [await fail(), await fail({ severity: "low" })];
  await gate();
  expect([await statusOf(approved), await statusOf(suppressed)]).toEqual(["triaged", "suppressed"]);
  const { rows } = await sql<{ incident_id: string }>`
    SELECT incident_id FROM workflow_events WHERE project_id = ${projectId} AND event_type = 'incident.approved'`.execute(
    test_.database.db,
  );
  expect(rows).toEqual([{ incident_id: approved }]);
});

describe("telemetry", () => {
  test("that has not lasted long enough waits; with a deployment 9 minutes before it is approved, and that is the reason", async () => {
    const { trigger, deploy, gate, decisionOf, statusOf, queue } = await newCase();
    const incident = await trigger({ beganMinutesAgo: 1.5 });
    expect(await gate()).toMatchObject({ approved: 0, suppressed: 0, waiting: 1 });
    expect(await statusOf(incident)).toBe("open");
    expect(queue.jobs).toEqual([]);
    await deploy(9);
    await gate();
    expect(await decisionOf(incident)).toMatchObject({
      decision: "approved",
      rationale: expect.stringContaining("Revision 1a2b3c4d came 8 min before."),
      details: { rule: "change_nearby", changes: [{ kind: "deployment", title: "revision 1a2b3c4d" }] },
    });
  });

  test("a deployment of another service, or of half an hour ago, is not near", async () => {
    const { trigger, deploy, gate, decisionOf } = await newCase();
    const incident = await trigger();
    await deploy(9, "another");
    await deploy(40);
    await gate();
    expect(await decisionOf(incident)).toMatchObject({
      decision: "approved",
      details: { rule: "new_failure", changes: [] },
    });
  });

  test("that went away before it had lasted is suppressed, with how long it did", async () => {
    const { trigger, gate, decisionOf } = await newCase();
    const incident = await trigger({ beganMinutesAgo: 1.5, isOver: true });
    await gate();
    expect(await decisionOf(incident)).toMatchObject({
      decision: "suppressed",
      rationale: expect.stringMatching(/^It lasted 90 s and is over; 3 min are asked for without a change nearby\.$/),
      details: { rule: "persistence" },
    });
  });

  test("of too few requests is suppressed, and approved when requests come and it goes on", async () => {
    const { projectId, trigger, gate, decisionsOf, statusOf } = await newCase();
    const incident = await trigger({ facts: { requests_per_minute: 3 } });
    await gate();
    expect(await decisionsOf(incident)).toMatchObject([{ decision: "suppressed", details: { rule: "traffic" } }]);
    const again = () =>
      test_.database.transaction((tx) => reconsiderSuppressed(tx, { projectId, investigationsPerMinute: 30 }));
    expect(await again()).toMatchObject({ approved: 0 });
    await sql`UPDATE incident_triggers SET facts = facts || '{"requests_per_minute": 300}' WHERE incident_id = ${incident}`.execute(
      test_.database.db,
    );
    expect(await again()).toMatchObject({ approved: 1 });
    expect(await statusOf(incident)).toBe("triaged");
    expect((await decisionsOf(incident)).at(-1)?.rationale).toContain(
      "What suppressed it holds no more, and it goes on.",
    );
  });

  test("what a person suppressed is not taken up again by itself", async () => {
    const { projectId, trigger } = await newCase();
    const incident = await trigger();
    await moveIncident(test_.database.db, {
      incidentId: incident,
      to: "suppressed",
      reason: "we know",
      actor: { type: "user", id: "u" },
    });
    expect(
      await test_.database.transaction((tx) => reconsiderSuppressed(tx, { projectId, investigationsPerMinute: 30 })),
    ).toMatchObject({ approved: 0 });
  });

  test("during maintenance of its service is suppressed with its reason, of another service it is not", async () => {
    const { trigger, announce, gate, decisionOf } = await newCase();
    await announce(10, 30, "shop");
    const [inside, outside] = [await trigger(), await trigger({ service: "till" })];
    await gate();
    expect(await decisionOf(inside)).toMatchObject({
      decision: "suppressed",
      rationale: expect.stringContaining("moving the database"),
    });
    expect(await decisionOf(outside)).toMatchObject({ decision: "approved" });
  });

  test("that came and went by itself three times is suppressed as known, and a deployment makes it news", async () => {
    const [known, changed] = [await newCase(), await newCase()];
    for (const { trigger, recovered, deploy, gate, decisionOf } of [known, changed]) {
      const incident = await trigger();
      await recovered(incident, 3);
      if (deploy === changed.deploy) await deploy(9);
      await gate();
      expect(await decisionOf(incident)).toMatchObject(
        deploy === changed.deploy
          ? { decision: "approved", details: { rule: "change_nearby", recoveries: 3 } }
          : { decision: "suppressed", details: { rule: "flakiness", recoveries: 3 } },
      );
    }
  });

  test("of a service whose error incident came in between is another view of it", async () => {
    const { trigger, fail, gate, decisionOf } = await newCase();
    const incident = await trigger();
    const error = await fail();
    await gate();
    expect(await decisionOf(incident)).toMatchObject({ decision: "suppressed", details: { rule: "duplicate" } });
    expect(await decisionOf(error)).toMatchObject({ decision: "approved" });
  });

  test("demand is told from defect, and stored with the decision", async () => {
    const { trigger, gate, decisionOf } = await newCase();
    const storm = await trigger({ facts: { traffic_ratio: 1.8 } });
    await gate();
    expect(await decisionOf(storm)).toMatchObject({
      details: { path: "perfect_storm", allow_model: true, traffic_ratio: 1.8 },
    });
  });
});

describe("policies", () => {
  test("a draft decides nothing; active it decides and its version stands on the decision; the built-in one can be had back", async () => {
    const { projectId, fail, gate, decisionOf } = await newCase();
    const policy = policyOf({ information: ["low", "high"] });
    const { version } = await writePolicy(test_.database, { projectId, policy, reason: "quieter", by: "a test" });
    const before = await fail();
    await gate();
    await movePolicy(test_.database, { projectId, version, status: "active" });
    const during = await fail();
    await gate();
    await movePolicy(test_.database, { projectId, version: 0, status: "active" });
    const after = await fail();
    await gate();
    expect(await decisionOf(before)).toMatchObject({ decision: "approved", policy_version: "gate/built-in-3" });
    expect(await decisionOf(during)).toMatchObject({ decision: "suppressed", policy_version: "gate/1" });
    expect(await decisionOf(after)).toMatchObject({ decision: "approved", policy_version: "gate/built-in-3" });
    expect((await listPolicies(test_.database.db, projectId)).map(({ version, status }) => [version, status])).toEqual([
      [1, "retired"],
      [0, "active"],
    ]);
  });

  test("in shadow a policy stores what it would have decided and moves nothing", async () => {
    const { projectId, fail, gate, statusOf } = await newCase();
    const { version } = await writePolicy(test_.database, {
      projectId,
      policy: policyOf({ information: ["high"] }),
      reason: "r",
      by: "a test",
    });
    await movePolicy(test_.database, { projectId, version, status: "shadow" });
    const incident = await fail();
    await gate();
    expect(await statusOf(incident)).toBe("triaged");
    const { rows } =
      await sql`SELECT decision, actual, rule FROM gate_shadow_decisions WHERE incident_id = ${incident}`.execute(
        test_.database.db,
      );
    expect(rows).toEqual([{ decision: "suppressed", actual: "approved", rule: "information" }]);
  });

  test("on history a policy tells what it would have approved and suppressed, and each difference with its reason", async () => {
    const { projectId, fail, trigger, gate, decisionsOf } = await newCase();
    const [low, error, telemetry] = [await fail({ severity: "low" }), await fail({ service: "till" }), await trigger()];
    await gate();
    const now = new Date(Date.now() + 1000);
    const same = await tryOnHistory(test_.database.db, { projectId, policy: policyOf({}), days: 14, now });
    expect(same).toMatchObject({ incidents: 3, approved: 2, suppressed: 1, differences: [], differences_count: 0 });
    const strict = await tryOnHistory(test_.database.db, {
      projectId,
      policy: policyOf({ is_change_required: true }),
      days: 14,
      now,
    });
    expect(strict).toMatchObject({
      ...{
        approved: 1,
        suppressed: 2,
        by_rule: { information: 1, new_failure: 1, change_required: 1 },
        differences_count: 1,
      },
      differences: [{ title: "Errors of shop", actual: "approved", decision: "suppressed", rule: "change_required" }],
    });
    for (const incident of [low, error, telemetry]) expect(await decisionsOf(incident)).toHaveLength(1);
  });
});
