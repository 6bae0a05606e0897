import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepareSignal, storeSignals } from "../server/src/domains/incident/index.ts";
import { redNames } from "../server/src/domains/telemetry/index.ts";
import type { Queue } from "../server/src/platform/queue/queue.ts";
import { readOtlpLogs, readOtlpTraces } from "../server/src/vendors/otlp/index.ts";
import { createTestDatabase, type TestDatabase } from "./database/create-test-database.ts";
import { openWatch, type Watch } from "./detection/open-watch.ts";
import { failedCheckout } from "./scenario/failed-checkout.ts";
import { plainSignal } from "./scenario/plain-signal.ts";

/** One failure that shows in several services is one incident; two failures that only are neighbours are two. By real OTLP, the intake's verbs and the sentinel. */

let test_: TestDatabase;
let watch: Watch;
const idle = async () => undefined;
const queue = { enqueue: idle, enqueueMany: idle } as unknown as Queue;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

async function newWatch(): Promise<void> {
  watch = await openWatch(test_, queue);
}

const hex = (bytes: number) => randomBytes(bytes).toString("hex");

interface Failing {
  readonly service: string;
  readonly route: string;
  /** An exception that it records; null where it only answers 500. */
  readonly exception: string | null;
  /** Milliseconds after the request began. */
  readonly afterMs: number;
}

/** What the exporter of one service sends of a request that failed in it. */
function exported(traceId: string, { service, route, exception, afterMs }: Failing): Uint8Array {
  const at = BigInt(watch.now().getTime() - 5_000) * 1_000_000n;
  const end = at + BigInt(afterMs) * 1_000_000n;
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const span = {
    ...{ traceId, spanId: hex(8), parentSpanId: hex(8), name: `GET ${route}`, kind: 2 },
    ...{ startTimeUnixNano: `${at}`, endTimeUnixNano: `${end}`, status: { code: 2 } },
    attributes: [
      text("http.request.method", "GET"),
      text("http.route", route),
      { key: "http.response.status_code", value: { intValue: "500" } },
    ],
    events:
      exception === null
        ? []
        : [
            {
              ...{ timeUnixNano: `${end}`, name: "exception" },
              attributes: [
                text("exception.type", "Error"),
                text("exception.message", exception),
                text("exception.stacktrace", `Error: ${exception}\n    at handle (/app/${service}/index.js:7:3)`),
              ],
            },
          ],
  };
  const resource = { attributes: [text("service.name", service), text("deployment.environment.name", "production")] };
  return Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }));
}

/** A request of an exporter, taken in as the server takes it in. */
async function send(body: Uint8Array): Promise<void> {
  const receivedAt = watch.now();
  const { events } = readOtlpTraces(body, "application/json", { receivedAt, fallbackService: "shop" });
  const items = events.map((signal) => prepareSignal(watch.projectId, signal, receivedAt));
  await test_.database.transaction((tx) => storeSignals(tx, items, { payloadsPerIncident: 5 }));
}

async function sendLogs(body: Uint8Array): Promise<void> {
  const receivedAt = watch.now();
  const { events } = readOtlpLogs(body, "application/json", { receivedAt, fallbackService: "unknown" });
  const items = events.map((signal) => prepareSignal(watch.projectId, signal, receivedAt));
  await test_.database.transaction((tx) => storeSignals(tx, items, { payloadsPerIncident: 5 }));
}

const payments: Failing = {
  service: "payments",
  route: "/pay",
  exception: "relation orders does not exist",
  afterMs: 20,
};
const api: Failing = { service: "api", route: "/checkout", exception: "payments answered 500", afterMs: 30 };
const front: Failing = { service: "front", route: "/", exception: null, afterMs: 40 };

async function incidents() {
  const { rows } = await sql<{ id: string; title: string; service: string; status: string }>`
    SELECT i.id, i.title, s.service_name AS service, i.status FROM incidents i JOIN services s ON s.service_id = i.service_id
    WHERE i.project_id = ${watch.projectId} ORDER BY i.status <> 'open', i.created_at, i.id`.execute(test_.database.db);
  return rows;
}

async function counts() {
  const { rows } = await sql<{ id: string; count: number }>`
    SELECT incident_id AS id, occurrence_count::int AS count FROM incident_counters WHERE project_id = ${watch.projectId}`.execute(
    test_.database.db,
  );
  return rows;
}

const orders: readonly (readonly [string, readonly Failing[]])[] = [
  ["callee first", [payments, api, front]],
  ["front first", [front, api, payments]],
  ["caller first", [api, payments, front]],
  ["callee last", [api, front, payments]],
];
test.each(orders)(
  "a callee's error, its caller's error and the front's 5xx of one request are one incident of the callee: %s",
  async (_, order) => {
    await newWatch();
    for (let request = 0; request < 3; request += 1) {
      const traceId = hex(16);
      for (const one of order) await send(exported(traceId, one));
    }
    expect(await incidents()).toMatchObject([
      { service: "payments", title: "Error: relation orders does not exist", status: "open" },
    ]);
  },
);

test("exporters that send in their own time open several incidents, which the sentinel makes one, with the reason at both", async () => {
  await newWatch();
  const [a, b] = [hex(16), hex(16)];
  // The caller's of one request comes before the callee's of the same, whose failure is known by another request.
  await send(exported(a, payments));
  await send(exported(b, api));
  await send(exported(b, payments));
  expect((await incidents()).length).toBe(2);
  await watch.look();
  const [kept, merged] = await incidents();
  expect([kept, merged]).toMatchObject([
    { service: "payments", status: "open" },
    { service: "api", status: "resolved" },
  ]);
  expect((await watch.decisions(merged?.id ?? "")).at(-1)).toMatchObject({
    decision: "merged",
    rationale: expect.stringContaining("It is the same failure as inc_"),
    details: { joined_by: "traces" },
  });
  expect((await watch.decisions(kept?.id ?? "")).at(-1)).toMatchObject({
    decision: "merged",
    rationale: "Error: payments answered 500: api fails in the same requests as payments (1 of 1 that were looked at).",
  });
  // What comes afterwards belongs to the one that is left, whoever sends first.
  await send(exported(hex(16), api));
  expect((await incidents()).map(({ status }) => status)).toEqual(["open", "resolved"]);
});

test("of stacks of one request that of the service at the end of the calls goes on, though its caller's caller was known first and its calls went well until now", async () => {
  await newWatch();
  const gateway: Failing = {
    ...{ service: "gateway", route: "/checkout", exception: "GET /checkout answered 500", afterMs: 40 },
  };
  const pricing: Failing = {
    ...{ service: "pricing", route: "/price", exception: "cents of undefined", afterMs: 20 },
  };
  await callsFail("gateway", "checkout", 0.01);
  await callsFail("checkout", "pricing", 0.01);
  const [a, b] = [hex(16), hex(16)];
  await send(exported(a, gateway));
  watch.pass(1);
  await send(exported(b, pricing));
  await send(exported(b, gateway));
  expect((await incidents()).length).toBe(2);
  await watch.look();
  expect(await incidents()).toMatchObject([
    { service: "pricing", title: "Error: cents of undefined", status: "open" },
    { service: "gateway", status: "resolved" },
  ]);
});

test("the exception remains, with its diagnosis, where a line of the same requests came first, and counts each request once; nobody is told that it is resolved", async () => {
  await newWatch();
  const { db } = test_.database;
  await callsFail("cart", "stock", 0.4);
  const first = failedCheckout(watch.now().getTime() - 5_000, 1);
  await send(first.traces);
  const [failure] = await incidents();
  watch.pass(1);
  const later = Array.from({ length: 4 }, (_, index) => failedCheckout(watch.now().getTime() - 5_000, 2 + index));
  for (const { logs } of later) await sendLogs(logs);
  for (const { traces } of later) await send(traces);
  expect((await incidents()).map(({ title }) => title)).toEqual([
    failure?.title,
    expect.stringMatching(/^Error Log: reserve failed for sku/),
  ]);
  await sql`UPDATE incidents SET severity = 'critical', assigned_to = 'ada' WHERE project_id = ${watch.projectId} AND source = 'logs'`.execute(
    db,
  );
  await watch.look();
  const [kept, merged] = await incidents();
  expect(kept).toMatchObject({ id: failure?.id, service: "stock", status: "open" });
  expect(merged).toMatchObject({ title: expect.stringMatching(/^Error Log/), status: "resolved" });
  expect((await watch.decisions(merged?.id ?? "")).at(-1)).toMatchObject({
    decision: "merged",
    rationale: expect.stringMatching(
      /It is the same failure as inc_\S+, TypeError: .* Both are of the same requests of stock \(4 of 4/,
    ),
  });
  const { rows } =
    await sql`SELECT i.severity, i.assigned_to, c.occurrence_count::int AS count FROM incidents i JOIN incident_counters c ON c.incident_id = i.id
    WHERE i.id = ${failure?.id}`.execute(db);
  expect(rows).toEqual([{ severity: "critical", assigned_to: "ada", count: 5 }]);
  const { rows: told } = await sql<{ type: string; payload: Record<string, unknown> }>`
    SELECT event_type AS type, payload FROM workflow_events WHERE incident_id = ${merged?.id} ORDER BY created_at`.execute(
    db,
  );
  expect(told.map(({ type }) => type)).toEqual(["incident.opened", "incident.merged"]);
  expect(told[1]?.payload).toMatchObject({ merged_into: expect.stringMatching(/^inc_/) });
  // What comes afterwards in whatever order is counted there, once.
  const last = failedCheckout(watch.now().getTime(), 9);
  await sendLogs(last.logs);
  await send(last.traces);
  expect((await counts()).find(({ id }) => id === failure?.id)?.count).toBe(6);
});

test("two failures of neighbours in different requests stay two, though one calls the other and both began at once", async () => {
  await newWatch();
  await callsFail("api", "payments", 0.5);
  for (let request = 0; request < 3; request += 1) {
    await send(exported(hex(16), { ...api, exception: "cart is undefined" }));
    await send(exported(hex(16), payments));
  }
  await watch.look();
  expect((await incidents()).map(({ service, status }) => `${service} ${status}`).sort()).toEqual([
    "api open",
    "payments open",
  ]);
});

test("detectors that fire along failing calls are one incident, that of the service at their end", async () => {
  await newWatch();
  await callsFail("front", "api", 0.4);
  await callsFail("api", "payments", 0.4);
  for (const service of ["front", "api", "payments"]) await errorsRise(service);
  await watch.look();
  const all = await incidents();
  expect(all.filter(({ status }) => status !== "resolved")).toMatchObject([
    { service: "payments", title: "Errors: payments" },
  ]);
  expect((await watch.triggers()).length).toBeGreaterThanOrEqual(3);
});

test("detectors that fire at neighbours whose calls of each other go well stay two incidents", async () => {
  await newWatch();
  await callsFail("front", "payments", 0.005);
  for (const service of ["front", "payments"]) await errorsRise(service);
  await watch.look();
  expect((await incidents()).map(({ service, status }) => `${service} ${status}`).sort()).toEqual([
    "front open",
    "payments open",
  ]);
});

test("services that became slow along slow calls are one incident, that of the service at their end; one whose calls are as fast as ever is its own", async () => {
  await newWatch();
  for (const service of ["web", "cart", "search"]) await becomesSlow(service);
  await callsTake("web", "cart", 900);
  await callsTake("web", "search", 80);
  await watch.look();
  const all = await incidents();
  expect(all.map(({ title, status }) => [title, status]).sort()).toEqual([
    ["Slow requests: cart", "open"],
    ["Slow requests: search", "open"],
    ["Slow requests: web", "resolved"],
  ]);
  const merged = all.find(({ status }) => status === "resolved");
  expect((await watch.decisions(merged?.id ?? "")).at(-1)).toMatchObject({
    decision: "merged",
    rationale: expect.stringContaining(
      "The calls that lead from web to cart are slow, and both began within five minutes.",
    ),
  });
});

test("one overload is one incident, that of the service which became slow, whatever its callers say of it in other requests and with other queries", async () => {
  await newWatch();
  await callsFail("gateway", "checkout", 0.4);
  await callsFail("checkout", "pricing", 0.4);
  for (const [index, coupon] of ["OLD20", "NEW10", "VIP"].entries()) {
    const price = `GET /price?item=${index}&coupon=${coupon}`;
    await send(
      exported(hex(16), { service: "checkout", route: "/checkout", exception: `${price} timed out`, afterMs: 40 }),
    );
    await send(
      exported(hex(16), { service: "checkout", route: "/checkout", exception: `${price} answered 500`, afterMs: 40 }),
    );
    await send(exported(hex(16), { service: "gateway", route: "/", exception: "socket hang up", afterMs: 40 }));
    await send(
      exported(hex(16), {
        service: "gateway",
        route: "/",
        exception: `GET /checkout?c=${coupon} answered 500`,
        afterMs: 40,
      }),
    );
  }
  await sendSlow("gateway", "GET /");
  await sendSlow("pricing", "GET /price");
  await sendSlow("pricing", "GET /prices");
  expect((await incidents()).length).toBe(7);
  await watch.look();
  const [kept, ...parts] = await incidents();
  expect(kept).toMatchObject({ service: "pricing", status: "open", title: expect.stringMatching(/^High latency/) });
  expect(parts.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "resolved"));
  expect((await watch.decisions(kept?.id ?? "")).map(({ rationale }) => rationale)).toContain(
    "Error: socket hang up: The calls that lead from gateway to checkout to pricing fail or are slow, which is what gateway tells of, and both began within five minutes.",
  );
});

test("an overload of a service with an exception of its own is known by that; callers that nothing leads from, and those that blame somebody else, are on their own", async () => {
  await newWatch();
  await callsFail("checkout", "pricing", 0.4);
  await callsFail("search", "pricing", 0.001);
  const failing = (service: string, exception: string) => ({ service, route: "/", exception, afterMs: 40 });
  for (const one of [
    failing("pricing", "pool of 10 is used up"),
    failing("checkout", "GET /price answered 500"),
    failing("checkout", "request to https://api.stripe.com/v1 timed out"),
    failing("checkout", "connect ECONNREFUSED 10.1.2.3:5432"),
    failing("checkout", "cart is undefined"),
    failing("search", "GET /price answered 500"),
    failing("mail", "socket hang up"),
  ])
    await send(exported(hex(16), one));
  await watch.look();
  const all = await incidents();
  expect(
    all
      .filter(({ status }) => status === "open")
      .map(({ title, service }) => `${service} ${title}`)
      .sort(),
  ).toEqual([
    "checkout Error: cart is undefined",
    "checkout Error: connect ECONNREFUSED 10.1.2.3:5432",
    "checkout Error: request to https://api.stripe.com/v1 timed out",
    "mail Error: socket hang up",
    "pricing Error: pool of 10 is used up",
    "search Error: GET /price answered 500",
  ]);
});

/** A request that a service answered too slowly, as its spans tell of it. */
async function sendSlow(service: string, name: string): Promise<void> {
  const receivedAt = watch.now();
  const signal = plainSignal({
    ...{ door: "otlp", detector: "latency", exceptions: [], title: `High latency: ${name}`, service },
    ...{ grouping: ["latency", `default/production/${service}`, name], occurredAt: receivedAt.toISOString() },
    ...{ environment: "production", traceId: hex(16), spanId: hex(8), stackText: null },
  });
  const item = prepareSignal(watch.projectId, signal, receivedAt);
  await test_.database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
}

/** A service whose p99 rose from 80 ms to 900 ms six minutes ago. */
async function becomesSlow(service: string): Promise<void> {
  await watch.tell(75, (ago) => ({ requests: 20, errors: 0, p99: ago <= 6 ? 900 : 80 }), { service });
}

/** Calls whose p99 was 70 ms until six minutes ago. */
async function callsTake(caller: string, callee: string, ms: number): Promise<void> {
  const values = Array.from({ length: 80 }, (_, index) => (index >= 68 ? ms : 70));
  const labels = { callee: `default/production/${callee}` };
  await watch.tellMetric(redNames.p99, values, { serviceKey: `default/production/${caller}`, unit: "ms", labels });
}

/** A service whose errors rose to 40 % three minutes ago. */
async function errorsRise(service: string): Promise<void> {
  await watch.tell(60, (ago) => ({ requests: 20, errors: ago <= 3 ? 8 : 0.02 }), { service });
}

async function callsFail(caller: string, callee: string, share: number): Promise<void> {
  const labels = { callee: `default/production/${callee}` };
  const of = { serviceKey: `default/production/${caller}`, kind: "delta" as const, labels };
  await watch.tellMetric(redNames.requests, [300, 300, 300, 300, 300, 300], of);
  await watch.tellMetric(
    redNames.errors,
    Array.from({ length: 6 }, () => 300 * share),
    of,
  );
}
