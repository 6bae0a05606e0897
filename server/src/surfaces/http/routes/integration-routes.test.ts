import { randomUUID } from "node:crypto";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openIntegrationServices,
  signedCall,
  webhookSecret,
} from "../../../../../test/integration/integration-services.ts";
import { openIncident } from "../../../../../test/scenario/open-incident.ts";
import { createLoginLink, createProject, KeyRing, redeemLoginLink } from "../../../domains/access/index.ts";
import { type IntegrationServices, messageOfIncident, processInbox } from "../../../domains/integration/index.ts";
import { SESSION_COOKIE } from "../authenticate.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerCallbackRoutes } from "./callback-routes.ts";
import { registerHookRoutes } from "./hook-routes.ts";
import { registerIntegrationRoutes } from "./integration-routes.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
let app: FastifyInstance;
beforeAll(async () => {
  ({ services, close } = await openIntegrationServices());
  const keys = new KeyRing(services.database.db);
  app = Fastify({ routerOptions: { maxParamLength: 200 } });
  replyWithErrors(app, services.log, 1_000_000);
  await app.register(async (scope) => registerHookRoutes(scope, { integrations: services, webhooksPerMinute: 100 }));
  await app.register(async (scope) => {
    await scope.register(fastifyCookie);
    registerIntegrationRoutes(scope, { integrations: services, keys });
    await scope.register(async (callbacks) => registerCallbackRoutes(callbacks, { integrations: services }));
  });
});
afterAll(async () => {
  await app.close();
  await close();
});

async function open() {
  const { apiKey, id } = await createProject(services.database.db, { name: `p ${randomUUID()}` });
  const ask = async (method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE", url: string, body?: object) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${apiKey}` },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, json: answer.json() };
  };
  return { ask, projectId: id };
}
const input = { type: "webhook", name: "the bot", config: { title: "bot" }, credentials: { secret: webhookSecret } };

test("an integration is made, listed, changed, checked and removed, and its secret never comes back", async () => {
  const { ask } = await open();
  const made = await ask("POST", "/api/integrations", input);
  expect(made).toMatchObject({
    status: 201,
    json: { name: "the bot", has_credentials: true, health_status: "unknown" },
  });
  const url = `/api/integrations/${made.json.id}`;
  expect(await ask("POST", `${url}/check`)).toMatchObject({ status: 200, json: { health_status: "healthy" } });
  expect(await ask("PATCH", url, { is_enabled: false })).toMatchObject({ json: { is_enabled: false } });
  const listed = await ask("GET", "/api/integrations?type=webhook");
  expect(listed.json.items).toHaveLength(1);
  expect(JSON.stringify([made, listed, await ask("GET", url)])).not.toContain(webhookSecret);
  expect(await (await open()).ask("GET", url)).toMatchObject({ status: 404 });
  expect(await ask("DELETE", url)).toMatchObject({ status: 200 });
  expect(await ask("GET", url)).toMatchObject({ status: 404 });
  const wrong = await ask("POST", "/api/integrations", { ...input, credentials: { secret: "short" } });
  expect(wrong).toMatchObject({ status: 400, json: { error: { details: { field: "credentials.secret" } } } });
  expect((await ask("GET", "/api/integration-types")).json.items.length).toBeGreaterThan(5);
});

test("a signed call is stored before 202 and shown with its events; wrong, too large and too many calls are 401, 413 and 429", async () => {
  const { ask } = await open();
  const made = (await ask("POST", "/api/integrations", input)).json;
  const path = new URL(made.webhook_url).pathname;
  const call = (request: { headers: Record<string, string>; body: Buffer }) =>
    app.inject({
      method: "POST",
      url: path,
      headers: { ...request.headers, "content-type": "application/json" },
      body: request.body,
    });
  const taken = await call(signedCall({ type: "deploy.finished", subject: "d:1" }));
  expect(taken).toMatchObject({ statusCode: 202 });
  const eventUrl = `/api/integration-events/${taken.json().event_id}`;
  expect(await ask("GET", eventUrl)).toMatchObject({
    json: { status: "pending", event_type: "deploy.finished", event_ids: [] },
  });
  const { rows } = await services.database.pool.query("SELECT integration_id FROM integration_events LIMIT 1");
  await processInbox(services, rows[0].integration_id);
  const done = await ask("GET", eventUrl);
  expect(done.json).toMatchObject({ status: "completed", integration_name: "the bot" });
  expect(done.json.event_ids).toHaveLength(1);
  expect(JSON.stringify(done.json.headers)).not.toContain("v1=");
  expect(await ask("POST", `${eventUrl}/replay`)).toMatchObject({ status: 409 });
  const large = await call(signedCall({ text: "x".repeat(6 * 1024 * 1024) }));
  expect(large.statusCode).toBe(413);
  const wrong = await call({ ...signedCall({ a: 1 }), body: Buffer.from("{}") });
  expect(wrong).toMatchObject({ statusCode: 401 });
  expect(wrong.json().error.message).not.toMatch(/clock|too old/);
  expect(wrong.json().error.details.remedy).toMatch(/the secret.* an integration's on its page under Integrations/);
  expect(await ask("GET", `/api/integrations/${made.id}`)).toMatchObject({ json: { rejected_count: 1 } });
  const flood = await Promise.all(
    Array.from({ length: 120 }, (_, index) => call(signedCall({ type: "flood.wave", index }))),
  );
  const refused = flood.filter(({ statusCode }) => statusCode === 429);
  expect(refused.length).toBeGreaterThan(10);
  expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThan(0);
  const listed = await ask("GET", "/api/integration-events?limit=5");
  expect(listed.json.items).toHaveLength(5);
  expect(
    (await ask("GET", `/api/integration-events?limit=5&cursor=${listed.json.next_cursor}`)).json.items,
  ).toHaveLength(5);
});

test("a project's key stops its own project and no more", async () => {
  const { ask } = await open();
  const reason = "a migration";
  const project = (await ask("POST", "/api/integrations", input)).json.project_id;
  expect(await ask("PUT", "/api/hands-off", { project, service: "checkout", reason })).toMatchObject({
    json: { reason, project_id: project },
  });
  // A key's project is meant where none is named.
  expect(await ask("PUT", "/api/hands-off", { reason })).toMatchObject({
    json: { project_id: project, service: null },
  });
  expect(await (await open()).ask("PUT", "/api/hands-off", { project, reason })).toMatchObject({ status: 404 });
  expect((await ask("GET", "/api/hands-off")).json.items).toHaveLength(2);
  expect(await ask("DELETE", `/api/hands-off?project=${project}&service=checkout`)).toMatchObject({ status: 200 });
  expect((await ask("GET", "/api/hands-off")).json.items).toHaveLength(1);
});

test("only whoever runs the installation stops all of it, and lets it go on", async () => {
  const { db, pool } = services.database;
  const askAs = (session: string | null) => async (method: "GET" | "PUT" | "DELETE", body?: object) => {
    const headers = { cookie: `${SESSION_COOKIE}=${session}` };
    const request = { method, url: "/api/hands-off", headers, ...(body === undefined ? {} : { body }) };
    const answer = await app.inject(request);
    return { status: answer.statusCode, json: answer.json() };
  };
  const operator = askAs(await redeemLoginLink(db, await createLoginLink(db)));
  const strangersSession = randomUUID();
  await pool.query(
    `WITH stranger AS (INSERT INTO users (github_login) VALUES ('stranger') RETURNING id)
     INSERT INTO sessions (token_hash, user_id, expires_at) SELECT sha256($1), id, now() + interval '1 hour' FROM stranger`,
    [Buffer.from(strangersSession)],
  );
  const stranger = askAs(strangersSession);
  const reason = "a strike";
  expect(await stranger("PUT", { reason })).toMatchObject({ status: 403, json: { error: { code: "FORBIDDEN" } } });
  const standing = async () =>
    (await pool.query("SELECT reason FROM hands_off WHERE project_id IS NULL AND cleared_at IS NULL")).rows;
  expect(await standing()).toEqual([]);
  expect(await operator("PUT", { reason })).toMatchObject({ status: 200, json: { project_id: null, reason } });
  expect(await stranger("DELETE")).toMatchObject({ status: 403 });
  expect(await standing()).toEqual([{ reason }]);
  expect(await operator("DELETE")).toMatchObject({ status: 200 });
  expect(await standing()).toEqual([]);
});

test("the page behind a button asks on GET, does it on POST once, and shows hostile titles as text", async () => {
  const { incidentId } = await openIncident(services.database);
  const { pool } = services.database;
  await pool.query("UPDATE incidents SET title = $2 WHERE id = $1", [incidentId, "<script>alert(1)</script>"]);
  const message = await messageOfIncident(services, services.database.db, { incidentId, integrationId: null });
  const path = new URL(message.buttons.find(({ verb }) => verb === "suppress")?.url ?? "").pathname;
  const statusOf = async () =>
    (await pool.query("SELECT status FROM incidents WHERE id = $1", [incidentId])).rows[0].status;
  const asked = await app.inject({ method: "GET", url: path });
  expect(asked.statusCode).toBe(200);
  expect(asked.headers["content-type"]).toContain("text/html");
  expect(asked.body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(asked.body).not.toContain("<script>");
  expect(asked.body).toContain('<form method="post">');
  expect(await statusOf()).toBe("open");
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const done = await app.inject({ method: "POST", url: path, headers: form, body: "" });
  expect(done).toMatchObject({ statusCode: 200 });
  expect(await statusOf()).toBe("suppressed");
  const again = await app.inject({ method: "POST", url: path, headers: form, body: "" });
  expect(again).toMatchObject({ statusCode: 409 });
  expect(again.body).toContain("pressed before");
  expect(await app.inject({ method: "GET", url: "/callbacks/nonsense" })).toMatchObject({ statusCode: 404 });
});
