import { randomBytes } from "node:crypto";
import { readyWorkflowListSchema, workflowSavedSchema } from "@culprit/contract";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { createLog } from "../../../platform/log/log.ts";
import { loadCatalogue } from "../../actions/load-catalogue.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerReadyWorkflowRoutes } from "./ready-workflow-routes.ts";

let own: TestDatabase;
let app: FastifyInstance;
beforeAll(async () => {
  own = await createTestDatabase();
  app = Fastify();
  replyWithErrors(app, createLog("silent"), 1_000_000);
  await app.register(fastifyCookie);
  registerReadyWorkflowRoutes(app, {
    database: own.database,
    keys: new KeyRing(own.database.db),
    catalogue: await loadCatalogue(),
    publicUrl: () => "http://culprit.test",
  });
});
afterAll(async () => {
  await app.close();
  await own.drop();
});

async function newClient() {
  const { apiKey } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  return async (method: "GET" | "POST", url: string, body?: object) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const reply = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
    return { status: reply.statusCode, body: reply.json() };
  };
}

test("the list has at least fifteen, in the published shape, none of them taken", async () => {
  const call = await newClient();
  const { items } = readyWorkflowListSchema.parse((await call("GET", "/api/workflows/ready")).body);
  expect(items.length).toBeGreaterThanOrEqual(15);
  expect(items.every(({ workflow_id: id }) => id === null)).toBe(true);
  expect(items.find(({ name }) => name === "stale-issue-closer")).toMatchObject({
    group: "upkeep",
    starts_on: ["0 0 * * *", "manual"],
    uses: ["stale_closer"],
    needs: ["github"],
  });
});

test("taken is the project's own with its status, listed as such, and no second time", async () => {
  const [call, stranger] = [await newClient(), await newClient()];
  const taken = await call("POST", "/api/workflows/ready/summarize-pr", { status: "draft" });
  expect(taken.status).toBe(201);
  const { workflow } = workflowSavedSchema.parse(taken.body);
  expect(workflow).toMatchObject({ name: "summarize-pr", status: "draft", source: "api", is_protected: false });
  expect((await call("POST", "/api/workflows/ready/summarize-pr")).status).toBe(409);
  const listed = readyWorkflowListSchema.parse((await call("GET", "/api/workflows/ready")).body).items;
  expect(listed.find(({ name }) => name === "summarize-pr")).toMatchObject({
    workflow_id: workflow.id,
    workflow_status: "draft",
  });
  const others = readyWorkflowListSchema.parse((await stranger("GET", "/api/workflows/ready")).body).items;
  expect(others.every(({ workflow_id: id }) => id === null)).toBe(true);
});

test("a name that none has and a status that there is not are refused", async () => {
  const call = await newClient();
  expect((await call("POST", "/api/workflows/ready/..%2fsecrets")).status).toBe(404);
  expect((await call("POST", "/api/workflows/ready/summarize-pr", { status: "archived" })).status).toBe(400);
});
