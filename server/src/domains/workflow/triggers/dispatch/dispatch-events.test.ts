import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../../test/database/create-test-database.ts";
import { openIncident } from "../../../../../../test/scenario/open-incident.ts";
import { storeWorkflow } from "../../../../../../test/workflow/store-workflow.ts";
import { newId, toPublicId } from "../../../../platform/ids/ids.ts";
import { createLog } from "../../../../platform/log/log.ts";
import { openQueue, type Queue } from "../../../../platform/queue/queue.ts";
import { createProject } from "../../../access/index.ts";
import { emitEvent, emitEvents } from "../../events/emit-event.ts";
import { WEBHOOK_EVENT } from "../webhook/webhook-call.ts";
import { LOOP_RUNS_MAX } from "./break-loops.ts";
import { dispatchEvents } from "./dispatch-events.ts";
import { Dispatcher } from "./dispatcher.ts";

let test_: TestDatabase;
let queue: Queue;
const log = createLog("silent");
beforeAll(async () => {
  test_ = await createTestDatabase();
  queue = await openQueue(test_.database, log);
});
afterAll(async () => {
  await queue.close(1000);
  await test_.drop();
});

const deps = () => ({ database: test_.database, queue, log, publicUrl: () => "http://culprit.test" });
const newProject = async () => (await createProject(test_.database.db, { name: `p ${newId()}` })).id;
const emit = (projectId: string, type: string, payload: Record<string, unknown> = {}, subject: string | null = null) =>
  test_.database.transaction((tx) => emitEvent(tx, { projectId, type, subject, payload }));

async function ledgerOf(projectId: string) {
  const { rows } = await test_.database.pool.query(
    `SELECT l.outcome, l.reason, l.details, l.execution_id, l.event_id, l.trigger_id, w.name FROM trigger_ledger l
     JOIN workflows w ON w.id = l.workflow_id WHERE l.project_id = $1 ORDER BY l.ledger_id`,
    [projectId],
  );
  return rows;
}

async function executionsOf(projectId: string) {
  const { rows } = await test_.database.pool.query(
    `SELECT e.id, e.trigger_type, e.trigger_data, e.inputs, e.event_id, e.incident_id, w.name,
       (SELECT count(*)::int FROM pgboss.job j WHERE j.name = 'execution' AND j.data->>'executionId' = e.id::text) AS jobs
     FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id WHERE e.project_id = $1 ORDER BY e.id`,
    [projectId],
  );
  return rows;
}

test("a matching event starts one execution with its payload, and the ledger says why", async () => {
  const projectId = await newProject();
  const { triggerIds } = await storeWorkflow(test_, projectId, {
    name: "on push",
    inputs: { days: { type: "number", default: 3 } },
    triggers: [
      { type: "event", events: ["push"], branch: "main", if: "event.commits > 2 && event.type == 'push'" },
      { type: "event", events: ["*"] },
    ],
  });
  const eventId = await emit(projectId, "push", { branch: "main", commits: 3 });
  expect(await dispatchEvents(deps(), projectId)).toBe(1);
  const [execution, ...others] = await executionsOf(projectId);
  expect(others).toEqual([]);
  expect(execution).toMatchObject({
    name: "on push",
    trigger_type: "event",
    trigger_data: { event: { type: "push", branch: "main", commits: 3 } },
    inputs: { days: 3 },
    event_id: eventId,
    jobs: 1,
  });
  expect(await ledgerOf(projectId)).toEqual([
    {
      name: "on push",
      outcome: "ran",
      reason: "The event is push, its branch is main, and its condition holds.",
      details: {
        condition: "event.commits > 2 && event.type == 'push'",
        values: { "event.commits": 3, "event.type": "push" },
      },
      execution_id: execution.id,
      event_id: eventId,
      trigger_id: triggerIds[0],
    },
  ]);
  expect(await dispatchEvents(deps(), projectId)).toBe(0);
});

test("what did not run says why; what was not concerned is counted by the hour", async () => {
  const projectId = await newProject();
  const event = (name: string, parts: object, more: object = {}) =>
    storeWorkflow(test_, projectId, {
      name,
      triggers: [{ type: "event", events: ["incident.*"], ...parts }],
      ...more,
    } as Parameters<typeof storeWorkflow>[2]);
  await event("a other environment", { environment: "production" });
  await event("b false", { if: 'event.severity == "high"' });
  await event("c throws", { if: 'event.missing == "high"' });
  await event("d inactive", {}, { status: "inactive" });
  await event("e draft", {}, { status: "draft" });
  await event("f archived", {}, { status: "archived" });
  await event("g inputs", {}, { inputs: { who: { required: true } } });
  await event("h push only", { events: ["push"] });
  const { triggerIds } = await event("i switched off", {});
  await sql`UPDATE workflow_triggers SET enabled = false WHERE id = ${triggerIds[0]}`.execute(test_.database.db);
  const broken = await event("j unreadable", {});
  await sql`UPDATE workflow_triggers SET conditions = '{"events": "push"}' WHERE id = ${broken.triggerIds[0]}`.execute(
    test_.database.db,
  );
  await emit(projectId, "incident.opened", { environment: "staging", severity: "low" });
  await emit(projectId, "incident.opened", { environment: "staging", severity: "low" });
  await dispatchEvents(deps(), projectId);
  expect(await executionsOf(projectId)).toEqual([]);
  const told = (await ledgerOf(projectId)).map(({ name, outcome, reason, details }) => ({
    name,
    outcome,
    reason,
    details,
  }));
  expect(told).toHaveLength(16);
  const of = (name: string) => told.find((row) => row.name === name);
  expect(told.every(({ outcome }) => outcome === "did_not_run")).toBe(true);
  expect(of("a other environment")).toMatchObject({
    reason: 'Environment must be "production", and it is staging.',
    details: { matcher: "environment", expected: "production", seen: ["staging"] },
  });
  expect(of("b false")).toMatchObject({
    reason: 'Its condition is false: event.severity == "high"',
    details: { values: { "event.severity": "low" } },
  });
  expect(of("c throws")?.reason).toContain("has no `missing`");
  expect(of("d inactive")?.reason).toBe("It would have run, but the workflow is switched off.");
  expect(of("e draft")?.reason).toContain("the workflow is a draft");
  expect(of("g inputs")?.reason).toContain("The input who is missing");
  expect(of("i switched off")?.reason).toContain("this trigger is switched off");
  expect(of("j unreadable")?.reason).toContain("can't be read");
  const { rows } = await test_.database.pool.query(
    "SELECT w.name, c.event_type, c.count::int FROM trigger_counts c JOIN workflows w ON w.id = c.workflow_id WHERE c.project_id = $1",
    [projectId],
  );
  expect(rows).toEqual([{ name: "h push only", event_type: "incident.opened", count: 2 }]);
});

test("a project's workflow replaces the built-in one of the same name, also to switch it off", async () => {
  const name = `built in ${newId()}`;
  const triggers = [{ type: "event" as const, events: ["push"] }];
  const builtin = await storeWorkflow(test_, null, { name, triggers });
  try {
    const [plain, copied, off] = [await newProject(), await newProject(), await newProject()];
    await storeWorkflow(test_, copied, { name, triggers: [{ type: "event", events: ["release"] }] });
    await storeWorkflow(test_, off, { name, triggers, status: "inactive" });
    for (const projectId of [plain, copied, off]) {
      await emit(projectId, "push");
      await dispatchEvents(deps(), projectId);
    }
    expect(await ledgerOf(plain)).toMatchObject([{ outcome: "ran" }]);
    expect(await ledgerOf(copied)).toEqual([]);
    expect(await ledgerOf(off)).toMatchObject([{ outcome: "did_not_run" }]);
  } finally {
    await sql`DELETE FROM workflows WHERE id = ${builtin.workflowId}`.execute(test_.database.db);
  }
});

test("two dispatchers at once start each execution once, and events of one subject in their order", async () => {
  const projectId = await newProject();
  await storeWorkflow(test_, projectId, { name: "each", triggers: [{ type: "event", events: ["push"] }] });
  const others = [new Dispatcher(deps()), new Dispatcher(deps())];
  await Promise.all(others.map((one) => one.start()));
  for (let i = 0; i < 5; i++) {
    await test_.database.transaction((tx) =>
      emitEvents(
        tx,
        Array.from({ length: 100 }, (_, n) => ({
          projectId,
          type: "push",
          subject: "pull_request:a/b#1",
          payload: { n: i * 100 + n },
        })),
      ),
    );
  }
  await expect.poll(() => executionsOf(projectId).then(({ length }) => length), { timeout: 10_000 }).toBe(500);
  await Promise.all(others.map((one) => one.stop()));
  const executions = await executionsOf(projectId);
  expect(new Set(executions.map(({ event_id }) => event_id)).size).toBe(500);
  expect(executions.map(({ trigger_data }) => trigger_data.event.n)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  expect(await ledgerOf(projectId)).toHaveLength(500);
});

test("a crash in the middle of a batch leaves all of it waiting and nothing started", async () => {
  const projectId = await newProject();
  await storeWorkflow(test_, projectId, { name: "each", triggers: [{ type: "event", events: ["push"] }] });
  for (let n = 0; n < 3; n++) await emit(projectId, "push", { n });
  const dying: Queue = {
    ...queue,
    enqueueMany: async (tx, name, jobs) => {
      await queue.enqueueMany(tx, name, jobs);
      // The server's own way to end a session at once, as it sees a killed process.
      await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(tx);
    },
  };
  await expect(dispatchEvents({ ...deps(), queue: dying }, projectId)).rejects.toThrow();
  expect(await executionsOf(projectId)).toEqual([]);
  expect(await ledgerOf(projectId)).toEqual([]);
  expect(await dispatchEvents(deps(), projectId)).toBe(3);
  expect(await executionsOf(projectId)).toHaveLength(3);
});

test("a storm of 5,000 events takes a handful of statements a batch and is worked off", async () => {
  const projectId = await newProject();
  for (const name of ["a", "b", "c"])
    await storeWorkflow(test_, projectId, {
      name,
      triggers: [{ type: "event", events: ["incident.opened"], environment: name === "a" ? "production" : "staging" }],
    });
  const events = Array.from({ length: 5000 }, (_, n) => ({
    projectId,
    type: n % 10 === 0 ? "incident.opened" : "push",
    subject: null,
    payload: { n, environment: "production" },
  }));
  await test_.database.transaction((tx) => emitEvents(tx, events));
  const startedAtMs = performance.now();
  let batches = 0;
  while ((await dispatchEvents(deps(), projectId)) !== 0) batches += 1;
  expect(performance.now() - startedAtMs).toBeLessThan(20_000);
  expect(batches).toBe(10);
  expect(await executionsOf(projectId)).toHaveLength(500);
  expect(await ledgerOf(projectId)).toHaveLength(1500);
  const { rows } = await test_.database.pool.query(
    "SELECT sum(count)::int AS n FROM trigger_counts WHERE project_id = $1",
    [projectId],
  );
  expect(rows).toEqual([{ n: 4500 * 3 }]);
});

test("an event that can't be matched is given up after some tries with the reason, and those behind it go on", async () => {
  const projectId = await newProject();
  await storeWorkflow(test_, projectId, { name: "each", triggers: [{ type: "event", events: ["push"] }] });
  const bad = await emit(projectId, "push", { n: "bad" });
  await emit(projectId, "push", { n: "good" });
  const picky: Queue = {
    ...queue,
    enqueueMany: async (tx, name, jobs) => {
      const { rows } = await sql<{ n: number }>`
        SELECT count(*)::int AS n FROM workflow_executions WHERE project_id = ${projectId} AND event_id = ${bad}`.execute(
        tx,
      );
      if (rows[0]?.n === 1) throw new Error("this one is poison");
      await queue.enqueueMany(tx, name, jobs);
    },
  };
  const dispatcher = new Dispatcher({ ...deps(), queue: picky });
  await dispatcher.start();
  await expect.poll(() => executionsOf(projectId).then(({ length }) => length), { timeout: 15_000 }).toBe(1);
  await dispatcher.stop();
  const { rows } = await test_.database.pool.query("SELECT refused FROM workflow_events WHERE event_id = $1", [bad]);
  expect(rows[0].refused).toContain("this one is poison");
  expect((await executionsOf(projectId))[0]?.trigger_data.event.n).toBe("good");
});

test("while hands-off stands, what ran says that nothing of it goes out", async () => {
  const projectId = await newProject();
  await storeWorkflow(test_, projectId, { name: "each", triggers: [{ type: "event", events: ["incident.*"] }] });
  await sql`INSERT INTO hands_off (hands_off_id, project_id, service, reason, set_by)
    VALUES (${newId()}, ${projectId}, 'cart', 'we are moving', 'ann')`.execute(test_.database.db);
  await emit(projectId, "incident.opened", { service: "cart" });
  await emit(projectId, "incident.opened", { service: "web" });
  await dispatchEvents(deps(), projectId);
  const [cart, web] = await ledgerOf(projectId);
  expect(cart).toMatchObject({ outcome: "ran", details: { hands_off: "we are moving" } });
  expect(cart.reason).toContain("Nothing of it goes out while hands-off stands: we are moving");
  expect(web.reason).not.toContain("hands-off");
});

test("a condition reads the incident that an event is about, and the execution is about it too", async () => {
  const projectId = await newProject();
  const incidentId = newId();
  await sql`INSERT INTO incidents (id, incident_id, project_id, source, severity, title, error_message, environment, occurred_at, window_start, window_end)
    VALUES (${incidentId}, ${incidentId}, ${projectId}, 'manual', 'critical', 't', 'm', 'production', now(), now(), now())`.execute(
    test_.database.db,
  );
  const onlyIf = (name: string, condition: string) =>
    storeWorkflow(test_, projectId, { name, triggers: [{ type: "event", events: ["hypothesis.*"], if: condition }] });
  await onlyIf("a critical", 'incident.severity == "critical" && incident.environment == "production"');
  await onlyIf("b low", 'incident.severity == "low"');
  await test_.database.transaction((tx) =>
    emitEvent(tx, { projectId, type: "hypothesis.confirmed", subject: null, payload: {}, incidentId }),
  );
  await dispatchEvents(deps(), projectId);
  expect(await executionsOf(projectId)).toMatchObject([{ name: "a critical", incident_id: incidentId }]);
  expect(await ledgerOf(projectId)).toMatchObject([
    { name: "a critical", outcome: "ran", details: { values: { "incident.severity": "critical" } } },
    { name: "b low", outcome: "did_not_run", details: { values: { "incident.severity": "critical" } } },
  ]);
});

test("a workflow that is changed or switched off between two events is asked as it stands at each", async () => {
  const projectId = await newProject();
  const { workflowId } = await storeWorkflow(test_, projectId, {
    name: "a",
    triggers: [{ type: "event", events: ["push"] }],
  });
  await emit(projectId, "push", { n: 1 });
  await dispatchEvents(deps(), projectId);
  await sql`UPDATE workflows SET status = 'inactive' WHERE id = ${workflowId}`.execute(test_.database.db);
  await emit(projectId, "push", { n: 2 });
  await dispatchEvents(deps(), projectId);
  expect((await ledgerOf(projectId)).map(({ outcome }) => outcome)).toEqual(["ran", "did_not_run"]);
});

test("a workflow that sets itself going is stopped, and the ledger says so", async () => {
  const { projectId, incidentId } = await openIncident(test_.database);
  await sql`UPDATE workflow_events SET matched_at = now() WHERE project_id = ${projectId}`.execute(test_.database.db);
  await storeWorkflow(test_, projectId, {
    name: "again",
    triggers: [{ type: "event", events: ["incident.approved"] }],
  });
  for (let round = 0; round < LOOP_RUNS_MAX + 3; round++) {
    await test_.database.transaction((tx) =>
      emitEvent(tx, { projectId, type: "incident.approved", subject: "incident:x", payload: {}, incidentId }),
    );
    await dispatchEvents(deps(), projectId);
  }
  expect(await executionsOf(projectId)).toHaveLength(LOOP_RUNS_MAX);
  const stopped = (await ledgerOf(projectId)).filter(({ outcome }) => outcome === "did_not_run");
  expect(stopped).toHaveLength(3);
  expect(stopped[0]).toMatchObject({ reason: expect.stringContaining("sets itself going") });
});

test("slow conditions end a batch early, what was not asked is asked by the next, and each event is told of once", async () => {
  const projectId = await newProject();
  const slow = "event.list.all(a, event.list.all(b, event.list.all(c, a + b + c >= 0)))";
  for (const name of ["a", "b", "c", "d", "e"])
    await storeWorkflow(test_, projectId, { name, triggers: [{ type: "event", events: ["push"], if: slow }] });
  await storeWorkflow(test_, projectId, { name: "z", triggers: [{ type: "event", events: ["push"] }] });
  const list = Array.from({ length: 400 }, (_, index) => index);
  for (let n = 0; n < 2; n++) await emit(projectId, "push", { n, list });
  expect(await dispatchEvents(deps(), projectId)).toBe(1);
  expect(await executionsOf(projectId)).toMatchObject([{ name: "z", trigger_data: { event: { n: 0 } } }]);
  expect(await dispatchEvents(deps(), projectId)).toBe(1);
  expect(await dispatchEvents(deps(), projectId)).toBe(0);
  const told = await ledgerOf(projectId);
  expect(told.map(({ name }) => name).sort()).toEqual(["a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "z", "z"]);
  const reasons = new Set(told.filter(({ name }) => name !== "z").map(({ reason }) => reason));
  expect([...reasons]).toEqual(["Its condition failed: it took longer than 250 ms."]);
});

test("replayed calls of a webhook with a slow condition are spread over batches, in their order, each told of once", async () => {
  const projectId = await newProject();
  const slow = "event.body.list.all(a, event.body.list.all(b, event.body.list.all(c, a + b + c >= 0)))";
  const { triggerIds } = await storeWorkflow(test_, projectId, {
    name: "w",
    triggers: [{ type: "webhook", if: slow }],
  });
  const list = Array.from({ length: 400 }, (_, index) => index);
  const subject = `webhook:${toPublicId("wft", triggerIds[0] ?? "")}`;
  const ids: string[] = [];
  for (let n = 0; n < 7; n++) ids.push((await emit(projectId, WEBHOOK_EVENT, { body: { list } }, subject)) ?? "");
  const first = (await dispatchEvents(deps(), projectId)) ?? 0;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(7);
  while ((await dispatchEvents(deps(), projectId)) !== 0);
  const told = await ledgerOf(projectId);
  expect(told.map(({ event_id }) => event_id)).toEqual(ids);
  for (const { reason } of told) expect(reason).toBe("Its condition failed: it took longer than 250 ms.");
});
