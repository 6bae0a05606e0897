import { type Trigger, workflowDefinitionSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../../test/database/create-test-database.ts";
import { storeWorkflow } from "../../../../../../test/workflow/store-workflow.ts";
import { culpritItself } from "../../../../platform/db/audit-log.ts";
import { newId } from "../../../../platform/ids/ids.ts";
import { createLog } from "../../../../platform/log/log.ts";
import { openQueue, type Queue } from "../../../../platform/queue/queue.ts";
import { createProject } from "../../../access/index.ts";
import { saveWorkflow } from "../../store/save-workflow.ts";
import { planSchedules } from "./plan-schedules.ts";
import { Scheduler } from "./scheduler.ts";

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

/** A clock that the test sets, and the looks of any number of processes at it. */
function clock(start: string) {
  let now = new Date(start);
  const deps = () => ({ database: test_.database, queue, log, now: () => now });
  return {
    set: (at: string) => {
      now = new Date(at);
    },
    look: () => new Scheduler(deps()).look(),
  };
}

const schedule = (parts: Partial<Extract<Trigger, { type: "schedule" }>> = {}): Trigger => ({
  type: "schedule",
  cron: "0 * * * *",
  timezone: "UTC",
  missed: "run_once",
  ...parts,
});

async function newSchedule(trigger: Trigger, more: Partial<Parameters<typeof storeWorkflow>[2]> = {}) {
  const projectId = (await createProject(test_.database.db, { name: `p ${newId()}` })).id;
  const stored = await storeWorkflow(test_, projectId, { name: "timed", triggers: [trigger], ...more });
  return { projectId, ...stored, triggerId: stored.triggerIds[0] ?? "" };
}

async function executionsOf(projectId: string) {
  const { rows } = await test_.database.pool.query(
    "SELECT trigger_type, trigger_data, inputs FROM workflow_executions WHERE project_id = $1 ORDER BY id",
    [projectId],
  );
  return rows;
}

async function ledgerOf(projectId: string) {
  const { rows } = await test_.database.pool.query(
    "SELECT outcome, reason, details, execution_id, event_id FROM trigger_ledger WHERE project_id = $1 ORDER BY ledger_id",
    [projectId],
  );
  return rows;
}

async function nextRunOf(triggerId: string): Promise<string | undefined> {
  const { rows } = await test_.database.pool.query("SELECT next_run_at FROM workflow_triggers WHERE id = $1", [
    triggerId,
  ]);
  return rows[0].next_run_at?.toISOString();
}

test("a schedule runs at each of its times, once, with its inputs and a row of the ledger", async () => {
  const { projectId, triggerId } = await newSchedule(schedule({ inputs: { days: 3 } }), {
    inputs: { days: { type: "number" }, dry: { type: "boolean", default: true } },
  });
  const time = clock("2026-05-01T09:30:00Z");
  await time.look();
  expect(await nextRunOf(triggerId)).toBe("2026-05-01T10:00:00.000Z");
  expect(await executionsOf(projectId)).toEqual([]);
  time.set("2026-05-01T10:00:00.200Z");
  await time.look();
  await time.look();
  time.set("2026-05-01T11:00:00.000Z");
  await time.look();
  const executions = await executionsOf(projectId);
  expect(executions).toHaveLength(2);
  expect(executions[0]).toMatchObject({
    trigger_type: "schedule",
    inputs: { days: 3, dry: true },
    trigger_data: { event: {}, due_at: "2026-05-01T10:00:00.000Z", missed: 0 },
  });
  const [row] = await ledgerOf(projectId);
  expect(row).toMatchObject({ outcome: "ran", reason: "It was due at 2026-05-01T10:00:00.000Z.", event_id: null });
  expect(row.execution_id).not.toBeNull();
});

test("ten workers on one schedule start one execution", async () => {
  const { projectId } = await newSchedule(schedule());
  const time = clock("2026-05-01T09:30:00Z");
  await time.look();
  time.set("2026-05-01T10:00:00Z");
  await Promise.all(Array.from({ length: 10 }, () => time.look()));
  expect(await executionsOf(projectId)).toHaveLength(1);
  expect(await ledgerOf(projectId)).toHaveLength(1);
});

test("after a restart, missed times are one run, or none with a row that says so", async () => {
  const once = await newSchedule(schedule());
  const skip = await newSchedule(schedule({ missed: "skip" }));
  const time = clock("2026-05-01T09:30:00Z");
  await time.look();
  time.set("2026-05-01T14:20:00Z");
  await time.look();
  expect(await executionsOf(once.projectId)).toHaveLength(1);
  expect((await ledgerOf(once.projectId))[0].reason).toBe(
    "5 times were missed because nothing looked then, the newest was due at 2026-05-01T14:00:00.000Z; one run stands for all.",
  );
  expect(await executionsOf(skip.projectId)).toEqual([]);
  expect(await ledgerOf(skip.projectId)).toMatchObject([{ outcome: "did_not_run", details: { missed: 5 } }]);
  expect(await nextRunOf(skip.triggerId)).toBe("2026-05-01T15:00:00.000Z");
});

test("a clock that goes back over a time does not run it again, and one that was a year ahead is made up for", async () => {
  const { projectId, triggerId } = await newSchedule(schedule());
  const time = clock("2026-05-01T09:30:00Z");
  await time.look();
  time.set("2026-05-01T10:00:01Z");
  await time.look();
  time.set("2026-05-01T09:55:00Z");
  await time.look();
  time.set("2026-05-01T10:00:05Z");
  await time.look();
  expect(await executionsOf(projectId)).toHaveLength(1);
  time.set("2027-05-01T12:30:00Z");
  await time.look();
  expect(await executionsOf(projectId)).toHaveLength(2);
  expect(await nextRunOf(triggerId)).toBe("2027-05-01T13:00:00.000Z");
  time.set("2026-05-01T10:10:00Z");
  await time.look();
  expect(await nextRunOf(triggerId)).toBe("2026-05-01T11:00:00.000Z");
  expect(await executionsOf(projectId)).toHaveLength(2);
});

test("the nights of summer and winter time run once", async () => {
  const { projectId } = await newSchedule(schedule({ cron: "30 2 * * *", timezone: "Europe/Berlin" }));
  for (const [from, to] of [
    ["2026-03-28T02:00:00Z", "2026-03-29T06:00:00Z"],
    ["2026-10-24T02:00:00Z", "2026-10-25T06:00:00Z"],
  ] as const) {
    const before = (await executionsOf(projectId)).length;
    const time = clock(from);
    await sql`UPDATE workflow_triggers SET next_run_at = NULL WHERE project_id = ${projectId}`.execute(
      test_.database.db,
    );
    for (let at = Date.parse(from); at <= Date.parse(to); at += 5 * 60_000) {
      time.set(new Date(at).toISOString());
      await time.look();
    }
    expect((await executionsOf(projectId)).length - before).toBe(1);
  }
});

test("what keeps a due schedule from running is told: switched off, a draft, wrong inputs, an expression that can't be read", async () => {
  const off = await newSchedule(schedule(), { status: "inactive" });
  const draft = await newSchedule(schedule(), { status: "draft" });
  const archived = await newSchedule(schedule(), { status: "archived" });
  const inputs = await newSchedule(schedule(), { inputs: { who: { required: true } } });
  const broken = await newSchedule(schedule());
  const time = clock("2026-05-01T09:30:00Z");
  await time.look();
  await sql`UPDATE workflow_triggers SET conditions = '{"cron": "every day", "timezone": "UTC"}' WHERE id = ${broken.triggerId}`.execute(
    test_.database.db,
  );
  time.set("2026-05-01T10:00:00Z");
  await time.look();
  const reasonOf = async ({ projectId }: { projectId: string }) =>
    (await ledgerOf(projectId)).map(({ reason }) => reason);
  expect(await reasonOf(off)).toEqual(["It was due, but the workflow is switched off."]);
  expect(await reasonOf(draft)).toEqual(["It was due, but the workflow is a draft."]);
  expect(await reasonOf(archived)).toEqual([]);
  expect(await reasonOf(inputs)).toEqual([
    "It was due, but its inputs are wrong: The input who is missing; it has no default.",
  ]);
  expect((await reasonOf(broken))[0]).toContain("can't be understood");
  for (const one of [off, draft, archived, inputs, broken]) expect(await executionsOf(one.projectId)).toEqual([]);
  expect(await nextRunOf(off.triggerId)).toBe("2026-05-01T11:00:00.000Z");
});

/** Saves another version of the workflow with these triggers. */
const edit = (projectId: string | null, name: string, triggers: readonly Trigger[]) =>
  test_.database.transaction((tx) => {
    const step = { id: "one", uses: "delay", with: { seconds: 1 } };
    const definition = workflowDefinitionSchema.parse({ name, triggers, steps: [step] });
    return saveWorkflow(tx, { projectId, definition, by: culpritItself });
  });

test("an edit of its times plans a schedule anew, and one that leaves it alone leaves it due when it was", async () => {
  const { projectId, workflowId } = await newSchedule(schedule());
  const nextOf = async () => {
    const { rows } = await test_.database.pool.query(
      "SELECT next_run_at FROM workflow_triggers WHERE workflow_id = $1 AND trigger_type = 'schedule'",
      [workflowId],
    );
    return rows.map(({ next_run_at }) => next_run_at?.toISOString());
  };
  const time = clock("2026-05-01T09:30:00Z");
  await time.look();
  await edit(projectId, "timed", [schedule(), { type: "manual" }]);
  expect(await nextOf()).toEqual(["2026-05-01T10:00:00.000Z"]);
  await edit(projectId, "timed", [schedule({ cron: "15 * * * *" })]);
  await time.look();
  expect(await nextOf()).toEqual(["2026-05-01T10:15:00.000Z"]);
});

test("a built-in schedule runs for each project by itself, unless the project has its own workflow of that name", async () => {
  const name = `built in ${newId()}`;
  const [plain, own] = await Promise.all(
    ["a", "b"].map(async (it) => (await createProject(test_.database.db, { name: `${it} ${newId()}` })).id),
  );
  if (plain === undefined || own === undefined) throw new Error("no projects");
  const builtin = await storeWorkflow(test_, null, { name, triggers: [schedule()] });
  await storeWorkflow(test_, own, { name, triggers: [] });
  const time = clock("2026-05-01T09:30:00Z");
  await time.look();
  time.set("2026-05-01T10:00:00Z");
  await Promise.all([time.look(), time.look(), time.look()]);
  expect(await executionsOf(plain)).toHaveLength(1);
  expect(await executionsOf(own)).toEqual([]);
  await edit(null, name, [schedule({ cron: "30 * * * *" })]);
  expect(await planSchedules(test_.database.db, new Date("2026-05-01T10:01:00Z"))).toBeGreaterThan(1);
  const { rows } = await test_.database.pool.query(
    `SELECT s.next_run_at FROM project_schedules s JOIN workflow_triggers t ON t.id = s.trigger_id
     WHERE s.project_id = $1 AND t.workflow_id = $2`,
    [plain, builtin.workflowId],
  );
  expect(rows[0].next_run_at.toISOString()).toBe("2026-05-01T10:30:00.000Z");
  await sql`DELETE FROM workflows WHERE id = ${builtin.workflowId}`.execute(test_.database.db);
});
