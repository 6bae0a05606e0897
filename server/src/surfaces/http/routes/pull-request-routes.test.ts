import { randomUUID } from "node:crypto";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { createBrokenProject, seedProven } from "../../../../../test/repair/proven-incident.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { syncBuiltins } from "../../../domains/workflow/index.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import { createLog } from "../../../platform/log/log.ts";
import { loadCatalogue } from "../../actions/load-catalogue.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerPullRequestRoutes } from "./pull-request-routes.ts";

let own: TestDatabase;
let app: FastifyInstance;
const broke = createBrokenProject();
beforeAll(async () => {
  own = await createTestDatabase();
  await syncBuiltins(own.database, await loadCatalogue());
  app = Fastify();
  replyWithErrors(app, createLog("silent"), 1_000_000);
  await app.register(fastifyCookie);
  registerPullRequestRoutes(app, {
    database: own.database,
    keys: new KeyRing(own.database.db),
    queue: recordingQueue(),
  });
});
afterAll(async () => {
  await app.close();
  await own.drop();
});

async function newClient() {
  const { id: projectId, apiKey } = await createProject(own.database.db, { name: `p ${randomUUID()}` });
  const call = async (method: "GET" | "POST" | "PATCH", url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: answer.statusCode, body: answer.json() };
  };
  const seed = async (run?: Readonly<Record<string, unknown>>) =>
    toPublicId("inc", await seedProven(own.database.db, broke, { projectId, ...(run === undefined ? {} : { run }) }));
  return { call, seed };
}

test("settings are changed one by one, the others stay, and what is none is refused", async () => {
  const { call } = await newClient();
  expect((await call("GET", "/api/pull-request-settings")).body).toMatchObject({ mode: "manual", daily_max: 3 });
  await call("PATCH", "/api/pull-request-settings", { mode: "auto" });
  const changed = await call("PATCH", "/api/pull-request-settings", { daily_max: 5, labels: [] });
  expect(changed).toMatchObject({ status: 200, body: { mode: "auto", daily_max: 5, labels: [], min_events: 2 } });
  expect((await call("PATCH", "/api/pull-request-settings", { mode: "always" })).status).toBe(400);
  expect((await call("PATCH", "/api/pull-request-settings", { force: true })).status).toBe(400);
});

test("asking starts the workflow for that incident and says who asked; where there is nothing to open it is refused in words", async () => {
  const { call, seed } = await newClient();
  const id = await seed();
  expect((await call("GET", `/api/incidents/${id}/pull-request`)).body).toMatchObject({ items: [], blocked: null });
  const asked = await call("POST", `/api/incidents/${id}/pull-request`);
  expect(asked).toMatchObject({ status: 202, body: { execution_id: expect.stringMatching(/^exec_/) } });
  const execution = await own.database.db
    .selectFrom("workflow_executions")
    .selectAll()
    .where("id", "=", fromPublicId("exec", asked.body.execution_id))
    .executeTakeFirstOrThrow();
  expect(execution).toMatchObject({ incident_id: fromPublicId("inc", id), status: "pending" });

  const unproven = await seed({ proof: "not_run" });
  const refused = await call("POST", `/api/incidents/${unproven}/pull-request`);
  expect(refused).toMatchObject({ status: 409 });
  expect(JSON.stringify(refused.body)).toContain("The patch is not proven.");
});

test("a patch of an earlier conclusion is asked for only by who says so", async () => {
  const { call, seed } = await newClient();
  const id = await seed();
  for (const [revision, title, minutes] of [
    [1, "The commit", -60],
    [2, "A person says: the disk was full", 1],
  ] as const) {
    await sql`INSERT INTO incident_reports (report_id, project_id, incident_id, revision, created_at, verdict, summary, report_markdown, evidence_ids)
      SELECT gen_random_uuid(), project_id, id, ${revision}, now() + make_interval(mins => ${minutes}), 'confirmed', '', '', '{}'
      FROM incidents WHERE id = ${fromPublicId("inc", id)}`.execute(own.database.db);
    await sql`INSERT INTO incident_hypotheses (hypothesis_id, project_id, incident_id, revision, rank, hypothesis_type, title, confidence, evidence_ids)
      SELECT gen_random_uuid(), project_id, id, ${revision}, 1, 'infra', ${title}, 0.9, '{}'
      FROM incidents WHERE id = ${fromPublicId("inc", id)} ON CONFLICT DO NOTHING`.execute(own.database.db);
  }
  const refused = await call("POST", `/api/incidents/${id}/pull-request`);
  expect(refused).toMatchObject({ status: 409 });
  expect(JSON.stringify(refused.body)).toMatch(/Of an earlier conclusion: revision 2.*--outdated/);
  expect((await call("POST", `/api/incidents/${id}/pull-request`, { outdated: "yes" })).status).toBe(400);
  expect(await call("POST", `/api/incidents/${id}/pull-request`, { outdated: true })).toMatchObject({ status: 202 });
});

test("another project's incident looks like none", async () => {
  const [owner, stranger] = [await newClient(), await newClient()];
  const id = await owner.seed();
  expect((await stranger.call("GET", `/api/incidents/${id}/pull-request`)).status).toBe(404);
  expect((await stranger.call("POST", `/api/incidents/${id}/pull-request`)).status).toBe(404);
});
