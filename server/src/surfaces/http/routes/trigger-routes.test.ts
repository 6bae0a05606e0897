import { randomBytes } from "node:crypto";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { storeWorkflow } from "../../../../../test/workflow/store-workflow.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { dispatchEvents, emitEvents, SIGNATURE_HEADER, signWebhookCall } from "../../../domains/workflow/index.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { createLog } from "../../../platform/log/log.ts";
import { openQueue, type Queue } from "../../../platform/queue/queue.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { loadCatalogue } from "../../actions/load-catalogue.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerTriggerRoutes } from "./trigger-routes.ts";
import { registerWebhookRoutes } from "./webhook-routes.ts";

let own: TestDatabase;
let queue: Queue;
let app: FastifyInstance;
const log = createLog("silent");
const publicUrl = () => "http://culprit.test";

beforeAll(async () => {
  own = await createTestDatabase();
  queue = await openQueue(own.database, log);
  app = Fastify();
  replyWithErrors(app, log, 1_000_000);
  await app.register(fastifyCookie);
  const deps = {
    ...{
      database: own.database,
      keys: new KeyRing(own.database.db),
      queue,
      catalogue: await loadCatalogue(),
      log,
      publicUrl,
    },
    secretBox: openSecretBox({ secret: randomBytes(32).toString("base64url"), dataDir: "/nowhere" }),
    now: () => new Date(),
  };
  registerTriggerRoutes(app, deps);
  await app.register(async (scope) => registerWebhookRoutes(scope, deps));
});
afterAll(async () => {
  await app.close();
  await queue.close(1000);
  await own.drop();
});

async function newClient() {
  const project = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  const call = async (method: "GET" | "POST", url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${project.apiKey}` };
    const reply = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: reply.statusCode, body: reply.json() };
  };
  const emit = (type: string, ...payloads: Record<string, unknown>[]) =>
    own.database.transaction((tx) =>
      emitEvents(
        tx,
        payloads.map((payload) => ({ projectId: project.id, type, subject: null, payload })),
      ),
    );
  const dispatch = () => dispatchEvents({ database: own.database, queue, publicUrl }, project.id);
  const executions = async () => {
    const { rows } = await own.database.pool.query(
      "SELECT trigger_type, trigger_data FROM workflow_executions WHERE project_id = $1 ORDER BY id",
      [project.id],
    );
    return rows;
  };
  return { projectId: project.id, call, emit, dispatch, executions };
}

test("events are listed by page, kind and state; one shows its payload and why what ran", async () => {
  const { projectId, call, emit, dispatch } = await newClient();
  await storeWorkflow(own, projectId, { name: "a", triggers: [{ type: "event", events: ["push"], branch: "main" }] });
  await emit("push", { branch: "main" }, { branch: "dev" }, { branch: "x" });
  await emit("incident.opened", { title: "t" });
  expect((await call("GET", "/api/events?state=waiting")).body.items).toHaveLength(4);
  await dispatch();
  const first = (await call("GET", "/api/events?limit=3")).body;
  expect(first.items.map(({ type }: { type: string }) => type)).toEqual(["incident.opened", "push", "push"]);
  const second = (await call("GET", `/api/events?limit=3&cursor=${first.next_cursor}`)).body;
  expect(second).toMatchObject({
    items: [{ state: "matched", ran_count: 1, did_not_run_count: 0 }],
    next_cursor: null,
  });
  expect((await call("GET", "/api/events?type=incident.*")).body.items).toHaveLength(1);
  expect((await call("GET", "/api/events?type=inc%25")).body.items).toEqual([]);
  const detail = (await call("GET", `/api/events/${second.items[0].id}`)).body;
  expect(detail).toMatchObject({
    payload: { branch: "main" },
    ledger: [{ outcome: "ran", workflow_name: "a", execution_id: expect.stringMatching(/^exec_/) }],
  });
});

test("the ledger is listed by workflow, event and outcome, and what was not concerned by the hour", async () => {
  const { projectId, call, emit, dispatch } = await newClient();
  const { workflowId } = await storeWorkflow(own, projectId, {
    name: "a",
    triggers: [{ type: "event", events: ["push"], branch: "main" }],
  });
  const [main] = await emit("push", { branch: "main" }, { branch: "dev" });
  await emit("release.published", {}, {});
  await dispatch();
  const items = async (query: string) => (await call("GET", `/api/ledger?${query}`)).body.items;
  expect(await items("outcome=ran")).toMatchObject([{ event_id: toPublicId("evt", main ?? "") }]);
  expect(await items("outcome=did_not_run")).toMatchObject([{ details: { matcher: "branch", seen: ["dev"] } }]);
  expect(await items(`workflow=${toPublicId("wf", workflowId)}`)).toHaveLength(2);
  expect(await items(`event=${toPublicId("evt", main ?? "")}`)).toHaveLength(1);
  expect((await call("GET", "/api/ledger/counts")).body.items).toMatchObject([
    { workflow_name: "a", event_type: "release.published", count: 2 },
  ]);
});

test("a dry-run says what a draft would have done, with the reason, and executes and stores nothing", async () => {
  const { call, emit, executions } = await newClient();
  const [, dev] = await emit("push", { branch: "main", n: 1 }, { branch: "dev", n: 2 }, { branch: "main", n: 3 });
  await emit("release.published", {});
  const text = `name: draft
on:
  push: { branches: [main], if: event.n > 1 }
  schedule: [{ cron: "0 9 * * 1", timezone: Europe/Berlin }]
steps:
  - { id: wait, uses: delay, with: { seconds: 1 } }
`;
  const { status, body } = await call("POST", "/api/workflows/dry-run", { text });
  expect(status).toBe(200);
  expect(body).toMatchObject({ workflow: "draft", would_run: 1, would_not_run: 2, not_concerned: 1 });
  expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    "not_concerned",
    "would_run",
    "would_not_run",
    "would_not_run",
  ]);
  expect(body.results[3]).toMatchObject({
    reason: "Its condition is false: event.n > 1",
    details: { values: { "event.n": 1 } },
  });
  expect(body.schedules[0].next).toHaveLength(5);
  const chosen = await call("POST", "/api/workflows/dry-run", { text, event_ids: [toPublicId("evt", dev ?? "")] });
  expect(chosen.body.results).toMatchObject([{ outcome: "would_not_run", details: { matcher: "branch" } }]);
  expect(await executions()).toEqual([]);
  expect((await call("GET", "/api/ledger")).body.items).toEqual([]);
  expect(
    (await call("POST", "/api/workflows/dry-run", { text: "name: x\nsteps: [{ id: a, uses: nothing }]" })).body.error
      .code,
  ).toBe("WORKFLOW_INVALID");
});

test("a replay is a new event of the old one, matched again; of several all or none; a stranger's can't be replayed", async () => {
  const { projectId, call, emit, dispatch, executions } = await newClient();
  const stranger = await newClient();
  await storeWorkflow(own, projectId, { name: "a", triggers: [{ type: "event", events: ["push"] }] });
  const ids = (await emit("push", { n: 1 }, { n: 2 })).map((id) => toPublicId("evt", id));
  await dispatch();
  const one = await call("POST", `/api/events/${ids[0]}/replay`);
  expect(one).toMatchObject({ status: 202, body: { items: [{ replay_of: ids[0] }] } });
  const both = await call("POST", "/api/events/replay", { ids });
  expect(both.body.items.map(({ replay_of }: { replay_of: string }) => replay_of)).toEqual(ids);
  await dispatch();
  expect((await executions()).map(({ trigger_data }) => trigger_data.event.n)).toEqual([1, 2, 1, 1, 2]);
  const [foreign] = (await stranger.emit("push", {})).map((id) => toPublicId("evt", id));
  expect((await call("POST", "/api/events/replay", { ids: [ids[0], foreign] })).status).toBe(404);
  expect((await call("GET", `/api/events/${foreign}`)).status).toBe(404);
  expect((await call("GET", "/api/events?state=waiting")).body.items).toEqual([]);
  const [large] = (await emit("push", { x: "y".repeat(2_000_000) })).map((id) => toPublicId("evt", id));
  expect((await call("POST", `/api/events/${large}/replay`)).status).toBe(409);
});

test("a webhook gets its secret through the API, shown once, and a call of it can be replayed", async () => {
  const { projectId, call, dispatch, executions } = await newClient();
  const { workflowId, triggerIds } = await storeWorkflow(own, projectId, {
    name: "a",
    triggers: [{ type: "webhook" }],
  });
  const at = `/api/workflows/${toPublicId("wf", workflowId)}/webhooks`;
  const made = await call("POST", `${at}/${toPublicId("wft", triggerIds[0] ?? "")}/secret`);
  expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/), has_secret: true } });
  const listed = await call("GET", at);
  expect(listed.body.items).toMatchObject([{ url: made.body.url, has_secret: true, replay_window: 300 }]);
  expect(JSON.stringify(listed.body)).not.toContain(made.body.secret);
  const body = '{"n":7}';
  const answer = await app.inject({
    method: "POST",
    url: new URL(made.body.url).pathname,
    headers: {
      "content-type": "application/json",
      [SIGNATURE_HEADER]: signWebhookCall(made.body.secret, body, new Date()),
    },
    body,
  });
  await call("POST", `/api/events/${answer.json().event_id}/replay`);
  await dispatch();
  const ran = await executions();
  expect(ran.map(({ trigger_type, trigger_data }) => [trigger_type, trigger_data.event.body])).toEqual([
    ["webhook", { n: 7 }],
    ["webhook", { n: 7 }],
  ]);
  const stranger = await newClient();
  expect((await stranger.call("GET", at)).status).toBe(404);
  expect((await stranger.call("POST", `${at}/${toPublicId("wft", triggerIds[0] ?? "")}/secret`)).status).toBe(404);
});
