import { setTimeout as delay } from "node:timers/promises";
import { type Step, type WorkflowDefinitionInput, workflowDefinitionSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createLog } from "../../../platform/log/log.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import { createProject } from "../../access/index.ts";
import { type Action, type ActionContext, defineAction } from "../action.ts";
import { cancelExecution, pauseExecution, resumeExecution, retryExecution } from "../control/control-execution.ts";
import { decideApproval } from "../control/decide-approval.ts";
import { settleDelivery } from "../control/settle-delivery.ts";
import { type Effect, EffectRefused } from "../effect.ts";
import { startExecution } from "../start-execution.ts";
import { Runner } from "./runner.ts";

let own: TestDatabase;
let projectId: string;
beforeAll(async () => {
  own = await createTestDatabase();
  projectId = (await createProject(own.database.db, { name: "runner" })).id;
});
afterAll(() => own.drop());

const runners: Runner<null>[] = [];
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.close(5000)));
});

const box: SecretBox = {
  seal: (plain) => plain,
  open: (sealed) => sealed,
  isCurrent: () => true,
  sign: () => "",
  verify: () => null,
};
const queue = recordingQueue();
const action = defineAction<null>();

/** An action of the name whose work is the test's. */
function acting(
  name: string,
  run: (input: Record<string, unknown>, ctx: ActionContext) => Promise<unknown>,
): Action<null> {
  return action({
    name,
    title: name,
    summary: name,
    group: "data",
    input: z.record(z.string(), z.unknown()),
    output: z.unknown(),
    repeat: "none",
    run,
  });
}
const echo = acting("echo", async (input) => input);

function newRunner(actions: readonly Action<null>[], now: () => Date = () => new Date()): Runner<null> {
  const runner = new Runner<null>({
    database: own.database,
    queue,
    log: createLog("silent"),
    catalogue: new Map([echo, ...actions].map((one) => [one.name, one])),
    services: null,
    secretBox: box,
    publicUrl: () => "http://culprit",
    now,
    heavyMax: 1,
  });
  runners.push(runner);
  return runner;
}

async function saveWorkflow(definition: Omit<WorkflowDefinitionInput, "name">, name = `w ${newId()}`): Promise<string> {
  const id = newId();
  const whole = workflowDefinitionSchema.parse({ name, ...definition });
  await own.database.transaction(async (tx) => {
    await sql`INSERT INTO workflows (id, project_id, name, config) VALUES (${id}, ${projectId}, ${name}, ${JSON.stringify(definition.config ?? {})}::jsonb)`.execute(
      tx,
    );
    await sql`INSERT INTO workflow_versions (workflow_id, version, project_id, definition) VALUES (${id}, 1, ${projectId}, ${JSON.stringify(whole)}::jsonb)`.execute(
      tx,
    );
  });
  return id;
}

const start = (workflowId: string, data: Record<string, unknown> = {}, inputs: Record<string, unknown> = {}) =>
  own.database.transaction((tx) =>
    startExecution(tx, queue, { projectId, workflow: { id: workflowId }, inputs, trigger: { type: "manual", data } }),
  );

async function begin(
  steps: readonly Step[],
  more: Partial<WorkflowDefinitionInput> = {},
  data: Record<string, unknown> = {},
) {
  return start(await saveWorkflow({ steps: [...steps], ...more }), data);
}

interface Standing {
  status: string;
  error_message: string | null;
  retry_count: number;
  result: { outputs?: unknown };
  is_waiting: boolean;
  wake_at: Date | null;
  lease_token: string | null;
}

async function standing(id: string) {
  const { rows } = await sql<Standing>`
    SELECT status, error_message, retry_count, result, is_waiting, wake_at, lease_token FROM workflow_executions WHERE id = ${id}`.execute(
    own.database.db,
  );
  const { rows: steps } = await sql<{
    path: string;
    status: string;
    attempt: number;
    output: unknown;
    reason: string | null;
  }>`
    SELECT path, status, attempt, output, reason FROM execution_steps WHERE execution_id = ${id} ORDER BY started_at, path`.execute(
    own.database.db,
  );
  const row = rows[0];
  if (row === undefined) throw new Error("no such execution");
  return { ...row, steps: new Map(steps.map((step) => [step.path, step])) };
}

/** Looks until the execution is as asked. */
async function until(id: string, holds: (now: Awaited<ReturnType<typeof standing>>) => boolean) {
  for (let tried = 0; tried < 1500; tried++) {
    const now = await standing(id);
    if (holds(now)) return now;
    await delay(10);
  }
  throw new Error(
    `it never came to that: ${JSON.stringify({ ...(await standing(id)), steps: [...(await standing(id)).steps.values()] })}`,
  );
}
const ended = (id: string) => until(id, ({ status }) => !["pending", "running"].includes(status));
const asleep = (id: string) => until(id, (now) => now.is_waiting === true && now.lease_token === null);
/** What a killed worker leaves: a lease that is over. */
const forsake = (id: string) =>
  sql`UPDATE workflow_executions SET lease_until = now() - interval '1 second' WHERE id = ${id}`.execute(
    own.database.db,
  );

test("steps run in order, each with what the ones before it gave, and the outputs are filled", async () => {
  const id = await begin(
    [
      { id: "first", uses: "echo", with: { n: 20, who: "${{ event.name }}" } },
      { id: "second", uses: "echo", with: { sum: "${{ steps.first.outputs.n + 1 }}" } },
    ],
    { outputs: { sum: "${{ steps.second.outputs.sum }}", who: "${{ steps.first.outputs.who }}" } },
    { event: { name: "Ada" } },
  );
  await newRunner([]).take([id]);
  const now = await ended(id);
  expect(now).toMatchObject({ status: "completed", result: { outputs: { sum: 21, who: "Ada" } } });
  const { rows } = await sql<{
    message: string;
  }>`SELECT message FROM execution_logs WHERE execution_id = ${id} ORDER BY created_at`.execute(own.database.db);
  expect(rows.map(({ message }) => message)).toEqual([
    expect.stringContaining("began"),
    expect.stringContaining("completed"),
  ]);
});

test("a false condition skips its step and says with which values", async () => {
  const id = await begin([{ id: "only", uses: "echo", if: "event.size > 10" }], {}, { event: { size: 3 } });
  await newRunner([]).take([id]);
  expect((await ended(id)).steps.get("only")).toMatchObject({
    status: "skipped",
    reason: expect.stringContaining("3"),
  });
});

test("a condition that throws fails its step with the expression", async () => {
  const id = await begin([{ id: "only", uses: "echo", if: "event.missing.deeper == 1" }]);
  await newRunner([]).take([id]);
  expect(await ended(id)).toMatchObject({
    status: "failed",
    error_message: expect.stringContaining("event.missing.deeper"),
  });
});

test("a step that fails is tried again after its delay and then ends the execution, with its last words", async () => {
  let tries = 0;
  const flaky = acting("flaky", async () => {
    tries += 1;
    throw new Error(`no ${tries}`);
  });
  const id = await begin([{ id: "only", uses: "flaky", retry_policy: { max_attempts: 3, delay: 0 } }], {
    on_failure: [{ id: "sorry", uses: "echo", with: { why: "${{ failure.step }}: ${{ failure.reason }}" } }],
  });
  const now = await carry(newRunner([flaky]), id);
  expect(now).toMatchObject({ status: "failed", retry_count: 2, error_message: "only: no 3" });
  expect(now.steps.get("on_failure.sorry")?.output).toEqual({ why: "only: no 3" });
});

test("a refusal for good is not tried again, and continue_on_error goes on without the step", async () => {
  const refused = acting("refused", async () => {
    throw new EffectRefused("the token is gone", { isWorthRetrying: false });
  });
  const id = await begin([
    { id: "first", uses: "refused", continue_on_error: true },
    { id: "second", uses: "echo", with: { before: "${{ steps.first.status }}" } },
  ]);
  await newRunner([refused]).take([id]);
  const now = await ended(id);
  expect(now).toMatchObject({ status: "completed", retry_count: 0 });
  expect(now.steps.get("second")?.output).toEqual({ before: "failed" });
});

test("after a worker died the next one goes on behind the last finished step", async () => {
  const ran: string[] = [];
  const hang = Promise.withResolvers<void>();
  const note = acting("note", async ({ name }, ctx) => {
    ran.push(String(name));
    if (ran.length === 2)
      await Promise.race([
        hang.promise,
        new Promise((_, no) => ctx.signal.addEventListener("abort", () => no(ctx.signal.reason))),
      ]);
    return ran.length;
  });
  const id = await begin([
    { id: "first", uses: "note", with: { name: "first" } },
    { id: "second", uses: "note", with: { name: "second" } },
  ]);
  const dying = newRunner([note]);
  await dying.take([id]);
  await until(id, ({ steps }) => steps.get("second")?.status === "running");
  await forsake(id);
  await newRunner([note]).take([id]);
  expect(await ended(id)).toMatchObject({ status: "completed" });
  // The first worker comes back to life: its lease is lost, and it writes nothing.
  hang.resolve();
  await dying.close(5000);
  expect(ran).toEqual(["first", "second", "second"]);
  expect((await standing(id)).steps.get("second")).toMatchObject({ status: "completed", output: 3 });
});

test("a delay sleeps without a worker and goes on at its time", async () => {
  let time = new Date("2026-01-01T00:00:00Z");
  const runner = newRunner([], () => time);
  const id = await begin([
    { id: "wait", uses: "delay", with: { seconds: 3600 } },
    { id: "after", uses: "echo" },
  ]);
  await runner.take([id]);
  const slept = await asleep(id);
  expect(slept).toMatchObject({ status: "running", wake_at: new Date("2026-01-01T01:00:00Z") });
  time = new Date("2026-01-01T01:00:01Z");
  await sql`UPDATE workflow_executions SET wake_at = now() WHERE id = ${id}`.execute(own.database.db);
  await runner.take([id]);
  expect((await ended(id)).steps.get("after")).toMatchObject({ status: "completed" });
});

async function approvalOf(id: string): Promise<string> {
  const { rows } = await sql<{
    approval_id: string;
  }>`SELECT approval_id FROM approvals WHERE execution_id = ${id}`.execute(own.database.db);
  return rows[0]?.approval_id ?? "";
}

test("an approval waits for a person, and only the first answer counts", async () => {
  const runner = newRunner([]);
  const id = await begin([
    { id: "ask", uses: "approval", with: { message: "Really?" } },
    { id: "after", uses: "echo", with: { who: "${{ steps.ask.outputs.decided_by }}" } },
  ]);
  await runner.take([id]);
  await asleep(id);
  const approvalId = await approvalOf(id);
  const answer = { approvalId, decision: "approve", by: "ada", reason: null } as const;
  await decideApproval(own.database, queue, answer);
  await expect(decideApproval(own.database, queue, { ...answer, decision: "reject" })).rejects.toThrow(
    /answered already/,
  );
  await runner.take([id]);
  expect((await ended(id)).steps.get("after")?.output).toEqual({ who: "ada" });
});

test("a rejected approval ends the execution, one that expires takes its default", async () => {
  let time = new Date();
  const runner = newRunner([], () => time);
  const rejected = await begin([{ id: "ask", uses: "approval", with: { message: "Really?" } }]);
  const expired = await begin([
    { id: "ask", uses: "approval", with: { message: "Really?", expires_in: 60, default: "approve" } },
  ]);
  await runner.take([rejected, expired]);
  await Promise.all([asleep(rejected), asleep(expired)]);
  await decideApproval(own.database, queue, {
    approvalId: await approvalOf(rejected),
    decision: "reject",
    by: "bob",
    reason: "no",
  });
  time = new Date(time.getTime() + 61_000);
  await sql`UPDATE workflow_executions SET wake_at = now() WHERE id = ${expired}`.execute(own.database.db);
  await runner.take([rejected, expired]);
  expect(await ended(rejected)).toMatchObject({ status: "failed", error_message: "ask: Rejected by bob: no" });
  expect((await ended(expired)).steps.get("ask")?.output).toMatchObject({ decision: "approve", decided_by: "culprit" });
});

test("parallel steps run at once, and one that fails fails all", async () => {
  const both = Promise.withResolvers<void>();
  let inside = 0;
  const meet = acting("meet", async () => {
    inside += 1;
    if (inside === 2) both.resolve();
    await both.promise;
    return inside;
  });
  const refused = acting("refused", async () => {
    throw new EffectRefused("no", { isWorthRetrying: false });
  });
  const runner = newRunner([meet, refused]);
  const good = await begin(
    [
      {
        id: "all",
        uses: "parallel",
        steps: [
          { id: "a", uses: "meet" },
          { id: "b", uses: "meet" },
        ],
      },
    ],
    {
      outputs: { a: "${{ steps.all.outputs.a }}" },
    },
  );
  const bad = await begin([
    {
      id: "all",
      uses: "parallel",
      steps: [
        { id: "a", uses: "echo" },
        { id: "b", uses: "refused" },
      ],
    },
  ]);
  await runner.take([good, bad]);
  expect(await ended(good)).toMatchObject({ status: "completed", result: { outputs: { a: 2 } } });
  expect(await ended(bad)).toMatchObject({ status: "failed", error_message: "all: all.b: no" });
});

test("for_each runs its steps for each item and gives what the last of them gave", async () => {
  const id = await begin(
    [
      {
        id: "each",
        uses: "for_each",
        with: { items: "${{ event.names }}", as: "name", max_parallel: 2 },
        steps: [
          { id: "greet", uses: "echo", with: { text: "Hello ${{ name }}" } },
          { id: "number", uses: "echo", with: { text: "${{ steps.greet.outputs.text }} ${{ index }}" } },
        ],
      },
    ],
    { outputs: { last: "${{ steps.each.outputs.items[2].text }}" } },
    { event: { names: ["Ada", "Bob", "Eve"] } },
  );
  await newRunner([]).take([id]);
  expect(await ended(id)).toMatchObject({ status: "completed", result: { outputs: { last: "Hello Eve 2" } } });
});

test("a sub-workflow's end wakes its caller, which reads its outputs", async () => {
  const name = `child ${newId()}`;
  await saveWorkflow(
    {
      steps: [{ id: "one", uses: "echo", with: { n: "${{ inputs.n }}" } }],
      outputs: { n: "${{ steps.one.outputs.n }}" },
    },
    name,
  );
  const id = await begin([{ id: "call", uses: "run_workflow", with: { workflow: name, inputs: { n: 7 } } }], {
    outputs: { n: "${{ steps.call.outputs.outputs.n }}" },
  });
  const runner = newRunner([]);
  await runner.take([id]);
  await asleep(id);
  const { rows } = await sql<{
    id: string;
  }>`SELECT id FROM workflow_executions WHERE caller_execution_id = ${id}`.execute(own.database.db);
  const childId = rows[0]?.id ?? "";
  await runner.take([childId]);
  await ended(childId);
  await runner.take([id]);
  expect(await ended(id)).toMatchObject({ status: "completed", result: { outputs: { n: 7 } } });
});

test("an execution that works for longer than its timeout ends as timeout, and its last words are still said", async () => {
  const endless = acting("endless", () => new Promise(() => {}));
  const id = await begin([{ id: "only", uses: "endless" }], {
    config: { timeout: 1 },
    on_failure: [{ id: "sorry", uses: "echo", with: { why: "${{ failure.reason }}" } }],
  });
  await newRunner([endless]).take([id]);
  const now = await ended(id);
  expect(now).toMatchObject({ status: "timeout", error_message: expect.stringContaining("1 s") });
  expect(now.steps.get("on_failure.sorry")).toMatchObject({ status: "completed" });
});

test("a cancelled execution stops, and nothing of it is written afterwards", async () => {
  const going = Promise.withResolvers<void>();
  const long = acting("long", async (_input, ctx) => {
    going.resolve();
    await new Promise((_, no) => ctx.signal.addEventListener("abort", () => no(ctx.signal.reason)));
  });
  const id = await begin([
    { id: "only", uses: "long" },
    { id: "after", uses: "echo" },
  ]);
  const runner = newRunner([long]);
  await runner.take([id]);
  await going.promise;
  await cancelExecution(own.database, queue, { executionId: id, by: "ada" });
  await runner.lookAgain();
  await runner.close(5000);
  const now = await standing(id);
  expect(now).toMatchObject({ status: "cancelled", error_message: "Cancelled by ada." });
  expect(now.steps.has("after")).toBe(false);
  await expect(cancelExecution(own.database, queue, { executionId: id, by: "ada" })).rejects.toThrow(/has ended/);
});

test("a paused execution sleeps before its next step until somebody resumes it", async () => {
  const going = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const gate = acting("gate", async () => {
    going.resolve();
    await go.promise;
  });
  const id = await begin([
    { id: "first", uses: "gate" },
    { id: "second", uses: "echo" },
  ]);
  const runner = newRunner([gate]);
  await runner.take([id]);
  await going.promise;
  await pauseExecution(own.database, { executionId: id, by: "ada" });
  await runner.lookAgain();
  go.resolve();
  const slept = await asleep(id);
  expect(slept.steps.get("first")).toMatchObject({ status: "completed" });
  expect(slept.steps.has("second")).toBe(false);
  await runner.take([id]);
  expect((await standing(id)).is_waiting).toBe(true);
  await resumeExecution(own.database, queue, { executionId: id, by: "ada" });
  await runner.take([id]);
  expect((await ended(id)).steps.get("second")).toMatchObject({ status: "completed" });
});

test("no more executions of a workflow work at once than it allows", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let began = 0;
  const gate = acting("gate", async () => {
    began += 1;
    await gates[Math.min(began, 2) - 1]?.promise;
  });
  const workflow = await saveWorkflow({
    config: { max_concurrent_executions: 1 },
    steps: [{ id: "only", uses: "gate" }],
  });
  const [first, second] = [await start(workflow), await start(workflow)];
  const runner = newRunner([gate]);
  await runner.take([first, second]);
  await until(first, ({ status }) => status === "running");
  expect(await standing(second)).toMatchObject({ status: "pending" });
  gates[0]?.resolve();
  await ended(first);
  await runner.take([second]);
  gates[1]?.resolve();
  await ended(second);
  expect(began).toBe(2);
});

test("a retry is a new execution of the same event, whose parent is the old one", async () => {
  const id = await begin(
    [{ id: "only", uses: "echo", with: { n: "${{ event.n }}" } }],
    { outputs: { n: "${{ steps.only.outputs.n }}" } },
    { event: { n: 4 } },
  );
  const runner = newRunner([]);
  await runner.take([id]);
  await ended(id);
  const again = await retryExecution(own.database, queue, { executionId: id, by: "ada" });
  await runner.take([again]);
  expect(await ended(again)).toMatchObject({ status: "completed", result: { outputs: { n: 4 } } });
});

test("secrets reach the action and nothing that is stored", async () => {
  await sql`INSERT INTO workflow_secrets (project_id, name, value_encrypted) VALUES (${projectId}, 'TOKEN', 'hunter2-hunter2')`.execute(
    own.database.db,
  );
  let got: unknown;
  const use = acting("use", async (input, ctx) => {
    got = input.token;
    ctx.log("INFO", `the token is ${input.token}`, { token: input.token });
    return { echoed: `Bearer ${input.token}` };
  });
  const id = await begin([{ id: "only", uses: "use", with: { token: "${{ secrets.TOKEN }}" } }]);
  await newRunner([use]).take([id]);
  await ended(id);
  expect(got).toBe("hunter2-hunter2");
  const { rows } = await sql<{ text: string }>`
    SELECT (SELECT string_agg(s::text, '') FROM execution_steps s WHERE s.execution_id = ${id})
      || (SELECT string_agg(l::text, '') FROM execution_logs l WHERE l.execution_id = ${id}) AS text`.execute(
    own.database.db,
  );
  expect(rows[0]?.text).not.toContain("hunter2");
  expect(rows[0]?.text).toContain("***");
});

test("how an execution ended is told by another one, to whom its workflow says", async () => {
  await saveWorkflow(
    {
      inputs: { integrations: { type: "array" } },
      steps: [{ id: "tell", uses: "echo", with: { to: "${{ inputs.integrations }}", how: "${{ inputs.status }}" } }],
    },
    "execution-notification",
  );
  const config = { notifications: { on_success: ["mail"], on_failure: ["pager"] } };
  const [good, bad] = [
    await begin([{ id: "only", uses: "echo" }], { config }),
    await begin([{ id: "only", uses: "nothing" }], { config }),
  ];
  const runner = newRunner([]);
  await runner.take([good, bad]);
  await Promise.all([ended(good), ended(bad)]);
  const { rows } = await sql<{ id: string }>`
    SELECT e.id FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id WHERE w.name = 'execution-notification'`.execute(
    own.database.db,
  );
  await runner.take(rows.map(({ id }) => id));
  const told = await Promise.all(rows.map(async ({ id }) => (await ended(id)).steps.get("tell")?.output));
  expect(told).toHaveLength(2);
  expect(told).toEqual(
    expect.arrayContaining([
      { to: ["mail"], how: "completed" },
      { to: ["pager"], how: "failed" },
    ]),
  );
});

test("a heavy action without a place lets its execution sleep, which holds nothing and is not counted as work", async () => {
  const go = Promise.withResolvers<void>();
  let inside = 0;
  const heavy: Action<null> = {
    ...acting("heavy", async () => {
      inside += 1;
      await go.promise;
      return inside;
    }),
    isHeavy: true,
  };
  const runner = newRunner([heavy]);
  const [first, second] = [await begin([{ id: "only", uses: "heavy" }]), await begin([{ id: "only", uses: "heavy" }])];
  await runner.take([first]);
  await until(first, ({ steps }) => steps.get("only")?.status === "running");
  await runner.take([second]);
  const slept = await asleep(second);
  expect(slept.steps.get("only")).toMatchObject({ status: "waiting", attempt: 1 });
  expect(inside).toBe(1);
  go.resolve();
  await ended(first);
  // Whoever leaves wakes the next one.
  expect(await ended(second)).toMatchObject({ status: "completed" });
});

test("a pause and its end do not use up the tries of a step that waits for the next one", async () => {
  let tries = 0;
  const flaky = acting("flaky", async () => {
    tries += 1;
    throw new Error("no");
  });
  const runner = newRunner([flaky]);
  const id = await begin([{ id: "only", uses: "flaky", retry_policy: { max_attempts: 3, delay: 3600 } }]);
  await runner.take([id]);
  await asleep(id);
  await pauseExecution(own.database, { executionId: id, by: "ada" });
  await resumeExecution(own.database, queue, { executionId: id, by: "ada" });
  await runner.take([id]);
  await asleep(id);
  expect(tries).toBe(1);
});

test("cancelling an execution cancels the sub-workflow that it waits for", async () => {
  const name = `child ${newId()}`;
  await saveWorkflow({ steps: [{ id: "wait", uses: "delay", with: { seconds: 3600 } }] }, name);
  const id = await begin([{ id: "call", uses: "run_workflow", with: { workflow: name } }]);
  const runner = newRunner([]);
  await runner.take([id]);
  await asleep(id);
  const { rows } = await sql<{
    id: string;
  }>`SELECT id FROM workflow_executions WHERE caller_execution_id = ${id}`.execute(own.database.db);
  const childId = rows[0]?.id ?? "";
  await runner.take([childId]);
  await asleep(childId);
  await cancelExecution(own.database, queue, { executionId: id, by: "ada" });
  expect(await standing(childId)).toMatchObject({ status: "cancelled" });
});

test("a workflow that is not there fails the step that would run it, also one that does not wait", async () => {
  const id = await begin([
    { id: "call", uses: "run_workflow", with: { workflow: "nothing of the kind", wait: false } },
  ]);
  await newRunner([]).take([id]);
  expect(await ended(id)).toMatchObject({
    status: "failed",
    error_message: expect.stringContaining("no active workflow nothing of the kind"),
  });
});

test("for_each begins no further items after one failed", async () => {
  const seen: unknown[] = [];
  const second = acting("second", async ({ n }) => {
    seen.push(n);
    if (n === 1) throw new EffectRefused("no", { isWorthRetrying: false });
    await delay(20);
  });
  const id = await begin([
    {
      id: "each",
      uses: "for_each",
      with: { items: [0, 1, 2, 3, 4, 5], max_parallel: 2 },
      steps: [{ id: "one", uses: "second", with: { n: "${{ item }}" } }],
    },
  ]);
  await newRunner([second]).take([id]);
  expect(await ended(id)).toMatchObject({ status: "failed" });
  expect(seen).toEqual([0, 1]);
});

test("an output that PostgreSQL can't hold as it is, is stored without what it refuses", async () => {
  const strange = acting("strange", async (_input, ctx) => {
    ctx.log("INFO", "a\u0000b");
    return { text: "a\u0000b\ud800c" };
  });
  const id = await begin([{ id: "only", uses: "strange" }]);
  await newRunner([strange]).take([id]);
  expect((await ended(id)).steps.get("only")?.output).toEqual({ text: "ab\ufffdc" });
});

test("a log line is struck out before it is cut, so that no half of a secret stays", async () => {
  await sql`INSERT INTO workflow_secrets (project_id, name, value_encrypted) VALUES (${projectId}, 'LONG', 'the-long-secret-of-this-test')`.execute(
    own.database.db,
  );
  const tell = acting("tell", async ({ token }, ctx) => ctx.log("INFO", `${"x".repeat(3990)}${token}`));
  const id = await begin([{ id: "only", uses: "tell", with: { token: "${{ secrets.LONG }}" } }]);
  await newRunner([tell]).take([id]);
  await ended(id);
  const { rows } = await sql<{
    message: string;
  }>`SELECT message FROM execution_logs WHERE execution_id = ${id} AND step_name = 'only'`.execute(own.database.db);
  expect(rows[0]?.message).toBe(`${"x".repeat(3990)}***`);
});

// Effects ---------------------------------------------------------------------------------------------------------------

/** The other side: what was made there, by key. */
class World {
  readonly made: string[] = [];
  /** What happens to the next calls, before or after the effect is made there. */
  readonly mishaps: ("dies-before" | "dies-after" | "refuses")[] = [];

  action(repeat: Effect["repeat"]): Action<null> {
    return acting("send", async (_input, ctx) => {
      const answer = await ctx.effect({
        key: "message",
        kind: "message",
        recipient: "the world",
        request: { text: "hello" },
        repeat,
        settlesWithinMs: 0,
        send: async ({ idempotencyKey }) => {
          const mishap = this.mishaps.shift();
          if (mishap === "refuses") throw new EffectRefused("busy", { retryAfterS: 0 });
          if (mishap === "dies-before") throw new Error("the connection broke");
          if (repeat !== "idempotent" || !this.made.includes(idempotencyKey)) this.made.push(idempotencyKey);
          if (mishap === "dies-after") throw new Error("the connection broke");
          return { externalRef: `m${this.made.length}`, response: {} };
        },
        find: async ({ idempotencyKey }) =>
          this.made.includes(idempotencyKey) ? { externalRef: "found", response: {} } : null,
      });
      return { ref: answer.externalRef };
    });
  }
}

const sending: Step = { id: "send", uses: "send", retry_policy: { max_attempts: 4, delay: 0 } };
async function deliveriesOf(id: string) {
  const { rows } = await sql<{
    delivery_id: string;
    status: string;
    attempt_count: number;
    error_message: string | null;
  }>`
    SELECT delivery_id, status, attempt_count, error_message FROM deliveries WHERE execution_id = ${id}`.execute(
    own.database.db,
  );
  return rows;
}
/** Takes it up until it has ended. */
async function carry(runner: Runner<null>, id: string) {
  for (let round = 0; round < 20; round++) {
    await runner.take([id]);
    const now = await until(id, (standing) => standing.lease_token === null && standing.status !== "pending");
    if (now.status !== "running") return now;
  }
  throw new Error("it does not end");
}

test.each(["idempotent", "lookup"] as const)(
  "an effect that is %s happens once, whenever the connection breaks",
  async (repeat) => {
    const world = new World();
    world.mishaps.push("dies-before", "dies-after", "refuses");
    const id = await begin([sending]);
    expect(await carry(newRunner([world.action(repeat)]), id)).toMatchObject({ status: "completed" });
    expect(world.made).toHaveLength(1);
    expect(await deliveriesOf(id)).toMatchObject([{ status: "sent" }]);
  },
);

test("a look-up that is refused leaves the effect open: it is neither failed nor made again", async () => {
  const made: string[] = [];
  let looks = 0;
  const sendOnce = acting("send", async (_input, ctx) => {
    await ctx.effect({
      key: "message",
      kind: "message",
      recipient: "the world",
      request: {},
      repeat: "lookup",
      settlesWithinMs: 0,
      send: async ({ idempotencyKey }) => {
        made.push(idempotencyKey);
        throw new Error("the connection broke");
      },
      find: async () => {
        looks += 1;
        if (looks === 1) throw new EffectRefused("too many requests", { retryAfterS: 0 });
        return { externalRef: "found", response: {} };
      },
    });
  });
  const id = await begin([sending]);
  expect(await carry(newRunner([sendOnce]), id)).toMatchObject({ status: "completed" });
  expect(made).toHaveLength(1);
});

test("an effect that can't be repeated is unknown after a broken connection, and never made again by itself", async () => {
  const world = new World();
  world.mishaps.push("refuses", "dies-after");
  const id = await begin([sending, { id: "after", uses: "echo" }]);
  const runner = newRunner([world.action("atMostOnce")]);
  const now = await carry(runner, id);
  expect(now).toMatchObject({ status: "failed", error_message: expect.stringContaining("unknown") });
  expect(now.steps.get("send")).toMatchObject({ status: "unknown" });
  const [delivery] = await deliveriesOf(id);
  expect(delivery).toMatchObject({ status: "unknown" });
  await settleDelivery(own.database, queue, { deliveryId: delivery?.delivery_id ?? "", happened: true, by: "ada" });
  expect(await carry(runner, id)).toMatchObject({ status: "completed" });
  expect(world.made).toHaveLength(1);
  await expect(
    settleDelivery(own.database, queue, { deliveryId: delivery?.delivery_id ?? "", happened: true, by: "ada" }),
  ).rejects.toThrow(/known/);
});

test("settling one step runs no other of a like name again", async () => {
  const world = new World();
  world.mishaps.push("dies-after");
  let ran = 0;
  const fails = acting("fails", async () => {
    ran += 1;
    throw new EffectRefused("no", { isWorthRetrying: false });
  });
  const id = await begin([
    { id: "notify", uses: "fails", continue_on_error: true },
    { ...sending, id: "notify_team" },
  ]);
  const runner = newRunner([world.action("atMostOnce"), fails]);
  await carry(runner, id);
  const [delivery] = await deliveriesOf(id);
  await settleDelivery(own.database, queue, { deliveryId: delivery?.delivery_id ?? "", happened: true, by: "ada" });
  expect(await carry(runner, id)).toMatchObject({ status: "completed" });
  expect(ran).toBe(1);
});

test("an unknown effect of which a person says that it was not made is made then", async () => {
  const world = new World();
  world.mishaps.push("dies-before");
  const id = await begin([sending]);
  const runner = newRunner([world.action("atMostOnce")]);
  await carry(runner, id);
  const [delivery] = await deliveriesOf(id);
  await settleDelivery(own.database, queue, { deliveryId: delivery?.delivery_id ?? "", happened: false, by: "ada" });
  expect(await carry(runner, id)).toMatchObject({ status: "completed" });
  expect(world.made).toHaveLength(1);
});

test("a worker that died between sending and storing leaves an unknown, not a second message", async () => {
  const world = new World();
  const id = await begin([sending]);
  const hang = acting("send", async (_input, ctx) => {
    await ctx.effect({
      key: "message",
      kind: "message",
      recipient: "the world",
      request: {},
      repeat: "atMostOnce",
      send: async () => {
        world.made.push("sent");
        return new Promise(() => {});
      },
    });
  });
  await newRunner([hang]).take([id]);
  await until(id, () => world.made.length === 1);
  await forsake(id);
  const now = await carry(newRunner([world.action("atMostOnce")]), id);
  expect(now).toMatchObject({ status: "failed" });
  expect(world.made).toEqual(["sent"]);
  expect(await deliveriesOf(id)).toMatchObject([{ status: "unknown" }]);
});

test("a stop waits for the effect that is being made, and leaves the rest to whoever comes next", async () => {
  const world = new World();
  const going = Promise.withResolvers<void>();
  const slow = acting("send", async (_input, ctx) => {
    const { externalRef } = await ctx.effect({
      key: "message",
      kind: "message",
      recipient: "the world",
      request: {},
      repeat: "atMostOnce",
      send: async () => {
        going.resolve();
        await delay(100);
        world.made.push("sent");
        return { externalRef: "m1", response: {} };
      },
    });
    return { ref: externalRef };
  });
  const id = await begin([sending, { id: "after", uses: "echo", with: { ref: "${{ steps.send.outputs.ref }}" } }]);
  const first = newRunner([slow]);
  await first.take([id]);
  await going.promise;
  await first.close(5000);
  expect(await deliveriesOf(id)).toMatchObject([{ status: "sent" }]);
  const now = await carry(newRunner([slow]), id);
  expect(now).toMatchObject({ status: "completed" });
  expect(now.steps.get("after")?.output).toEqual({ ref: "m1" });
  expect(world.made).toEqual(["sent"]);
});

test("a stop leaves nothing at work, also of what was being taken up at that moment: it is handed on untouched", async () => {
  let calls = 0;
  const counting = acting("counting", async () => {
    calls += 1;
  });
  const id = await begin([{ id: "only", uses: "counting" }]);
  const first = newRunner([counting]);
  // Its lease is taken, and its definition can't be read yet.
  const client = await own.database.pool.connect();
  await client.query("begin; lock table workflow_versions");
  await first.take([id]);
  const closed = first.close(5000);
  await client.query("rollback");
  client.release();
  await closed;
  expect(await standing(id)).toMatchObject({ status: "running", lease_token: null });
  expect(calls).toBe(0);
  expect(await carry(newRunner([counting]), id)).toMatchObject({ status: "completed" });
  expect(calls).toBe(1);
});

test("while hands are off nothing goes out: the step is skipped and says who switched it", async () => {
  const world = new World();
  const switchId = newId();
  await sql`INSERT INTO hands_off (hands_off_id, project_id, reason, set_by) VALUES (${switchId}, ${projectId}, 'a drill', 'ada')`.execute(
    own.database.db,
  );
  const id = await begin([sending]);
  const now = await carry(newRunner([world.action("idempotent")]), id);
  expect(now.steps.get("send")).toMatchObject({
    status: "skipped",
    reason: "Hands off for this project, said ada: a drill",
  });
  expect(world.made).toEqual([]);
  await sql`DELETE FROM hands_off WHERE hands_off_id = ${switchId}`.execute(own.database.db);
});

test("an unknown action, and an output that is not of its shape, fail the execution and say so", async () => {
  const wrong = action({
    name: "wrong",
    title: "",
    summary: "",
    group: "data",
    input: z.unknown(),
    output: z.object({ n: z.number() }),
    repeat: "none",
    run: async () => ({ n: "seven" }) as unknown as { n: number },
  });
  const runner = newRunner([wrong]);
  const [missing, shape] = [
    await begin([{ id: "only", uses: "nothing" }]),
    await begin([{ id: "only", uses: "wrong" }]),
  ];
  await runner.take([missing, shape]);
  expect(await ended(missing)).toMatchObject({ error_message: expect.stringContaining("no action named nothing") });
  expect(await ended(shape)).toMatchObject({
    error_message: expect.stringContaining("The output of wrong has the wrong shape: n"),
  });
});

test("two runners that are handed the same executions run each once", async () => {
  const ran: string[] = [];
  const note = acting("note", async ({ n }) => void ran.push(String(n)));
  const workflow = await saveWorkflow({ steps: [{ id: "only", uses: "note", with: { n: "${{ inputs.n }}" } }] });
  const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => start(workflow, {}, { n })));
  const [one, two] = [newRunner([note]), newRunner([note])];
  await Promise.all([one.take(ids), two.take(ids)]);
  for (const id of ids) expect(await ended(id)).toMatchObject({ status: "completed" });
  expect(ran.sort()).toEqual(ids.map((_, n) => String(n)).sort());
});
