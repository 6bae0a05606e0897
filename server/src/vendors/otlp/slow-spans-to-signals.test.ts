import { expect, test } from "vitest";
import { type RequestContext, readOtlpTraces } from "./map-traces.ts";

const nano = (ms: number) => `${BigInt(ms) * 1_000_000n}`;
const START = Date.parse("2026-11-21T10:00:00Z");
let count = 0;
const hex = (length: number) => {
  count += 1;
  return count.toString(16).padStart(length, "0");
};

function span(
  ms: number,
  more: {
    traceId?: string;
    spanId?: string;
    parentSpanId?: string;
    route?: string;
    kind?: number;
    status?: number;
    code?: number;
    attributes?: Readonly<Record<string, string | readonly string[]>>;
    messages?: number;
  } = {},
) {
  const {
    route = "/cart/{id}",
    kind = 2,
    status = 200,
    code = 0,
    traceId = hex(32),
    spanId = hex(16),
    parentSpanId,
    attributes = {},
    messages = 0,
  } = more;
  const attributeValue = (value: string | readonly string[]) =>
    typeof value === "string"
      ? { stringValue: value }
      : { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
  return {
    ...{
      traceId,
      spanId,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      name: `GET ${route}`,
      kind,
      status: { code },
    },
    ...{ startTimeUnixNano: nano(START), endTimeUnixNano: nano(START + ms) },
    attributes: [
      { key: "http.request.method", value: { stringValue: "GET" } },
      { key: "http.route", value: { stringValue: route } },
      { key: "http.response.status_code", value: { intValue: String(status) } },
      ...Object.entries(attributes).map(([key, value]) => ({ key, value: attributeValue(value) })),
    ],
    events: Array.from({ length: messages }, () => ({
      name: "message",
      timeUnixNano: nano(START),
      attributes: [text("rpc.message.type", "SENT")],
    })),
  };
}
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
function read(services: Record<string, object[]>, of: (route: string) => number = () => 2000) {
  const body = {
    resourceSpans: Object.entries(services).map(([service, spans]) => ({
      resource: { attributes: [text("service.name", service)] },
      scopeSpans: [{ spans }],
    })),
  };
  const ctx: RequestContext = {
    ...{ receivedAt: new Date(START), fallbackService: "shop" },
    slow: { leastMs: 500, of: ({ route }) => of(route) },
  };
  return readOtlpTraces(Buffer.from(JSON.stringify(body)), "application/json", ctx).events;
}

test("a request over its route's threshold is a failure of latency in document 1's words, one at it is not", () => {
  const events = read({ cart: [span(2001), span(2000, { route: "/other" })] });
  expect(events).toMatchObject([
    {
      ...{ detector: "latency", door: "otlp", severity: "medium", service: "cart" },
      ...{ title: "High latency: GET /cart/:id", description: "High Latency: 2001ms (Threshold: 2000ms)" },
      payload: { duration_ms: 2001, threshold_ms: 2000 },
    },
  ]);
  expect(read({ cart: [span(2001)] }, () => 5000)).toEqual([]);
});

test("of many slow requests of a route the five slowest are told as one failure; calls and inner spans are not requests", () => {
  const slow = [2500, 9000, 3000, 4000, 2600, 5000].map((ms) => span(ms));
  const events = read({ cart: [...slow, span(8000, { kind: 3 }), span(8000, { kind: 1 })] });
  expect(events.map(({ payload }) => payload.duration_ms)).toEqual([9000, 5000, 4000, 3000, 2600]);
  expect(new Set(events.map(({ grouping }) => JSON.stringify(grouping))).size).toBe(1);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(5);
});

test.each([
  ["an upgrade to WebSocket", { status: 101 }],
  ["the protocol", { attributes: { "network.protocol.name": "websocket" } }],
  ["the scheme", { attributes: { "url.scheme": "wss" } }],
  ["server-sent events", { attributes: { "http.response.header.content-type": ["text/event-stream; charset=utf-8"] } }],
  ["older names of headers", { attributes: { "http.response.header.content_type": "text/event-stream" } }],
  ["EventSource", { attributes: { "http.request.header.accept": ["text/event-stream"] } }],
  ["a long poll of RFC 7240", { attributes: { "http.request.header.prefer": ["respond-async, wait=30"] } }],
  ["a subscription", { attributes: { "graphql.operation.type": "subscription" } }],
  ["a gRPC stream", { attributes: { "rpc.system": "grpc" }, messages: 3 }],
  [
    "a watch of gRPC",
    { attributes: { "rpc.system": "grpc", "rpc.service": "grpc.health.v1.Health", "rpc.method": "Watch" } },
  ],
  ["socket.io", { route: "/socket.io/" }],
  ["a path that says so", { route: "/orders/{id}/sse" }],
])("what stays open by design is not slow: %s", (_, more) => {
  expect(read({ cart: [span(60_000, more)] })).toEqual([]);
});

test.each([
  ["a route that only sounds so", { route: "/events" }],
  ["a browser's page", { attributes: { "http.request.header.accept": ["text/html,*/*"] } }],
  ["JSON", { attributes: { "http.response.header.content-type": ["application/json"] } }],
  ["a call of one message", { attributes: { "rpc.system": "grpc" }, messages: 1 }],
])("%s is slow when it takes long", (_, more) => {
  expect(read({ cart: [span(60_000, more)] })).toHaveLength(1);
});

test("who only waited for a slow service is not named, nor is a request that failed: that is told already", () => {
  const traceId = hex(32);
  const [web, cart] = [hex(16), hex(16)];
  const events = read({
    web: [span(5000, { traceId, spanId: web, route: "/checkout" })],
    cart: [span(4900, { traceId, spanId: cart, parentSpanId: web })],
  });
  expect(events.map(({ service }) => service)).toEqual(["cart"]);
  expect(read({ cart: [span(5000, { status: 500, code: 2 })] }).map(({ detector }) => detector)).toEqual([
    "http_error",
  ]);
});

test("the same span sent again is the same event", () => {
  const one = span(3000);
  expect(read({ cart: [one] })[0]?.eventId).toBe(read({ cart: [one] })[0]?.eventId);
});
