import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createLog } from "../../platform/log/log.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { createProject } from "../access/index.ts";
import type { Step, WorkflowDefinition } from "./definition.ts";
import { runExecution } from "./run-execution.ts";
import { startExecution } from "./start-execution.ts";

let own: TestDatabase;
let projectId: string;
beforeAll(async () => {
  own = await createTestDatabase();
  projectId = (await createProject(own.database.db, { name: "runner" })).id;
});
afterAll(() => own.drop());

const log = createLog("silent");
/** The queue's place is taken by the test, which calls the runner itself. */
const noQueue: Queue = { enqueue: async () => {}, work: async () => {}, close: async () => {} };

async function newExecution(): Promise<string> {
  const incidentId = randomUUID();
  await sql`INSERT INTO incidents (id, incident_id, project_id, source, severity, title, error_message, environment, occurred_at, window_start, window_end)
    VALUES (${incidentId}, ${incidentId}, ${projectId}, 'manual', 'high', 't', 'm', 'production', now(), now(), now())`.execute(
    own.database.db,
  );
  const trigger = { type: "test", data: {} };
  return own.database.transaction((tx) =>
    startExecution(tx, noQueue, { workflow: "incident-response", projectId, incidentId, trigger }),
  );
}

function workflow(steps: readonly Step[], failures: string[] = []): ReadonlyMap<string, WorkflowDefinition> {
  const onFailed = async ({ reason }: { reason: string }) => void failures.push(reason);
  return new Map([["incident-response", { name: "incident-response", steps, onFailed }]]);
}

const run = (id: string, workflows: ReadonlyMap<string, WorkflowDefinition>) =>
  runExecution({ db: own.database.db, log, workflows }, id, new AbortController().signal);

const statusOf = (id: string) =>
  own.database.db
    .selectFrom("workflow_executions")
    .select(["status", "retry_count", "error_message"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();

test("a run that broke off goes on behind the last committed step, with its outputs at hand", async () => {
  const id = await newExecution();
  const ran: string[] = [];
  let isBroken = true;
  const workflows = workflow([
    { name: "first", run: async () => ({ found: ran.push("first") }) },
    {
      name: "second",
      run: async ({ outputs }) => {
        ran.push("second");
        if (isBroken) throw new Error("the machine went away");
        return outputs.first;
      },
    },
  ]);
  await expect(run(id, workflows)).rejects.toThrow("the machine went away");
  expect(await statusOf(id)).toMatchObject({
    status: "running",
    retry_count: 1,
    error_message: "second: the machine went away",
  });
  isBroken = false;
  await run(id, workflows);
  expect(ran).toEqual(["first", "second", "second"]);
  expect(await statusOf(id)).toMatchObject({ status: "completed" });
  await run(id, workflows);
  expect(ran).toHaveLength(3);
});

test("a step that never succeeds fails the execution after its tries, and says so once", async () => {
  const id = await newExecution();
  const failures: string[] = [];
  const workflows = workflow([{ name: "only", run: () => Promise.reject(new Error("no")) }], failures);
  for (let attempt = 1; attempt < 4; attempt++) await expect(run(id, workflows)).rejects.toThrow("no");
  await run(id, workflows);
  await run(id, workflows);
  expect(failures).toEqual(["The step only failed: no"]);
  expect(await statusOf(id)).toMatchObject({ status: "failed", retry_count: 4 });
});

test("of two workers that hold the same execution one carries it on", async () => {
  const id = await newExecution();
  const after: number[] = [];
  const bothAreIn = Promise.withResolvers<void>();
  let inside = 0;
  const workflows = workflow([
    {
      name: "shared",
      run: async () => {
        inside += 1;
        if (inside === 2) bothAreIn.resolve();
        await bothAreIn.promise;
        return inside;
      },
    },
    { name: "after", run: async () => after.push(1) },
  ]);
  await Promise.all([run(id, workflows), run(id, workflows)]);
  expect(after).toEqual([1]);
});
