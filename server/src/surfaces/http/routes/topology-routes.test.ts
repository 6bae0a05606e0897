import { randomBytes } from "node:crypto";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { postgresTopology } from "../../../domains/change/index.ts";
import { createLog } from "../../../platform/log/log.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerTopologyRoutes } from "./topology-routes.ts";

let own: TestDatabase;
let app: FastifyInstance;

beforeAll(async () => {
  own = await createTestDatabase();
  app = Fastify();
  replyWithErrors(app, createLog("silent"), 1_000_000);
  await app.register(fastifyCookie);
  const { database } = own;
  // The routes read and write as the tenant: what goes past it finds no database.
  const narrowed = { asTenant: database.asTenant.bind(database) };
  const keys = new KeyRing(database.db);
  registerTopologyRoutes(app, {
    database: { ...database, ...narrowed, db: database.asTenant({ userId: null, projectId: null }).db },
    ...{ keys, topology: postgresTopology(database), now: () => new Date() },
  });
});
afterAll(async () => {
  await app.close();
  await own.drop();
});

async function newClient() {
  const { apiKey } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  return async (method: "GET" | "POST", url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const reply = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: reply.statusCode, body: reply.json() };
  };
}

test("edges are declared, found by a short name and read as the project's own: another project knows nothing of them", async () => {
  const [shop, other] = [await newClient(), await newClient()];
  const edges = [
    { from: "web", to: "cart" },
    { from: "cart", to: "database:orders", engine: "postgresql" },
  ];
  expect(await shop("POST", "/api/topology", { edges })).toMatchObject({ status: 201, body: { declared: 2 } });
  const { status, body } = await shop("GET", "/api/topology?service=cart");
  expect(status).toBe(200);
  expect(JSON.stringify(body)).toContain("database:orders");
  expect(JSON.stringify(body)).toContain("default/production/web");
  const theirs = await other("GET", "/api/topology?service=cart");
  expect(JSON.stringify(theirs.body)).not.toContain("orders");
});
