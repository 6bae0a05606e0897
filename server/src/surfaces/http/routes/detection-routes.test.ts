import { randomBytes } from "node:crypto";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { gateIncidents } from "../../../domains/detection/index.ts";
import { listIncidents, prepareSignal, storeSignals } from "../../../domains/incident/index.ts";
import { openPostgresTelemetry, type TelemetryStore } from "../../../domains/telemetry/index.ts";
import { silentLog } from "../../../platform/db/database-log.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { createLog } from "../../../platform/log/log.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerDetectionRoutes } from "./detection-routes.ts";

let own: TestDatabase;
let app: FastifyInstance;
let telemetryStore: TelemetryStore;
const queue = recordingQueue();

beforeAll(async () => {
  own = await createTestDatabase();
  app = Fastify();
  replyWithErrors(app, createLog("silent"), 1_000_000);
  await app.register(fastifyCookie);
  const { database } = own;
  const now = () => new Date();
  telemetryStore = openPostgresTelemetry({ database, log: silentLog, now, keepDays: 14, isFolding: false });
  registerDetectionRoutes(app, { database, keys: new KeyRing(database.db), telemetryStore, now });
});
afterAll(async () => {
  await app.close();
  await telemetryStore.close();
  await own.drop();
});

async function newClient() {
  const project = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  return {
    projectId: project.id,
    call: async (method: "GET" | "POST" | "PUT", url: string, payload?: object) => {
      const headers = { authorization: `Bearer ${project.apiKey}` };
      const reply = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      return { status: reply.statusCode, body: reply.json() };
    },
    fail: async (severity: "low" | "high") => {
      const signal = plainSignal({ severity, title: severity, exceptions: [], grouping: [severity] });
      const item = prepareSignal(project.id, signal, new Date());
      const { stored } = await own.database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
      return toPublicId("inc", stored[0]?.incidentId ?? "");
    },
    gate: () => gateIncidents(own.database, queue, { projectId: project.id, investigationsPerMinute: 30 }),
  };
}

test("detectors are listed with what is built in, set for a service as a version, and refused with the field that is wrong", async () => {
  const { call } = await newClient();
  const names = (await call("GET", "/api/detectors")).body.items.map((one: { name: string; enabled: boolean }) => [
    one.name,
    one.enabled,
  ]);
  expect(names).toEqual([
    ["change-point", false],
    ["crash-loop", true],
    ["error-rate", true],
    ["p99", true],
    ["slo-burn", true],
  ]);
  const set = { service: "cart", settings: { ratio: 0.05 }, reason: "it always fails a little" };
  expect((await call("PUT", "/api/detectors/error-rate", set)).body).toMatchObject({
    ...{ name: "error-rate", kind: "error_rate_spike", service: "cart", version: 1, enabled: true, set_by: "API key" },
    settings: { ratio: 0.05, for_s: 60 },
  });
  const further = { service: "cart", settings: { for_s: 120 }, reason: "slower" };
  expect((await call("PUT", "/api/detectors/error-rate", further)).body).toMatchObject({
    ...{ version: 2, settings: { ratio: 0.05, for_s: 120 } },
  });
  const wrong = await call("PUT", "/api/detectors/error-rate", { settings: { ration: 1 }, reason: "r" });
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: "INVALID_REQUEST" } } });
  const unknown = await call("PUT", "/api/detectors/own", { settings: {}, reason: "r" });
  expect(unknown).toMatchObject({ status: 400, body: { error: { details: { field: "kind" } } } });
});

test("what is suppressed is listed with its reason, and approved later with one, which is a decision", async () => {
  const { projectId, call, fail, gate } = await newClient();
  const id = await fail("low");
  await gate();
  const { incidents } = await listIncidents(own.database.db, { projectId, status: "suppressed", limit: 10 });
  expect(incidents).toMatchObject([{ id, suppressed_reason: expect.stringContaining("Its severity is low") }]);
  expect((await call("POST", `/api/incidents/${id}/approve`, {})).status).toBe(400);
  expect(await call("POST", `/api/incidents/${id}/approve`, { reason: "a customer called" })).toMatchObject({
    ...{ status: 202, body: { id, status: "triaged", decision: "approved", rationale: "a customer called" } },
  });
  expect(await call("POST", `/api/incidents/${id}/approve`, { reason: "again" })).toMatchObject({
    ...{ status: 409, body: { error: { message: expect.stringContaining("The incident is triaged") } } },
  });
});

test("what nobody works at is suppressed with a reason, as a decision that the gate leaves alone", async () => {
  const { projectId, call, fail, gate } = await newClient();
  const id = await fail("high");
  expect(await call("POST", `/api/incidents/${id}/suppress`, {})).toMatchObject({
    ...{ status: 400, body: { error: { message: "reason: is missing; it must be a string." } } },
  });
  expect(await call("POST", `/api/incidents/${id}/suppress`, { reason: "known, and harmless" })).toMatchObject({
    ...{ status: 202, body: { id, status: "suppressed", decision: "suppressed", rationale: "known, and harmless" } },
  });
  expect(await gate()).toMatchObject({ approved: 0 });
  const { incidents } = await listIncidents(own.database.db, { projectId, status: "suppressed", limit: 10 });
  expect(incidents).toMatchObject([{ id, suppressed_reason: "known, and harmless" }]);
  await call("POST", `/api/incidents/${id}/approve`, { reason: "not that harmless" });
  expect(await call("POST", `/api/incidents/${id}/suppress`, { reason: "again" })).toMatchObject({
    ...{ status: 409, body: { error: { message: expect.stringContaining("The incident is triaged") } } },
  });
});

test("a policy is tried on history before it acts, acts in shadow, and then decides", async () => {
  const { call, fail, gate } = await newClient();
  const incident = await fail("high");
  await gate();
  const policy = { information: ["low", "high"] };
  const tried = await call("POST", "/api/gate-policies/dry-run", { policy, days: 7 });
  expect(tried.body).toMatchObject({
    ...{ incidents: 1, suppressed: 1, approved: 0, differences_count: 1 },
    differences: [{ incident_id: incident, actual: "approved", decision: "suppressed", rule: "information" }],
  });
  const written = await call("POST", "/api/gate-policies", { policy, reason: "quieter" });
  expect(written).toMatchObject({
    status: 201,
    body: { version: 1, status: "draft", policy: { ...policy, change_window_s: 900 } },
  });
  expect((await call("POST", "/api/gate-policies/1/shadow", { days: 7 })).body).toMatchObject({ differences_count: 1 });
  await call("POST", "/api/gate-policies/1/status", { status: "shadow" });
  const low = await fail("low");
  await gate();
  expect((await call("GET", "/api/gate-policies/1/shadow")).body).toMatchObject({
    ...{ items: [{ incident_id: low, actual: "suppressed", decision: "suppressed" }], next_cursor: null },
  });
  expect((await call("GET", "/api/gate-policies/1/shadow?differences=true")).body.items).toEqual([]);
  const { body } = await call("POST", "/api/gate-policies/1/status", { status: "active" });
  expect(body.items.map((one: { version: number; status: string }) => [one.version, one.status])).toEqual([
    [1, "active"],
    [0, "retired"],
  ]);
  expect((await call("POST", "/api/gate-policies/9/status", { status: "active" })).status).toBe(404);
});

test("maintenance is announced, listed and ended; one that is over can't be announced or ended", async () => {
  const { call } = await newClient();
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  const made = await call("POST", "/api/maintenance-windows", { service: "cart", ends_at: inAnHour, reason: "moving" });
  expect(made).toMatchObject({
    status: 201,
    body: { service: "cart", environment: null, is_standing: true, set_by: "API key" },
  });
  expect((await call("GET", "/api/maintenance-windows")).body.items).toHaveLength(1);
  const end = () => call("POST", `/api/maintenance-windows/${made.body.id}/end`);
  expect(await end()).toMatchObject({ status: 200, body: { is_standing: false } });
  expect((await end()).status).toBe(409);
  const late = { service: "cart", ends_at: "2020-01-01T00:00:00Z", reason: "r" };
  expect((await call("POST", "/api/maintenance-windows", late)).status).toBe(400);
});

test("a maintenance without a service is refused with what to say, and covers every service only where that is said", async () => {
  const { call } = await newClient();
  const window = { ends_at: new Date(Date.now() + 3_600_000).toISOString(), reason: "moving" };
  const announce = (whom: object) => call("POST", "/api/maintenance-windows", { ...whom, ...window });
  for (const whom of [{}, { environment: "production" }, { service: "cart", all: true }, { all: false }]) {
    const { status, body } = await announce(whom);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('\\"all\\": true for every service');
  }
  expect(await announce({ all: true })).toMatchObject({ status: 201, body: { service: null, environment: null } });
});

test("one project never sees or moves another's: policies, maintenance, incidents", async () => {
  const [mine, theirs] = [await newClient(), await newClient()];
  const id = await theirs.fail("low");
  await theirs.gate();
  await theirs.call("POST", "/api/gate-policies", { policy: {}, reason: "r" });
  expect((await mine.call("POST", `/api/incidents/${id}/approve`, { reason: "r" })).status).toBe(404);
  expect((await mine.call("POST", "/api/gate-policies/1/status", { status: "active" })).status).toBe(404);
  expect((await mine.call("GET", "/api/gate-policies")).body.items).toHaveLength(1);
  const dry = await mine.call("POST", "/api/gate-policies/dry-run", { policy: {} });
  expect(dry.body).toMatchObject({ incidents: 0 });
});
