import { describe, expect, it } from "vitest";
import { readOtlpLogs } from "./map-logs.ts";
import { readOtlpTraces } from "./map-traces.ts";

const receivedAt = new Date("2026-03-01T12:00:00.000Z");
const ctx = { receivedAt, fallbackService: "shop" };
const at = "1772366400000000000";
const traceId = "5b8efff798038103d269b633813fc60c";
const text = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));

function read(...logRecords: readonly object[]) {
  const resource = { attributes: text({ "service.name": "cart", "service.version": "1.2.3" }) };
  return readOtlpLogs(
    Buffer.from(JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] })),
    "application/json",
    ctx,
  );
}
const line = (severityNumber: number, body: string, more: object = {}) => ({
  timeUnixNano: at,
  severityNumber,
  body: { stringValue: body },
  ...more,
});

describe("lines", () => {
  it("each line is kept with its severity by number, else by text, and a body that is no text as JSON", () => {
    const { records } = read(
      line(9, "started"),
      line(0, "odd", { severityText: "WARNING" }),
      {
        observedTimeUnixNano: at,
        severityNumber: 21,
        body: { kvlistValue: { values: [{ key: "a", value: { intValue: "1" } }] } },
      },
      { severityNumber: 1, eventName: "page_view" },
    );
    expect(records.map(({ severity, body, atMs }) => [severity, body, atMs])).toEqual([
      ["info", "started", 1_772_366_400_000],
      ["warn", "odd", 1_772_366_400_000],
      ["fatal", '{"a":1}', 1_772_366_400_000],
      ["trace", "page_view", receivedAt.getTime()],
    ]);
    expect(records[0]).toMatchObject({
      serviceKey: "default/production/cart",
      environment: "production",
      traceId: null,
    });
  });

  it("ids of zeros are none", () => {
    const [record] = read(line(9, "x", { traceId: "0".repeat(32), spanId: "0".repeat(16) })).records;
    expect([record?.traceId, record?.spanId]).toEqual([null, null]);
  });
});

describe("failures that lines tell of", () => {
  it("a line of severity 17 or more, a crash and an exception are signals; warnings, exceptions told as warnings and a clean exit are none", () => {
    const exception = {
      attributes: text({
        "exception.type": "TypeError",
        "exception.message": "x is undefined",
        "exception.stacktrace": "TypeError: x is undefined\n    at total (/srv/app/src/cart.js:13:25)",
      }),
    };
    const { events } = read(
      line(17, "payment refused"),
      line(9, "Process exited with code 137"),
      line(17, "checkout failed", exception),
      line(13, "slow"),
      line(13, "retried", exception),
      line(9, "Process exited with code 0"),
    );
    expect(events.map(({ detector, title, exceptions }) => [detector, title, exceptions.length])).toEqual([
      ["exception", "Error Log: payment refused", 0],
      ["crash", "Process Crash: Process exited with code 137", 0],
      ["exception", "TypeError: x is undefined", 1],
    ]);
    expect(events[2]?.exceptions[0]?.frames[0]).toMatchObject({ file: "/srv/app/src/cart.js", line: 13 });
    expect(
      events.every(({ door, service, release }) => door === "logs" && service === "cart" && release === "1.2.3"),
    ).toBe(true);
  });

  it("a line that is sent again is the same event, two equal lines of one request are two", () => {
    const twice = () =>
      read(line(17, "boom", { traceId }), line(17, "boom", { traceId })).events.map(({ eventId }) => eventId);
    const [first, second] = twice();
    expect(first).not.toBe(second);
    expect(twice()).toEqual([first, second]);
  });
});

describe("spans", () => {
  it("a span is kept with its route, status and peer; what it called is told as people name it", () => {
    const span = (id: string, kind: number, values: Readonly<Record<string, string>>, more: object = {}) => ({
      ...{
        traceId,
        spanId: id.padStart(16, "0"),
        name: "op",
        kind,
        startTimeUnixNano: at,
        endTimeUnixNano: "1772366400250000000",
      },
      ...{ attributes: text(values), ...more },
    });
    const spans = [
      span("1", 2, { "http.request.method": "GET", "url.path": "/cart/17" }, { status: { code: 2 } }),
      span("2", 3, { "db.system.name": "postgresql", "server.address": "db.internal", "db.namespace": "shop" }),
      span("3", 3, { "db.system": "redis", "net.peer.name": "cache" }),
      span("4", 3, { "url.full": "https://api.stripe.com/v1/charges" }),
      span("5", 3, { "server.address": "cart.shop.svc.cluster.local" }),
      span("6", 4, { "messaging.system": "kafka", "messaging.destination.name": "orders" }),
      span("7", 3, { "url.full": "http://127.0.0.1:8080/x" }),
      span("8", 3, { "rpc.service": "cart.Cart", "rpc.method": "Add", "rpc.system": "grpc" }),
    ];
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    const { records } = readOtlpTraces(body, "application/json", ctx);
    expect(records[0]).toMatchObject({
      serviceKey: "default/production/shop",
      route: "GET /cart/:id",
      status: "error",
      durationMs: 250,
      kind: "server",
      peer: null,
    });
    expect(records.slice(1).map(({ peer }) => peer)).toEqual([
      { kind: "database", name: "db.internal/shop", engine: "postgresql" },
      { kind: "cache", name: "cache", engine: "redis" },
      { kind: "external", name: "api.stripe.com", engine: null },
      { kind: "service", name: "cart.shop.svc.cluster.local", engine: null },
      { kind: "queue", name: "orders", engine: "kafka" },
      { kind: "external", name: "127.0.0.1:8080", engine: null },
      { kind: "service", name: "cart.Cart", engine: "grpc" },
    ]);
    expect(records.at(-1)?.route).toBe("cart.Cart/Add");
  });
});
