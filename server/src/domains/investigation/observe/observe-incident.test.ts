import type { LogRecord, MetricSample, SpanRecord } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Scenario, type ScenarioStage } from "../../../../../test/scenario/open-stage.ts";
import { observeEdges } from "../../change/index.ts";
import { LOG_LINES_METRIC, redNames, storeTemplates, type TelemetryStore } from "../../telemetry/index.ts";
import { buildWorld } from "../build-world.ts";
import { investigateIncident } from "../investigate-incident.ts";

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

const MINUTE_MS = 60_000;
const environment = "production";
const key = (service: string) => `default/${environment}/${service}`;
const origin = (service: string) => ({ serviceKey: key(service), environment });

/** Requests, errors and 99th percentiles of an hour and a quarter, as the intake derives them each minute. */
function redOf(
  service: string,
  untilMs: number,
  troubleMs: number,
  {
    errors,
    p99,
    callee,
  }: { errors: (isTrouble: boolean) => number; p99: (isTrouble: boolean) => number; callee?: string },
): MetricSample[] {
  const labels: Record<string, string> = callee === undefined ? {} : { callee };
  return Array.from(
    { length: 75 },
    (_, index) => Math.floor(untilMs / MINUTE_MS) * MINUTE_MS - index * MINUTE_MS,
  ).flatMap((atMs): MetricSample[] => {
    const isTrouble = atMs >= troubleMs;
    const wobble = 1 + 0.05 * Math.sin(atMs / 170_000);
    const sample = (metric: string, kind: MetricSample["kind"], unit: string, value: number) => ({
      ...origin(service),
      ...{ metric, kind, unit, labels, atMs, value },
    });
    return [
      sample(redNames.requests, "delta", "1", Math.round(600 * wobble)),
      sample(redNames.errors, "delta", "1", errors(isTrouble)),
      sample(redNames.p99, "gauge", "ms", p99(isTrouble) * wobble),
    ];
  });
}

/** A front, orders behind it and their database, of which the database became slow at the minute of the failure. */
async function slowDatabase(scenario: Scenario, store: TelemetryStore): Promise<string> {
  scenario.commit("first", { "a.js": "1\n" });
  await scenario.deploy({ service: "front" });
  const incident = await scenario.fail({
    type: "TimeoutError",
    message: "no answer in 2 s",
    frames: [{ path: "a.js", line: 1 }],
    signal: { service: "front" },
  });
  const { facts } = await buildWorld(scenario.deps, incident);
  const [at, until] = [facts.firstAt.getTime(), facts.firstAt.getTime() + 12 * MINUTE_MS];
  const calm = (value: number) => () => value;
  const then = (before: number, during: number) => (isTrouble: boolean) => (isTrouble ? during : before);
  const database = "database:orders-db";
  const metrics = [
    ...redOf("front", until, at, { errors: then(1, 120), p99: then(90, 2100) }),
    ...redOf("front", until, at, { errors: then(1, 118), p99: then(60, 2050), callee: key("orders") }),
    ...redOf("orders", until, at, { errors: then(0, 115), p99: then(50, 2000) }),
    ...redOf("orders", until, at, { errors: then(0, 110), p99: then(20, 1950), callee: database }),
    ...redOf("search", until, at, { errors: calm(1), p99: calm(70) }),
    ...redOf("front", until, at, { errors: calm(0), p99: calm(40), callee: key("search") }),
  ];
  const lines = Array.from({ length: 30 }, (_, index) => ({
    ...origin("orders"),
    ...{
      metric: LOG_LINES_METRIC,
      kind: "delta" as const,
      unit: "1",
      labels: { template_id: "t1", severity: "error" },
    },
    ...{ atMs: Math.floor(until / MINUTE_MS) * MINUTE_MS - index * MINUTE_MS, value: index < 12 ? 40 : 0 },
  }));
  const traceId = "a".repeat(32);
  const span = (service: string, spanId: string, parentSpanId: string | null, durationMs: number): SpanRecord => ({
    ...origin(service),
    ...{
      traceId,
      spanId,
      parentSpanId,
      name: "GET /order",
      kind: "server",
      startMs: at + 1000,
      durationMs,
      status: "error",
    },
    ...{ route: "GET /order", httpStatus: 500, peer: null, attributes: {}, events: [] },
  });
  const line: LogRecord & { templateId: string } = {
    ...origin("orders"),
    ...{
      atMs: at + 1500,
      severity: "error",
      body: "statement timeout",
      traceId,
      spanId: "b".repeat(16),
      attributes: {},
      templateId: "t1",
    },
  };
  await store.write([
    {
      projectId: scenario.projectId,
      metrics: [...metrics, ...lines],
      spans: [span("front", "a".repeat(16), null, 2100), span("orders", "b".repeat(16), "a".repeat(16), 2000)],
      logs: [line],
    },
  ]);
  await storeTemplates(scenario.deps.database, [
    {
      ...{ projectId: scenario.projectId, ...origin("orders"), templateId: "t1", template: "statement <*>" },
      ...{ severity: "error" as const, example: "statement timeout", atMs: at },
    },
  ]);
  const edge = (from: string, toKey: string) => ({
    ...{ projectId: scenario.projectId, environment, fromKey: key(from), toKey },
    ...{ engine: null, source: "traces" as const, seenAt: new Date(at) },
  });
  await observeEdges(scenario.deps.database.db, [
    edge("front", key("orders")),
    edge("front", key("search")),
    edge("orders", database),
  ]);
  await scenario.change({
    service: "search",
    resource_name: "pool",
    changes: [{ field: "size", old_value: 5, new_value: 6 }],
  });
  return incident;
}

test("an incident is looked at with the services around it: series, shares of errors, log patterns, spans and changes", async () => {
  const scenario = await stage.scenario();
  const incident = await slowDatabase(scenario, stage.telemetry);
  await scenario.deploy({ service: "elsewhere" });
  const { world } = await buildWorld(scenario.deps, incident);
  const { observed } = world;
  expect(observed).not.toBeNull();
  if (observed === null) return;
  expect(observed.components.map(({ key: one, kind }) => `${one} ${kind}`)).toEqual([
    "database:orders-db database",
    "default/production/front service",
    "default/production/orders service",
    "default/production/search service",
  ]);
  expect(observed.edges).toEqual(
    expect.arrayContaining([
      { from: key("front"), to: key("orders") },
      { from: key("orders"), to: "database:orders-db" },
    ]),
  );
  expect(observed.target).toMatchObject({ component: key("front") });
  const share = observed.series.find((one) => one.id === observed.target?.seriesId);
  expect(share).toMatchObject({ measure: "errors", unit: "1", callee: null });
  expect(Math.max(...(share?.values ?? []))).toBeGreaterThan(0.15);
  expect(Math.max(...(share?.values ?? []))).toBeLessThanOrEqual(1);
  expect(observed.series.some(({ metric }) => metric.startsWith(LOG_LINES_METRIC))).toBe(false);
  expect(observed.logs.find(({ templateId }) => templateId === "t1")).toMatchObject({
    template: "statement <*>",
    baselinePerMinute: 0,
  });
  expect(observed.operations.map(({ component }) => component)).toContain(key("orders"));
  // A line within a span is told by the words of its template, as elsewhere, never by the template's id.
  expect(observed.spanPatterns?.find(({ kind, isAny }) => kind === "log" && isAny !== true)).toMatchObject({
    event: "statement <*>",
    example: "statement timeout",
  });
  expect(observed.changes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["deployment", "config"]));
  expect(observed.changes.filter(({ title }) => title.startsWith("elsewhere"))).toEqual([]);
  for (const one of observed.series) expect(await stage.telemetry.reopen(scenario.projectId, one.ref)).not.toBeNull();
});

test("what is named as the cause lies behind the service that failed, and its evidence opens the series again", async () => {
  const scenario = await stage.scenario();
  const incident = await slowDatabase(scenario, stage.telemetry);
  const found = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(found).toMatchObject({ verdict: "confirmed", culpritComponent: "database:orders-db", culpritCommit: null });
  const { rows } = await sql<{ ref: string; source: string }>`
    SELECT e.ref, e.source FROM incident_hypotheses h JOIN evidence_artifacts e ON e.evidence_id = ANY(h.evidence_ids)
    WHERE h.incident_id = ${incident} AND h.rank = 1`.execute(scenario.deps.database.db);
  const refs = rows.filter(({ ref }) => ref.startsWith("postgres:")).map(({ ref }) => ref);
  expect(refs.length).toBeGreaterThan(0);
  for (const ref of refs) expect(await stage.telemetry.reopen(scenario.projectId, ref)).toContain("20");
});

test("without telemetry there is nothing to observe, and the code answers as before", async () => {
  const scenario = await stage.scenario();
  scenario.commit("first", { "a.js": "1\n" });
  await scenario.deploy();
  const incident = await scenario.fail({ type: "Error", message: "x", frames: [{ path: "a.js", line: 1 }] });
  const { world } = await buildWorld(scenario.deps, incident);
  expect(world.observed).toBeNull();
});

test("another service's telemetry and deployment say nothing of an incident that it has nothing to do with", async () => {
  const scenario = await stage.scenario();
  await slowDatabase(scenario, stage.telemetry);
  const incident = await scenario.fail({
    type: "Error",
    message: "the report is empty",
    frames: [{ path: "a.js", line: 1 }],
    signal: { service: "reports" },
  });
  const { world } = await buildWorld(scenario.deps, incident);
  expect(world.observed).toBeNull();
});

test("where nothing says whose incident it is, another service's gauges are no evidence: only calls and lines are looked at", async () => {
  const scenario = await stage.scenario();
  const incident = await slowDatabase(scenario, stage.telemetry);
  const untilMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 12 * MINUTE_MS;
  const noise = Array.from({ length: 75 }, (_, index) => ({
    ...{ ...origin("promapp"), metric: "queue_depth", kind: "gauge" as const, unit: null, labels: {} },
    ...{ atMs: untilMs - index * MINUTE_MS, value: (index * 7_919) % 10 },
  }));
  await stage.telemetry.write([{ projectId: scenario.projectId, metrics: noise, spans: [], logs: [] }]);
  await sql`UPDATE incidents SET service_id = NULL WHERE id = ${incident}`.execute(scenario.deps.database.owner);
  const { world } = await buildWorld(scenario.deps, incident);
  expect(world.observed?.target).toBeNull();
  expect(world.observed?.series.map(({ component }) => component)).toContain(key("orders"));
  expect(world.observed?.series.filter(({ component }) => component === key("promapp"))).toEqual([]);
});

test("however many series other services and old pods have, the incident's own and its neighbours are looked at", async () => {
  const scenario = await stage.scenario();
  const incident = await slowDatabase(scenario, stage.telemetry);
  const atMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 10 * MINUTE_MS;
  const many = (service: string, count: number) =>
    Array.from({ length: count }, (_, pod) => ({
      ...{ ...origin(service), metric: "memory", kind: "gauge" as const, unit: null, labels: { pod: `p${pod}` } },
      ...{ atMs, value: pod },
    }));
  // The first is no neighbour and comes before all others by name; the second is one, with more series than are read.
  const metrics = [...many("aaa", 2_100), ...many("cache", 2_001)];
  await stage.telemetry.write([{ projectId: scenario.projectId, metrics, spans: [], logs: [] }]);
  await observeEdges(scenario.deps.database.db, [
    {
      ...{ projectId: scenario.projectId, environment, fromKey: key("front"), toKey: key("cache") },
      ...{ engine: null, source: "traces" as const, seenAt: new Date(atMs) },
    },
  ]);
  const { world } = await buildWorld(scenario.deps, incident);
  const seen = new Set(world.observed?.series.map(({ component }) => component));
  expect([...seen].sort()).toEqual(["front", "orders", "search"].map(key));
  expect(world.observed?.gaps).toContain(
    `The services around it have more than 2000 series; not looked at were ${key("cache")}.`,
  );
});

test("an incident that an own condition opened is judged by the series that the condition names", async () => {
  const scenario = await stage.scenario();
  const incident = await slowDatabase(scenario, stage.telemetry);
  const { facts } = await buildWorld(scenario.deps, incident);
  const atMs = Math.floor(facts.firstAt.getTime() / MINUTE_MS) * MINUTE_MS;
  const queue = Array.from({ length: 75 }, (_, index) => ({
    ...{ ...origin("front"), metric: "queue.depth", kind: "gauge" as const, unit: null, labels: { instance: "a" } },
    ...{ atMs: atMs + (11 - index) * MINUTE_MS, value: index < 12 ? 400 : 5 },
  }));
  const ofScrape = ["up", "scrape_samples_scraped", "scrape_duration_seconds"].flatMap((metric) =>
    queue.map((one) => ({ ...one, metric, value: one.value > 5 ? 2 : 0 })),
  );
  await stage.telemetry.write([
    { projectId: scenario.projectId, metrics: [...queue, ...ofScrape], spans: [], logs: [] },
  ]);
  const settings = { series: { queue: { metric: "queue.depth" } }, condition: "queue.now > 100.0" };
  await sql`INSERT INTO detectors (detector_id, project_id, name, service, version, kind, is_enabled, settings, reason, set_by, created_at)
    VALUES (gen_random_uuid(), ${scenario.projectId}, 'queue-grows', '', 1, 'custom', true, ${JSON.stringify(settings)}::jsonb, 'x', 'x', ${new Date(atMs - MINUTE_MS)})`.execute(
    scenario.deps.database.owner,
  );
  await sql`INSERT INTO incident_triggers (trigger_id, project_id, incident_id, detector, trigger_type, service_key, environment, route, status, is_opener,
      began_at, fired_at, last_seen_at, facts)
    VALUES (gen_random_uuid(), ${scenario.projectId}, ${incident}, 'queue-grows', 'custom', ${key("front")}, ${environment}, '', 'firing', true,
      ${new Date(atMs)}, ${new Date(atMs + MINUTE_MS)}, ${new Date(atMs + MINUTE_MS)}, '{}'::jsonb)`.execute(
    scenario.deps.database.owner,
  );
  const { world } = await buildWorld(scenario.deps, incident);
  const { observed } = world;
  expect(observed?.series.find(({ id }) => id === observed.target?.seriesId)?.metric).toMatch(/^queue\.depth/);
  // How its page was read is no evidence of it; that it could be read is.
  const names = observed?.series.map(({ metric }) => metric.replace(/\{.*/, "")) ?? [];
  expect(names).toContain("up");
  expect(names.filter((name) => name.startsWith("scrape_"))).toEqual([]);
});
