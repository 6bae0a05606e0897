import { randomBytes } from "node:crypto";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { syncBuiltins, syncRepositoryFiles } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { createLog } from "../../../platform/log/log.ts";
import { openQueue, type Queue } from "../../../platform/queue/queue.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { createGitRepositories } from "../../../vendors/git/index.ts";
import { loadCatalogue } from "../../actions/load-catalogue.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerExecutionRoutes } from "./execution-routes.ts";
import { registerWorkflowRoutes } from "./workflow-routes.ts";

let own: TestDatabase;
let queue: Queue;
let app: FastifyInstance;
const log = createLog("silent");
const BODY_BYTES_MAX = 2_000_000;

beforeAll(async () => {
  own = await createTestDatabase();
  queue = await openQueue(own.database, log);
  const catalogue = await loadCatalogue();
  await syncBuiltins(own.database, catalogue);
  app = Fastify({ bodyLimit: BODY_BYTES_MAX });
  replyWithErrors(app, log, BODY_BYTES_MAX);
  await app.register(fastifyCookie);
  const deps = {
    database: own.database,
    keys: new KeyRing(own.database.db),
    queue,
    secretBox: openSecretBox({ secret: randomBytes(32).toString("base64url"), dataDir: "/nowhere" }),
    catalogue,
    publicUrl: () => "http://culprit.test",
    now: () => new Date("2026-11-21T07:00:00Z"),
    git: createGitRepositories({ folder: "/nowhere/repositories", env: {} }),
    openForge: () => Promise.reject(new CulpritError("NOT_FOUND", "No forge is connected.")),
  };
  registerWorkflowRoutes(app, deps);
  registerExecutionRoutes(app, deps);
});
afterAll(async () => {
  await app.close();
  await queue.close(1000);
  await own.drop();
});

/** A project, asked as its API key. */
async function newClient() {
  const project = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  const call = async (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url: string, body?: object) => {
    const headers = { authorization: `Bearer ${project.apiKey}` };
    const reply = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
    const isJson = String(reply.headers["content-type"]).includes("json");
    return { status: reply.statusCode, body: isJson ? reply.json() : reply.body };
  };
  return { projectId: project.id, call };
}

const file = (name: string, seconds = 5) =>
  `name: ${name}\non: manual\ninputs:\n  level: { type: number, default: 1 }\nsteps:\n  - { id: wait, uses: delay, with: { seconds: ${seconds} } }\n`;

describe("/api/workflows", () => {
  test("a workflow is made, read, changed, switched off and archived; each answer is the workflow as it stands", async () => {
    const { call } = await newClient();
    const made = await call("POST", "/api/workflows", { text: file("mine") });
    expect(made).toMatchObject({
      status: 201,
      body: { is_changed: true, workflow: { name: "mine", version: 1, status: "active" } },
    });
    const path = `/api/workflows/${made.body.workflow.id}`;
    expect((await call("GET", path)).body.definition.steps).toEqual([
      { id: "wait", uses: "delay", with: { seconds: 5 } },
    ]);
    expect((await call("GET", `${path}/yaml`)).body).toContain("uses: delay");
    const changed = await call("PUT", path, { text: file("mine", 6), base_version: 1 });
    expect(changed).toMatchObject({ status: 200, body: { workflow: { version: 2 } } });
    expect(await call("PUT", path, { text: file("mine", 7), base_version: 1 })).toMatchObject({
      status: 409,
      body: { error: { code: "CONFLICT" } },
    });
    expect(
      (await call("GET", `${path}/versions`)).body.items.map(({ version }: { version: number }) => version),
    ).toEqual([2, 1]);
    expect((await call("GET", `${path}/versions/1`)).body.definition.steps[0].with.seconds).toBe(5);
    expect((await call("GET", `${path}/versions/9`)).status).toBe(404);
    expect((await call("PATCH", path, { status: "inactive" })).body.workflow.status).toBe("inactive");
    expect((await call("DELETE", path)).body.workflow.status).toBe("archived");
  });

  test("one that is wrong is refused with every problem, its line and its field", async () => {
    const { call } = await newClient();
    const text = file("mine").replace("uses: delay", "uses: dely");
    const checked = await call("POST", "/api/workflows/check", { text });
    expect(checked).toMatchObject({
      status: 200,
      body: {
        is_valid: false,
        problems: [
          {
            line: 6,
            column: 23,
            field: "steps[0].uses",
            message: "There is no action `dely`; did you mean `delay`?",
            severity: "error",
          },
        ],
      },
    });
    const refused = await call("POST", "/api/workflows", { text });
    expect(refused).toMatchObject({
      status: 422,
      body: { error: { code: "WORKFLOW_INVALID", details: { problems: checked.body.problems } } },
    });
    expect((await call("POST", "/api/workflows/check", { text: file("ok") })).body).toMatchObject({
      is_valid: true,
      problems: [],
    });
  });

  test("10 MB of YAML is refused at the door, and 1.5 MB by the check", async () => {
    const { call } = await newClient();
    expect(await call("POST", "/api/workflows/check", { text: "#".repeat(10_000_000) })).toMatchObject({
      status: 413,
      body: { error: { code: "PAYLOAD_TOO_LARGE" } },
    });
    expect(
      (await call("POST", "/api/workflows/check", { text: "#".repeat(1_500_000) })).body.problems[0].message,
    ).toContain("at most 1 MB");
  });

  test("workflows that call each other in a circle are refused when the circle would close", async () => {
    const { call } = await newClient();
    const calling = (name: string, called: string) =>
      `name: ${name}\non: manual\nsteps:\n  - { id: go, uses: run_workflow, with: { workflow: ${called} } }\n`;
    expect((await call("POST", "/api/workflows", { text: calling("a", "b") })).status).toBe(201);
    const closed = await call("POST", "/api/workflows", { text: calling("b", "a") });
    expect(closed.status).toBe(422);
    expect(closed.body.error.message).toContain("b → a → b");
  });

  test("the built-in response is protected: a change is a copy, reset brings it back, switching it off warns", async () => {
    const { call } = await newClient();
    const list = await call("GET", "/api/workflows");
    const builtin = list.body.items.find(({ name }: { name: string }) => name === "incident-response");
    expect(builtin).toMatchObject({ is_protected: true, project_id: null });
    const { yaml } = (await call("GET", `/api/workflows/${builtin.id}`)).body;
    const copy = await call("PUT", `/api/workflows/${builtin.id}`, {
      text: `${yaml}\n# mine\n`.replace(/^description:.*$/m, "description: mine"),
    });
    expect(copy).toMatchObject({
      status: 200,
      body: { workflow: { name: "incident-response", copied_from: builtin.id, description: "mine" } },
    });
    expect((await call("GET", `/api/workflows/${copy.body.workflow.id}/upgrade`)).body).toMatchObject({
      has_upgrade: false,
      upstream_diff: [],
    });
    expect((await call("POST", `/api/workflows/${copy.body.workflow.id}/reset`)).body.workflow.id).toBe(builtin.id);
    expect((await call("DELETE", `/api/workflows/${builtin.id}`)).status).toBe(409);
    const off = await call("PATCH", `/api/workflows/${builtin.id}`, { status: "inactive" });
    expect(off.body.warnings[0].message).toContain("no longer investigated");
    expect(off.body.workflow).toMatchObject({ status: "inactive", copied_from: builtin.id });
  });

  test("the actions and the schema for editors hold every action with its inputs", async () => {
    const { call } = await newClient();
    const { items } = (await call("GET", "/api/actions")).body;
    const delay = items.find(({ name }: { name: string }) => name === "delay");
    expect(delay).toMatchObject({ is_control: true, input: { properties: { seconds: { type: "number" } } } });
    expect(items.length).toBeGreaterThan(20);
    const schema = await app.inject("/api/workflow.schema.json");
    expect(schema.statusCode).toBe(200);
    expect(schema.json().properties.steps).toBeDefined();
  });

  test("secrets are set and deleted by name, and never shown", async () => {
    const { call } = await newClient();
    expect((await call("PUT", "/api/workflow-secrets/TOKEN", { value: "s3cret" })).status).toBe(204);
    const list = await call("GET", "/api/workflow-secrets");
    expect(list.body.items).toMatchObject([{ name: "TOKEN", created_by: "API key" }]);
    expect(JSON.stringify(list.body)).not.toContain("s3cret");
    expect((await call("PUT", "/api/workflow-secrets/not%20a%20name", { value: "x" })).status).toBe(400);
    expect((await call("DELETE", "/api/workflow-secrets/TOKEN")).status).toBe(204);
    expect((await call("DELETE", "/api/workflow-secrets/TOKEN")).status).toBe(404);
  });

  test("without a key nothing is answered, and a stranger's key finds nothing", async () => {
    const [mine, other] = [await newClient(), await newClient()];
    const { id } = (await mine.call("POST", "/api/workflows", { text: file("mine") })).body.workflow;
    expect((await app.inject(`/api/workflows/${id}`)).statusCode).toBe(401);
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/yaml"],
      ["GET", "/versions"],
      ["GET", "/versions/1"],
      ["DELETE", ""],
      ["POST", "/run"],
      ["POST", "/reset"],
    ] as const)
      expect((await other.call(method, `/api/workflows/${id}${path}`)).status, `${method} ${path}`).toBe(404);
    expect((await other.call("PUT", `/api/workflows/${id}`, { text: file("mine", 9) })).status).toBe(404);
    expect((await mine.call("GET", `/api/workflows/${id}`)).body.version).toBe(1);
  });
});

describe("/api/executions", () => {
  test("one is started by hand with its inputs, found by its filters, paused, resumed, cancelled and run again", async () => {
    const { call } = await newClient();
    const { id } = (await call("POST", "/api/workflows", { text: file("mine") })).body.workflow;
    const wrong = await call("POST", `/api/workflows/${id}/run`, { inputs: { level: "high" } });
    expect(wrong).toMatchObject({ status: 400, body: { error: { details: { field: "inputs.level" } } } });
    const started = await call("POST", `/api/workflows/${id}/run`, { inputs: { level: 3 } });
    expect(started.status).toBe(202);
    const path = `/api/executions/${started.body.execution_id}`;
    expect((await call("GET", path)).body).toMatchObject({
      status: "pending",
      inputs: { level: 3 },
      trigger_type: "manual",
      workflow_name: "mine",
      definition: { name: "mine" },
      steps: [],
      deliveries: [],
    });
    for (const query of [`workflow=${id}`, "workflow=mine", "status=pending", ""]) {
      const { items } = (await call("GET", `/api/executions?${query}`)).body;
      expect(
        items.map((one: { id: string }) => one.id),
        query,
      ).toEqual([started.body.execution_id]);
    }
    expect((await call("GET", "/api/executions?status=failed")).body.items).toEqual([]);
    expect((await call("POST", `${path}/retry`)).status).toBe(409);
    expect((await call("POST", `${path}/pause`)).status).toBe(204);
    expect((await call("GET", path)).body.is_paused).toBe(true);
    expect((await call("POST", `${path}/pause`)).status).toBe(409);
    expect((await call("POST", `${path}/resume`)).status).toBe(204);
    expect((await call("POST", `${path}/cancel`)).status).toBe(204);
    expect((await call("GET", path)).body).toMatchObject({
      status: "cancelled",
      error_message: "Cancelled by API key.",
    });
    const again = await call("POST", `${path}/retry`);
    expect(again.status).toBe(202);
    expect((await call("GET", path)).body.children.map((one: { id: string }) => one.id)).toEqual([
      again.body.execution_id,
    ]);
    const log = (await call("GET", `${path}/logs`)).body.items.map(({ message }: { message: string }) => message);
    expect(log).toEqual([
      "Paused by API key.",
      "Resumed by API key.",
      "Cancelled by API key.",
      "Run again by API key.",
    ]);
  });

  test("lists and logs page without gaps, and logs are searched by words", async () => {
    const { call, projectId } = await newClient();
    const { id } = (await call("POST", "/api/workflows", { text: file("mine") })).body.workflow;
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1)
      ids.unshift((await call("POST", `/api/workflows/${id}/run`)).body.execution_id);
    const seen: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const page: { items: { id: string }[]; next_cursor: string | null } = (
        await call("GET", `/api/executions?limit=2${next === "" ? "" : `&cursor=${next}`}`)
      ).body;
      seen.push(...page.items.map((one) => one.id));
      next = page.next_cursor;
    }
    expect(seen).toEqual(ids);
    await sql`INSERT INTO execution_logs (project_id, execution_id, level, message, step_name)
      SELECT ${projectId}, e.id, CASE WHEN n % 10 = 0 THEN 'ERROR' ELSE 'INFO' END, 'line ' || n || CASE WHEN n % 10 = 0 THEN ' refused by vendor' ELSE ' sent' END, 'wait'
      FROM workflow_executions e, generate_series(1, 50) n WHERE e.execution_id = ${ids[0]}`.execute(own.database.db);
    const logs = (query: string) => call("GET", `/api/executions/${ids[0]}/logs?${query}`).then(({ body }) => body);
    expect((await logs("q=refused%20vendor")).items).toHaveLength(5);
    expect((await logs("q=line%20-sent")).items).toHaveLength(5);
    expect((await logs("level=ERROR&step=wait")).items).toHaveLength(5);
    expect((await logs("q=nowhere")).items).toEqual([]);
    const first = await logs("limit=30");
    const second = await logs(`limit=30&cursor=${first.next_cursor}`);
    expect(new Set([...first.items, ...second.items].map((one: { id: string }) => one.id)).size).toBe(50);
    // It runs: the cursor goes on, for whoever follows.
    expect(second.next_cursor).not.toBeNull();
    expect((await logs(`cursor=${second.next_cursor}`)).items).toEqual([]);
  });

  test("an approval that waits is listed and decided once; an unknown delivery is settled once", async () => {
    const { call, projectId } = await newClient();
    const { id } = (await call("POST", "/api/workflows", { text: file("mine") })).body.workflow;
    const execution = (await call("POST", `/api/workflows/${id}/run`)).body.execution_id;
    await sql`INSERT INTO approvals (approval_id, project_id, execution_id, path, message)
      SELECT gen_random_uuid(), ${projectId}, e.id, 'ask', 'Ship it?' FROM workflow_executions e WHERE e.execution_id = ${execution}`.execute(
      own.database.db,
    );
    await sql`INSERT INTO deliveries (delivery_id, project_id, execution_id, kind, idempotency_key, status, recipient, repeat)
      SELECT gen_random_uuid(), ${projectId}, e.id, 'message', e.id::text, 'unknown', '#ops', 'atMostOnce' FROM workflow_executions e WHERE e.execution_id = ${execution}`.execute(
      own.database.db,
    );
    const [approval] = (await call("GET", "/api/approvals")).body.items;
    expect(approval).toMatchObject({
      message: "Ship it?",
      workflow_name: "mine",
      execution_id: execution,
      decision: null,
    });
    expect(
      (await call("POST", `/api/approvals/${approval.id}/decide`, { decision: "approve", reason: "fine" })).status,
    ).toBe(204);
    expect((await call("POST", `/api/approvals/${approval.id}/decide`, { decision: "reject" })).status).toBe(409);
    expect((await call("GET", "/api/approvals")).body.items).toEqual([]);
    expect((await call("GET", "/api/approvals?state=decided")).body.items).toMatchObject([
      { decision: "approve", decided_by: "API key", reason: "fine" },
    ]);
    const { deliveries } = (await call("GET", `/api/executions/${execution}`)).body;
    expect(deliveries).toMatchObject([{ status: "unknown", recipient: "#ops" }]);
    const settle = { outcome: "sent", external_ref: "123.45", note: "I saw it." };
    expect((await call("POST", `/api/deliveries/${deliveries[0].id}/settle`, settle)).status).toBe(204);
    expect((await call("POST", `/api/deliveries/${deliveries[0].id}/settle`, settle)).status).toBe(409);
    expect((await call("GET", `/api/executions/${execution}`)).body.deliveries).toMatchObject([
      { status: "sent", external_ref: "123.45", settled_by: "API key" },
    ]);
  });

  test("a stranger finds no execution, no log and no approval", async () => {
    const [mine, other] = [await newClient(), await newClient()];
    const { id } = (await mine.call("POST", "/api/workflows", { text: file("mine") })).body.workflow;
    const execution = (await mine.call("POST", `/api/workflows/${id}/run`)).body.execution_id;
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/logs"],
      ["POST", "/cancel"],
      ["POST", "/pause"],
      ["POST", "/resume"],
      ["POST", "/retry"],
    ] as const)
      expect((await other.call(method, `/api/executions/${execution}${path}`)).status, path).toBe(404);
    expect((await other.call("GET", "/api/executions")).body.items).toEqual([]);
    expect((await mine.call("GET", `/api/executions/${execution}`)).body.status).toBe("pending");
  });
});

test("a workflow that the repository keeps is not changed here: without a forge the answer is the difference to commit", async () => {
  const { projectId, call } = await newClient();
  const text = "name: kept\non: [push]\nsteps:\n  - { id: size, uses: label_by_size }\n";
  const path = ".culprit/workflows/kept.yml";
  const files = new Map([[path, text]]);
  await syncRepositoryFiles(own.database, await loadCatalogue(), { projectId, commit: "0".repeat(40), files });
  const { body: list } = await call("GET", "/api/workflows");
  const { id } = list.items.find(({ name }: { name: string }) => name === "kept");
  const other = text.replace("push", "pull_request.opened");
  const { status, body } = await call("PUT", `/api/workflows/${id}`, { text: other });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    is_changed: false,
    workflow: { version: 1 },
    proposal: { path, text: other, execution_id: null },
  });
  expect(body.proposal.diff.filter(({ kind }: { kind: string }) => kind === "added").length).toBeGreaterThan(0);
  const wrong = await call("PUT", `/api/workflows/${id}`, { text: text.replace("label_by_size", "no_such") });
  expect(wrong.body.error.code).toBe("WORKFLOW_INVALID");
});
