import type { WorkflowDefinitionInput } from "@culprit/contract";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { storeWorkflow } from "../../../../../test/workflow/store-workflow.ts";
import { createProject } from "../../../domains/access/index.ts";
import { rotateWebhookSecret, SIGNATURE_HEADER, signWebhookCall } from "../../../domains/workflow/index.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createLog } from "../../../platform/log/log.ts";
import { openQueue, type Queue } from "../../../platform/queue/queue.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { registerWebhookRoutes } from "./webhook-routes.ts";

let test_: TestDatabase;
let queue: Queue;
let app: FastifyInstance;
let now = new Date();
const log = createLog("silent");
const secretBox = openSecretBox({
  secret: "k1:0123456789abcdef0123456789abcdef0123456789abcdef",
  dataDir: "/nonexistent",
});
const publicUrl = () => "http://culprit.test";

beforeAll(async () => {
  test_ = await createTestDatabase();
  queue = await openQueue(test_.database, log);
});
beforeEach(async () => {
  now = new Date();
  app = Fastify();
  await app.register(async (scope) =>
    registerWebhookRoutes(scope, { database: test_.database, queue, secretBox, publicUrl, log, now: () => now }),
  );
});
afterAll(async () => {
  await queue.close(1000);
  await test_.drop();
});

async function newWebhook(parts: Partial<WorkflowDefinitionInput> = {}, trigger: Record<string, unknown> = {}) {
  const projectId = (await createProject(test_.database.db, { name: `p ${newId()}` })).id;
  const triggers = [{ type: "webhook" as const, ...trigger }];
  const { workflowId, triggerIds } = await storeWorkflow(test_, projectId, { name: "hooked", triggers, ...parts });
  const request = { workflowId, triggerId: triggerIds[0] ?? "", publicUrl: publicUrl() };
  const { secret, url } = await rotateWebhookSecret(test_.database, secretBox, request);
  return { projectId, workflowId, request, secret, path: new URL(url).pathname };
}

const call = (path: string, secret: string, body: string, headers: Record<string, string> = {}) =>
  app.inject({
    method: "POST",
    url: path,
    headers: { "content-type": "application/json", [SIGNATURE_HEADER]: signWebhookCall(secret, body, now), ...headers },
    body,
  });

async function countOf(table: "workflow_executions" | "workflow_events" | "trigger_ledger", projectId: string) {
  const { rows } = await test_.database.pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE project_id = $1`, [
    projectId,
  ]);
  return rows[0].n as number;
}

test("a signed call is answered when its event and execution are stored, with the filled response", async () => {
  const hook = await newWebhook(
    { inputs: { env: { required: true } } },
    { response: { text: "Deploying ${{ event.body.ref }}", run: "${{ execution.id }}", url: "${{ execution.url }}" } },
  );
  const answer = await call(hook.path, hook.secret, JSON.stringify({ ref: "main", inputs: { env: "prod" } }), {
    "x-source": "ci",
    "x-api-key": "hidden",
    authorization: "Bearer hidden",
  });
  expect(answer.statusCode).toBe(202);
  const { rows } = await test_.database.pool.query(
    `SELECT e.execution_id, e.inputs, e.trigger_type, e.trigger_data, v.event_type, v.payload, v.matched_at
     FROM workflow_executions e JOIN workflow_events v ON v.event_id = e.event_id WHERE e.project_id = $1`,
    [hook.projectId],
  );
  expect(rows).toHaveLength(1);
  expect(answer.json()).toEqual({
    text: "Deploying main",
    run: rows[0].execution_id,
    url: `http://culprit.test/executions/${rows[0].execution_id}`,
  });
  expect(rows[0]).toMatchObject({
    inputs: { env: "prod" },
    trigger_type: "webhook",
    trigger_data: { event: { type: "webhook.called", body: { ref: "main" } } },
    payload: { headers: { "x-source": "ci", "content-type": "application/json" } },
  });
  expect(rows[0].matched_at).not.toBeNull();
  expect(JSON.stringify(rows)).not.toContain("hidden");
  expect(await countOf("trigger_ledger", hook.projectId)).toBe(1);
});

test("the same signature again, even at the same moment, gets the same answer and starts nothing", async () => {
  const hook = await newWebhook();
  const answers = await Promise.all(Array.from({ length: 5 }, () => call(hook.path, hook.secret, '{"n":1}')));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(answers.every(({ statusCode }) => statusCode === 202)).toBe(true);
  expect(answers.filter(({ headers }) => headers["x-culprit-repeated"] === "true")).toHaveLength(4);
  expect(await countOf("workflow_executions", hook.projectId)).toBe(1);
  expect(await countOf("workflow_events", hook.projectId)).toBe(1);
});

test("a call that is unsigned, wrongly signed, changed, too old, too new or of an old secret is refused and leaves nothing", async () => {
  const hook = await newWebhook({}, { replay_window: 60 });
  const body = '{"n":1}';
  const refused = async (headers: Record<string, string>, sent = body) => {
    const answer = await call(hook.path, hook.secret, sent, headers);
    expect(answer.statusCode).toBe(401);
    expect(answer.json().error.details.remedy).toMatch(/secret.* a workflow's on its page under Triggers/);
    return answer.json().error.message as string;
  };
  expect(await refused({ [SIGNATURE_HEADER]: "" })).toContain("not signed");
  expect(await refused({ [SIGNATURE_HEADER]: "t=1,v1=zz" })).toContain("not signed");
  expect(await refused({ [SIGNATURE_HEADER]: signWebhookCall("other", body, now) })).toContain("not that of this body");
  expect(await refused({ [SIGNATURE_HEADER]: signWebhookCall(hook.secret, body, now) }, '{"n":2}')).toContain(
    "not that of",
  );
  for (const offS of [-62, 62]) {
    const at = new Date(now.getTime() + offS * 1000);
    expect(await refused({ [SIGNATURE_HEADER]: signWebhookCall(hook.secret, body, at) })).toContain(
      "more than the 60 s",
    );
  }
  const { secret } = await rotateWebhookSecret(test_.database, secretBox, hook.request);
  expect(await refused({})).toContain("not that of this body");
  expect((await call(hook.path, secret, body)).statusCode).toBe(202);
  expect(await countOf("workflow_events", hook.projectId)).toBe(1);
  expect((await call(`/hooks/w/${"x".repeat(32)}`, secret, body)).statusCode).toBe(404);
});

test("a body over a megabyte and one that is no JSON are refused with a reason", async () => {
  const hook = await newWebhook();
  const large = await call(hook.path, hook.secret, JSON.stringify({ a: "x".repeat(1_000_001) }));
  expect([large.statusCode, large.json().error.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
  const broken = await call(hook.path, hook.secret, '{"a":');
  expect([broken.statusCode, broken.json().error.code]).toEqual([400, "MALFORMED_BODY"]);
  const text = await call(hook.path, hook.secret, "a=1", { "content-type": "application/x-www-form-urlencoded" });
  expect(text.statusCode).toBe(202);
  const hostile = await call(hook.path, hook.secret, '{"a\\u0000":"\\u0000\\ud800"}');
  expect(hostile.statusCode).toBe(202);
  expect(await countOf("workflow_events", hook.projectId)).toBe(2);
});

test("a flood is answered 429 with Retry-After before anything is stored, and another webhook is not touched", async () => {
  const [flooded, other] = [await newWebhook(), await newWebhook()];
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => call(flooded.path, flooded.secret, JSON.stringify({ n }))),
  );
  const taken = answers.filter(({ statusCode }) => statusCode === 202).length;
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  expect(taken + refused.length).toBe(200);
  expect(taken).toBeGreaterThanOrEqual(50);
  expect(taken).toBeLessThan(150);
  expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  expect(await countOf("workflow_executions", flooded.projectId)).toBe(taken);
  expect((await call(other.path, other.secret, "{}")).statusCode).toBe(202);
});

test("a call that starts nothing is answered why: its condition, its inputs, a workflow that is switched off", async () => {
  const conditional = await newWebhook({}, { if: "event.body.ref == 'main'" });
  const inputs = await newWebhook({ inputs: { env: { required: true } } });
  const off = await newWebhook({ status: "inactive" });
  const reasonOf = async (hook: typeof off) => {
    const answer = await call(hook.path, hook.secret, '{"ref":"dev"}');
    expect(answer.statusCode).toBe(200);
    expect(answer.json().execution_id).toBeNull();
    return answer.json().reason as string;
  };
  expect(await reasonOf(conditional)).toBe("Its condition is false: event.body.ref == 'main'");
  expect(await reasonOf(inputs)).toContain("The input env is missing");
  expect(await reasonOf(off)).toContain("the workflow is inactive");
  for (const { projectId } of [conditional, inputs, off]) {
    expect(await countOf("workflow_executions", projectId)).toBe(0);
    expect(await countOf("trigger_ledger", projectId)).toBe(1);
  }
});

test("a response that can't be filled starts the workflow all the same, and the ledger says what was wrong", async () => {
  const hook = await newWebhook({}, { response: { x: "${{ event.body.missing.deep }}" } });
  const answer = await call(hook.path, hook.secret, "{}");
  expect(answer.statusCode).toBe(202);
  expect(answer.json().execution_id).toMatch(/^exec_/);
  const { rows } = await test_.database.pool.query("SELECT details FROM trigger_ledger WHERE project_id = $1", [
    hook.projectId,
  ]);
  expect(rows[0].details.response_error).toContain("missing");
});
