import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorSignal } from "@culprit/contract";
import { describe, expect, it } from "vitest";
import { currentFingerprint } from "../../analysis/fingerprint/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { mapSentryStore } from "../sentry/index.ts";
import { decodeJsonTraces } from "./decode-json.ts";
import { decodeProtobufTraces } from "./decode-protobuf.ts";
import {
  type AnyValue,
  encodeTraces,
  type KeyValue,
  type SpanFixture,
  type TracesFixture,
} from "./encode-traces.fixture.ts";
import { readOtlpTraces } from "./map-traces.ts";
import { encodeOtlpReply } from "./otlp-reply.ts";

const receivedAt = new Date("2026-01-01T00:00:00.000Z");
const ctx = { receivedAt, fallbackService: "shop" };
const traceId = "5b8efff798038103d269b633813fc60c";
const sha = "3f2a91bc3f2a91bc3f2a91bc3f2a91bc3f2a91bc";
const stack = `CheckoutError: no price
    at Checkout.total (/app/src/checkout.ts:12:9)
    at next (/app/node_modules/express/lib/router.js:1:1)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`;

function attributes(values: Readonly<Record<string, string | number>>): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
  }));
}

function exceptionEvent(values: Readonly<Record<string, string>> = {}) {
  const all = {
    "exception.type": "CheckoutError",
    "exception.message": "no price",
    "exception.stacktrace": stack,
    ...values,
  };
  return { timeUnixNano: "1763686000123000000", name: "exception", attributes: attributes(all) };
}

function span(number: number, changed: Partial<SpanFixture> = {}): SpanFixture {
  return {
    traceId,
    spanId: number.toString(16).padStart(16, "0"),
    name: "GET /cart/:id",
    kind: 1,
    startTimeUnixNano: "1763686000000000000",
    endTimeUnixNano: "1763686000500000000",
    ...changed,
  };
}

function server(number: number, status: number, changed: Partial<SpanFixture> = {}): SpanFixture {
  const values = {
    "http.request.method": "GET",
    "http.route": "/cart/:id",
    "url.path": "/cart/17",
    "http.response.status_code": status,
  };
  return span(number, { kind: 2, attributes: attributes(values), status: { code: status >= 500 ? 2 : 0 }, ...changed });
}

function traces(...spans: SpanFixture[]): TracesFixture {
  const resource = {
    "service.name": "shop",
    "service.version": "1.2.3",
    "deployment.environment.name": "staging",
    "vcs.ref.head.revision": sha,
    "process.runtime.name": "nodejs",
    "process.runtime.version": "24.1.0",
    "process.command_args": "secret",
  };
  return {
    resourceSpans: [
      { resource: { attributes: attributes(resource) }, scopeSpans: [{ scope: { name: "http" }, spans }] },
    ],
  };
}

/** The intake of both encodings, which must be the same. */
function mapped(...spans: SpanFixture[]) {
  const json = readOtlpTraces(Buffer.from(JSON.stringify(traces(...spans))), "application/json", ctx);
  const protobuf = readOtlpTraces(encodeTraces(traces(...spans)), "application/x-protobuf", ctx);
  expect(protobuf).toEqual(json);
  return json;
}

describe("spans as signals, the same from JSON and protobuf", () => {
  it("an exception event is one signal, with the request of the SERVER span above it", () => {
    const { events, spans } = mapped(
      server(1, 500),
      span(2, { parentSpanId: span(1).spanId, events: [exceptionEvent()], status: { code: 2 } }),
    );
    expect(spans).toBe(2);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      door: "otlp",
      detector: "exception",
      title: "CheckoutError: no price",
      stackText: stack,
      severity: "high",
      occurredAt: "2025-11-21T00:46:40.123Z",
      service: "shop",
      environment: "staging",
      release: "1.2.3",
      commitSha: sha,
      traceId,
      spanId: "0000000000000002",
      runtime: "nodejs 24.1.0",
      request: { method: "GET", route: "/cart/:id", status: 500 },
    });
    expect(events[0]?.exceptions[0]?.frames.map(({ isInApp }) => isInApp)).toEqual([true, false, false]);
    expect(JSON.stringify(events[0]?.payload)).not.toContain("command_args");
  });

  it("a SERVER span with 5xx and no exception is an http_error, in the old conventions as well", () => {
    const old = { "http.method": "POST", "http.target": "/pay?card=1", "http.status_code": 503 };
    const { events } = mapped(
      server(1, 500),
      span(2, { traceId: "a".repeat(32), kind: 2, attributes: attributes(old), status: { code: 2 } }),
    );
    expect(events.map(({ detector, title, exceptions }) => [detector, title, exceptions.length])).toEqual([
      ["http_error", "HTTP 500: GET /cart/:id", 0],
      ["http_error", "HTTP 503: POST /pay", 0],
    ]);
  });

  it("answers 4xx are no failures, nor are the exceptions behind them", () => {
    const { events, ignored } = mapped(
      server(1, 404),
      span(2, { parentSpanId: span(1).spanId, events: [exceptionEvent()], status: { code: 2 } }),
    );
    expect(events).toEqual([]);
    expect(ignored).toEqual({ client_error: 1 });
  });

  it("a failed CLIENT call is no signal, but is attached to the failures of its trace", () => {
    const values = {
      "http.request.method": "POST",
      "server.address": "pay.example",
      "url.full": "https://pay.example/v1/charge?x=1",
      "http.response.status_code": 503,
    };
    const call = (trace: string) =>
      span(3, { traceId: trace, kind: 3, attributes: attributes(values), status: { code: 2, message: "upstream" } });
    const { events, ignored } = mapped(server(1, 500), call(traceId), call("b".repeat(32)));
    expect(events).toHaveLength(1);
    expect(ignored).toEqual({ client_span: 2 });
    expect(events[0]?.payload.upstream).toEqual([
      {
        peer: "pay.example",
        method: "POST",
        route: "/v1/charge",
        status: 503,
        error: "upstream",
        started_at: "2025-11-21T00:46:40.000Z",
        duration_ms: 500,
        span_id: "0000000000000003",
      },
    ]);
  });

  it("an exception that an outer span records again counts once", () => {
    const outer = server(1, 500, { events: [exceptionEvent()] });
    const { events, ignored } = mapped(
      outer,
      span(2, { parentSpanId: outer.spanId, events: [exceptionEvent()], status: { code: 2 } }),
    );
    expect(events).toHaveLength(1);
    expect(ignored).toEqual({ repeated_exception: 1 });
  });

  it("a retry gives the same event ids, two exceptions of one span two", () => {
    const spans = [
      span(1, { events: [exceptionEvent(), exceptionEvent({ "exception.message": "other" })] }),
      server(2, 500),
    ];
    const [first, second] = [mapped(...spans), mapped(...spans)].map(({ events }) =>
      events.map(({ eventId }) => eventId),
    );
    expect(second).toEqual(first);
    expect(new Set(first).size).toBe(3);
    for (const eventId of first ?? []) expect(eventId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("a span that went well with a recorded exception is of medium severity", () => {
    expect(mapped(span(1, { events: [exceptionEvent()] })).events[0]?.severity).toBe("medium");
  });

  it("a loop of parents ends", () => {
    const loop = [
      span(1, { parentSpanId: span(2).spanId, events: [exceptionEvent()] }),
      span(2, { parentSpanId: span(1).spanId }),
    ];
    expect(mapped(...loop).events).toHaveLength(1);
  });

  it("values of every kind survive", () => {
    const values: Record<string, AnyValue> = {
      text: { stringValue: "ü" },
      yes: { boolValue: true },
      small: { intValue: "-5" },
      half: { doubleValue: 0.5 },
      list: { arrayValue: { values: [{ stringValue: "a" }, { intValue: "7" }] } },
      map: { kvlistValue: { values: [{ key: "k", value: { boolValue: false } }] } },
    };
    const listed = Object.entries(values).map(([key, value]) => ({ key, value }));
    const { events } = mapped(span(1, { attributes: listed, events: [exceptionEvent()] }));
    expect(events[0]?.payload.attributes).toEqual({
      text: "ü",
      yes: true,
      small: -5,
      half: 0.5,
      list: ["a", 7],
      map: { k: false },
    });
  });
});

it("the same failure has the same key through Sentry's SDK and through OpenTelemetry", () => {
  const frames = [
    {
      filename: "node:internal/process/task_queues",
      function: "process.processTicksAndRejections",
      lineno: 95,
      in_app: false,
    },
    { filename: "/app/node_modules/express/lib/router.js", function: "next", lineno: 1, colno: 1, in_app: false },
    { filename: "/app/src/checkout.ts", function: "Checkout.total", lineno: 12, colno: 9, in_app: true },
  ];
  const event = { exception: { values: [{ type: "CheckoutError", value: "no price", stacktrace: { frames } }] } };
  const ofSentry = mapSentryStore(event, receivedAt).events[0] as ErrorSignal;
  for (const type of ["CheckoutError", "ERR_NO_PRICE"]) {
    const ofOtlp = mapped(span(1, { events: [exceptionEvent({ "exception.type": type })] })).events[0] as ErrorSignal;
    expect(currentFingerprint(ofOtlp)).toEqual(currentFingerprint(ofSentry));
  }
});

describe("what is no OTLP", () => {
  const thrownBy = (call: () => unknown): unknown => {
    try {
      call();
    } catch (thrown) {
      if (thrown instanceof CulpritError) return `${thrown.code} ${thrown.details.field}`;
      throw thrown;
    }
    return null;
  };
  const withSpan = (changed: object) =>
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span(1), ...changed }] }] }] });

  it.each([
    ["{", "MALFORMED_BODY body"],
    ["[]", "INVALID_REQUEST body"],
    ['{"resourceSpans":{}}', "INVALID_REQUEST resourceSpans"],
    ['{"resourceSpans":[{"scopeSpans":7}]}', "INVALID_REQUEST resourceSpans[0].scopeSpans"],
    [
      withSpan({ traceId: "W47/95gDgQPSabYzgT/GDA==" }),
      "INVALID_REQUEST resourceSpans[0].scopeSpans[0].spans[0].traceId",
    ],
    [withSpan({ spanId: undefined }), "INVALID_REQUEST resourceSpans[0].scopeSpans[0].spans[0].spanId"],
    [withSpan({ kind: "SERVER" }), "INVALID_REQUEST resourceSpans[0].scopeSpans[0].spans[0].kind"],
    [
      withSpan({ startTimeUnixNano: "soon" }),
      "INVALID_REQUEST resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano",
    ],
    [withSpan({ attributes: [{}] }), "INVALID_REQUEST resourceSpans[0].scopeSpans[0].spans[0].attributes[0].key"],
  ])("JSON %s", (body, field) => {
    expect(thrownBy(() => decodeJsonTraces(Buffer.from(body)))).toBe(field);
  });

  it("protobuf that ends early, overlong messages and ids of a wrong length", () => {
    const whole = encodeTraces(traces(span(1)));
    expect(thrownBy(() => decodeProtobufTraces(whole.subarray(0, whole.length - 3)))).toBe("MALFORMED_BODY body");
    expect(thrownBy(() => decodeProtobufTraces(Buffer.from("not protobuf")))).toBe("MALFORMED_BODY body");
    expect(thrownBy(() => decodeProtobufTraces(encodeTraces(traces(span(1, { traceId: "abcd" })))))).toBe(
      "INVALID_REQUEST span.trace_id",
    );
    expect(thrownBy(() => decodeProtobufTraces(encodeTraces(traces(span(1, { spanId: "" })))))).toBe(
      "INVALID_REQUEST span.span_id",
    );
    expect(decodeProtobufTraces(new Uint8Array())).toEqual([]);
  });

  it("other content types", () => {
    expect(thrownBy(() => readOtlpTraces(Buffer.from("{}"), "text/plain", ctx))).toBe(
      "UNSUPPORTED_MEDIA_TYPE content-type",
    );
  });
});

it("names of enums in JSON are read like their numbers", () => {
  const body = JSON.stringify(traces({ ...server(1, 500) }))
    .replace('"kind":2', '"kind":"SPAN_KIND_SERVER"')
    .replace('"code":2', '"code":"STATUS_CODE_ERROR"');
  expect(readOtlpTraces(Buffer.from(body), "application/json; charset=utf-8", ctx).events).toHaveLength(1);
});

it("the answer has the encoding of the request", () => {
  expect(encodeOtlpReply("application/json")).toEqual({ contentType: "application/json", body: Buffer.from("{}") });
  expect(encodeOtlpReply("application/x-protobuf")).toEqual({
    contentType: "application/x-protobuf",
    body: Buffer.alloc(0),
  });
});

it("the specification's own example is read", () => {
  const file = join(import.meta.dirname, "../../../../../shared/data/otlp/trace.json");
  const own = JSON.stringify(traces(span(1, { name: "I'm a server span", kind: 2 })));
  const [resourceSpans] = decodeJsonTraces(existsSync(file) ? readFileSync(file) : Buffer.from(own));
  expect(resourceSpans?.spans).toHaveLength(1);
  expect(resourceSpans?.spans[0]).toMatchObject({ traceId, name: "I'm a server span", kind: 2 });
});
