import { randomUUID } from "node:crypto";
import {
  logLinesSchema,
  metricNamesSchema,
  metricSeriesSchema,
  reopenedEvidenceSchema,
  traceSchema,
} from "@culprit/contract";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { openIncident } from "../../../../../test/scenario/open-incident.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { openPostgresTelemetry, type StoredTelemetry, type TelemetryStore } from "../../../domains/telemetry/index.ts";
import { silentLog } from "../../../platform/db/database-log.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import { createLog } from "../../../platform/log/log.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerTelemetryReadRoutes } from "./telemetry-read-routes.ts";

const NOW = new Date();
const NOW_MS = NOW.getTime();
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const origin = { serviceKey: "prod/shop/cart", environment: "prod" };

let own: TestDatabase;
let app: FastifyInstance;
let store: TelemetryStore;
beforeAll(async () => {
  own = await createTestDatabase();
  const { database } = own;
  store = openPostgresTelemetry({ database, log: silentLog, now: () => NOW, keepDays: 14, isFolding: false });
  app = Fastify();
  replyWithErrors(app, createLog("silent"), 1_000_000);
  await app.register(fastifyCookie);
  const keys = new KeyRing(database.db);
  registerTelemetryReadRoutes(app, { database, keys, telemetryStore: store, now: () => NOW });
});
afterAll(async () => {
  await app.close();
  await own.drop();
});

async function newClient() {
  const { id: projectId, apiKey } = await createProject(own.database.db, { name: `p ${randomUUID()}` });
  const get = async (url: string) => {
    const answer = await app.inject({ method: "GET", url, headers: { authorization: `Bearer ${apiKey}` } });
    return { status: answer.statusCode, body: answer.json() };
  };
  return { projectId, get };
}

const telemetryOf = (projectId: string): StoredTelemetry => ({
  projectId,
  metrics: [1, 2].map((value) => ({
    ...{ ...origin, metric: "queue_length", kind: "gauge" as const, unit: null },
    ...{ labels: { pod: "a" }, atMs: NOW_MS - value * 60_000, value },
  })),
  spans: [
    {
      ...{
        ...origin,
        traceId: TRACE,
        spanId: "00f067aa0ba902b7",
        parentSpanId: null,
        name: "GET /cart",
        kind: "server",
      },
      ...{ startMs: NOW_MS - 1000, durationMs: 5, status: "error", route: "GET /cart", httpStatus: 500, peer: null },
      ...{ attributes: { a: 1 }, events: [{ name: "exception", atMs: NOW_MS - 999, attributes: {} }] },
    },
  ],
  logs: [
    {
      ...{ ...origin, atMs: NOW_MS - 500, severity: "error", body: "pool exhausted", traceId: TRACE, spanId: null },
      ...{ attributes: {}, templateId: "t1" },
    },
  ],
});

test("metrics, series, log lines and a trace of the caller's project are read as the contract says, another's are not", async () => {
  const [mine, theirs] = [await newClient(), await newClient()];
  await store.write([telemetryOf(mine.projectId)]);
  const names = metricNamesSchema.parse((await mine.get("/api/telemetry/metrics")).body);
  expect(names).toEqual({
    items: [{ service_key: "prod/shop/cart", metric: "queue_length", kind: "gauge", unit: null, series: 1 }],
    is_cut: false,
  });
  const url = "/api/telemetry/series?service=prod/shop/cart&metric=queue_length&step_s=60&label.pod=a";
  const series = metricSeriesSchema.parse((await mine.get(url)).body);
  expect(series.items.map(({ values }) => values)).toEqual([[2, 1]]);
  expect(metricSeriesSchema.parse((await mine.get(url.replace("pod=a", "pod=b"))).body).items).toEqual([]);
  const logs = logLinesSchema.parse((await mine.get("/api/telemetry/logs?words=exhausted&severity=warn")).body);
  expect(logs.items.map(({ body, template_id }) => [body, template_id])).toEqual([["pool exhausted", "t1"]]);
  const trace = traceSchema.parse((await mine.get(`/api/telemetry/traces/${TRACE}`)).body);
  expect(trace.spans).toMatchObject([{ name: "GET /cart", http_status: 500, events: [{ name: "exception" }] }]);

  expect((await theirs.get("/api/telemetry/metrics")).body.items).toEqual([]);
  expect((await theirs.get(url)).body.items).toEqual([]);
  expect((await theirs.get("/api/telemetry/logs")).body.items).toEqual([]);
  expect((await theirs.get(`/api/telemetry/traces/${TRACE}`)).status).toBe(404);
  const named = `project=${toPublicId("proj", mine.projectId)}`;
  expect((await theirs.get(`/api/telemetry/logs?${named}`)).status).toBe(404);
});

test("a service is named by its key, or by its short name where only one has it; else the answer says which there are", async () => {
  const { projectId, get } = await newClient();
  const elsewhere = { ...telemetryOf(projectId), spans: [], logs: [] };
  const metricsOf = (serviceKey: string) => elsewhere.metrics.map((sample) => ({ ...sample, serviceKey }));
  const more = [...metricsOf("prod/shop/payments"), ...metricsOf("prod/bank/payments")];
  await store.write([telemetryOf(projectId), { ...elsewhere, metrics: more }]);
  for (const service of ["prod/shop/cart", "shop/cart", "cart"]) {
    const { items } = metricSeriesSchema.parse((await get(`/api/telemetry/series?service=${service}`)).body);
    expect(items.map(({ service_key: key }) => key)).toEqual(["prod/shop/cart"]);
    expect((await get(`/api/telemetry/metrics?service=${service}`)).body.items).toHaveLength(1);
    expect((await get(`/api/telemetry/logs?service=${service}`)).body.items).toHaveLength(1);
  }
  expect(await get("/api/telemetry/series?service=payments")).toMatchObject({
    status: 404,
    body: {
      error: { message: expect.stringMatching(/several services here: prod\/bank\/payments, prod\/shop\/payments/) },
    },
  });
  expect(await get("/api/telemetry/logs?service=crat")).toMatchObject({
    status: 404,
    body: { error: { message: expect.stringContaining("Did you mean cart?") } },
  });
});

test("series of exactly the labels that are asked for, and of none at all, are read apart from those with more", async () => {
  const { projectId, get } = await newClient();
  const batch = { ...telemetryOf(projectId), spans: [], logs: [] };
  const labelled = [{}, { pod: "a" }, { pod: "a", zone: "b" }].flatMap((labels) =>
    batch.metrics.map((sample) => ({ ...sample, labels })),
  );
  await store.write([{ ...batch, metrics: labelled }]);
  const labelsOf = async (query: string) => {
    const { items } = metricSeriesSchema.parse((await get(`/api/telemetry/series?${query}`)).body);
    return items.map(({ labels }) => labels);
  };
  expect(await labelsOf("exact=true")).toEqual([{}]);
  expect(await labelsOf("exact=true&label.pod=a")).toEqual([{ pod: "a" }]);
  expect(await labelsOf("label.pod=a")).toHaveLength(2);
  expect(await get("/api/telemetry/series?exakt=true")).toMatchObject({
    status: 400,
    body: {
      error: { message: expect.stringMatching(/^The query has unknown key "exakt"; it takes project, .*exact/) },
    },
  });
});

test("a window that ends before it begins is refused; a step never gives more than 2,000 values", async () => {
  const { get } = await newClient();
  const turned = "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z";
  expect(await get(`/api/telemetry/series?${turned}`)).toMatchObject({
    status: 400,
    body: { error: { code: "INVALID_REQUEST" } },
  });
  const day = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
  expect((await get(`/api/telemetry/series?${day}&step_s=1`)).body.step_s).toBe(60);
  expect((await get(`/api/telemetry/series?${day}&step_s=900`)).body.step_s).toBe(900);
  expect((await get(`/api/telemetry/series?${day}`)).body.step_s).toBe(900);
});

test("evidence is opened again by its reference, whichever engine gave it, and not by another project", async () => {
  const [stranger, { projectId, get }] = [await newClient(), await newClient()];
  const { incidentId } = await openIncident(own.database);
  await sql`update incidents set project_id = ${projectId} where id = ${incidentId}`.execute(own.database.owner);
  await store.write([telemetryOf(projectId)]);
  const window = { fromMs: NOW_MS - 60_000, toMs: NOW_MS + 1 };
  const ref = store.refOf({ table: "log_records", ...window, words: "pool", limit: 10 });
  const keep = async (kind: string, source: string, reference: string) => {
    const id = newId();
    await sql`insert into evidence_artifacts (evidence_id, project_id, incident_id, kind, source, ref, metadata)
      values (${id}, ${projectId}, ${incidentId}, ${kind}, ${source}, ${reference}, '{"snapshot": "as it was"}')`.execute(
      own.database.db,
    );
    return toPublicId("evd", id);
  };
  for (const [kind, source, reference] of [
    ["sql_query", "postgres", ref],
    ["clickhouse_query", "clickhouse", ref.replace("postgres:", "clickhouse:")],
  ] as const) {
    const id = await keep(kind, source, reference);
    const reopened = reopenedEvidenceSchema.parse((await get(`/api/evidence/${id}/reopen`)).body);
    expect(reopened).toMatchObject({ ref: reference, engine: "postgres", snapshot: "as it was" });
    expect(reopened.text).toContain("error prod/shop/cart pool exhausted");
    expect((await stranger.get(`/api/evidence/${id}/reopen`)).status).toBe(404);
  }
  const diff = await keep("git_diff", "git", "abc123");
  expect((await get(`/api/evidence/${diff}/reopen`)).body).toMatchObject({ engine: null, text: null });
});
