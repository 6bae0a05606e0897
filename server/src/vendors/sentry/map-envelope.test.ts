import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { currentFingerprint } from "../../analysis/fingerprint/index.ts";
import { scrubSignal } from "../../analysis/scrub/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { mapSentryEnvelope, mapSentryStore } from "./map-envelope.ts";

const receivedAt = new Date("2026-01-01T00:00:00.000Z");
const eventId = "9ec79c33ec9942ab8353589fcb2e04dc";
const sha = "3f2a91bc3f2a91bc3f2a91bc3f2a91bc3f2a91bc";

/** What `@sentry/node` 10 sends for a thrown error with a cause, shortened. */
const nodeEvent = {
  event_id: eventId,
  timestamp: 1763686000.123,
  platform: "node",
  level: "error",
  release: `shop@1.2.3+${sha}`,
  environment: "staging",
  server_name: "web-1",
  transaction: "GET /cart/:id",
  exception: {
    values: [
      {
        type: "TypeError",
        value: "Cannot read properties of undefined (reading 'total')",
        stacktrace: {
          frames: [{ filename: "/app/src/price.ts", function: "priceOf", lineno: 7, colno: 3, in_app: true }],
        },
        mechanism: { type: "chained", handled: true, source: "cause", parent_id: 0, exception_id: 1 },
      },
      {
        type: "CheckoutError",
        value: "no price",
        stacktrace: {
          frames: [
            {
              filename: "node:internal/process/task_queues",
              function: "process.processTicksAndRejections",
              lineno: 95,
              in_app: false,
            },
            {
              filename: "/app/node_modules/express/lib/router.js",
              function: "next",
              lineno: 1,
              colno: 1,
              in_app: false,
            },
            {
              filename: "/app/src/checkout.ts",
              function: "Checkout.total",
              lineno: 12,
              colno: 9,
              in_app: true,
              context_line: "  throw e;",
            },
          ],
        },
        mechanism: { type: "auto.http.express", handled: false },
      },
    ],
  },
  contexts: {
    trace: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7" },
    runtime: { name: "node", version: "v24.1.0" },
    response: { status_code: 500 },
  },
  request: { url: "http://shop.example/cart/17?coupon=x", method: "GET", headers: { cookie: "sid=1" } },
  user: { id: "17", email: "bob@example.com", ip_address: "203.0.113.9" },
  tags: { region: "eu" },
  breadcrumbs: Array.from({ length: 30 }, (_, index) => ({ message: `step ${index}` })),
};

function envelope(...items: [type: string, payload: unknown][]): Buffer {
  const lines = items.map(([type, payload]) => {
    const text = JSON.stringify(payload);
    return `{"type":"${type}","length":${Buffer.byteLength(text)}}\n${text}\n`;
  });
  return Buffer.from(`{"event_id":"${eventId}"}\n${lines.join("")}`);
}

function mapped(event: Record<string, unknown>) {
  return mapSentryEnvelope(envelope(["event", event]), receivedAt).events[0];
}

describe("an event with a fingerprint of its own", () => {
  it("is grouped by it; without one, or with {{ default }} alone, as ever", () => {
    const keyOf = (fingerprint: unknown, value = "no price") => {
      const signal = mapped({ ...nodeEvent, exception: { values: [{ type: "E", value }] }, fingerprint });
      return signal === undefined ? "" : currentFingerprint(scrubSignal(signal).signal).key;
    };
    expect(keyOf(["checkout", 7], "one")).toBe(keyOf(["checkout", "7"], "two"));
    expect(keyOf(["{{ default }}", "eu"], "one")).not.toBe(keyOf(["{{ default }}", "eu"], "two"));
    expect(keyOf(["checkout"])).not.toBe(keyOf(undefined));
    for (const odd of [["{{ default }}"], [], "checkout", { a: 1 }, [null, {}]])
      expect(keyOf(odd)).toBe(keyOf(undefined));
  });
});

describe("an event as a signal", () => {
  const signal = mapped(nodeEvent);

  it("puts the exception that was caught first, its causes after it, frames innermost first", () => {
    expect(signal?.exceptions.map(({ type }) => type)).toEqual(["CheckoutError", "TypeError"]);
    expect(signal?.exceptions[0]?.frames).toEqual([
      {
        file: "/app/src/checkout.ts",
        function: "Checkout.total",
        line: 12,
        column: 9,
        isInApp: true,
        sourceLine: "  throw e;",
      },
      { file: "/app/node_modules/express/lib/router.js", function: "next", line: 1, column: 1, isInApp: false },
      {
        file: "node:internal/process/task_queues",
        function: "process.processTicksAndRejections",
        line: 95,
        column: null,
        isInApp: false,
      },
    ]);
  });

  it("reads who, when, where and what ran", () => {
    expect(signal).toMatchObject({
      eventId,
      door: "sentry",
      detector: "exception",
      title: "CheckoutError: no price",
      severity: "high",
      occurredAt: "2025-11-21T00:46:40.123Z",
      environment: "staging",
      release: `shop@1.2.3+${sha}`,
      commitSha: sha,
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: "00f067aa0ba902b7",
      request: { method: "GET", route: "/cart/:id", status: 500 },
      runtime: "node v24.1.0",
    });
  });

  it("keeps tags and the last twenty breadcrumbs, and of the user only a hash", () => {
    const payload: Readonly<Record<string, unknown>> = signal?.payload ?? {};
    expect(payload).toMatchObject({ tags: { region: "eu" }, mechanism: { type: "auto.http.express", handled: false } });
    expect(payload.breadcrumbs).toHaveLength(20);
    expect(payload.user_hash).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(payload)).not.toMatch(/bob@|203\.0|sid=/);
  });

  it.each([
    ["fatal", "critical"],
    ["critical", "critical"],
    ["error", "high"],
    ["warning", "medium"],
    ["info", "low"],
    [undefined, "high"],
  ])("level %s is severity %s", (level, severity) => {
    expect(mapped({ ...nodeEvent, level })?.severity).toBe(severity);
  });

  it("takes messages of level error and fatal, by their template, and counts those below", () => {
    const logentry = { message: "cart %s of %s is gone", formatted: "cart 17 of bob is gone", params: ["17", "bob"] };
    expect(mapped({ level: "error", logentry })).toMatchObject({
      title: "cart 17 of bob is gone",
      exceptions: [{ type: "Message", message: "cart %s of %s is gone", frames: [] }],
    });
    expect(mapped({ level: "fatal", message: "down" })?.severity).toBe("critical");
    const low = mapSentryEnvelope(envelope(["event", { level: "warning", message: "slow" }]), receivedAt);
    expect(low).toMatchObject({ events: [], ignored: { message: 1 }, eventId });
  });

  it.each([
    [sha, sha],
    [sha.toUpperCase(), sha],
    [`shop-${sha}`, sha],
    ["1.2.3", null],
    ["0".repeat(40), null],
    [`x${sha}`, null],
    [null, null],
  ])("release %s has the commit %s", (release, commit) => {
    expect(mapped({ ...nodeEvent, release })?.commitSha).toBe(commit);
  });

  it("uses our clock where the sender's can't be read", () => {
    for (const timestamp of [undefined, "soon", -1, 1e300, {}]) {
      expect(mapped({ ...nodeEvent, timestamp })?.occurredAt).toBe(receivedAt.toISOString());
    }
    expect(mapped({ ...nodeEvent, timestamp: "2026-06-20T09:15:00.5" })?.occurredAt).toBe("2026-06-20T09:15:00.500Z");
  });

  it("reads Java frames by their module, and a crashed thread where the exception has no stack", () => {
    const frames = [{ module: "com.acme.Cart$Line", function: "total", filename: "Cart.java", lineno: 3 }];
    const event = {
      platform: "java",
      exception: { values: [{ type: "E", value: "x" }] },
      threads: { values: [{ crashed: true, stacktrace: { frames } }] },
    };
    expect(mapped(event)?.exceptions[0]?.frames).toEqual([
      { file: "com/acme/Cart.java", function: "Cart$Line.total", line: 3, column: null, isInApp: true },
    ]);
  });
});

describe("an envelope", () => {
  it("accepts and counts what Culprit does not use, and gives names nobody knows one name", () => {
    const body = envelope(
      ["session", {}],
      ["transaction", {}],
      ["event", nodeEvent],
      ["session", {}],
      ["__proto__", {}],
      ["made_up", {}],
    );
    const { events, ignored } = mapSentryEnvelope(body, receivedAt);
    expect(events).toHaveLength(1);
    expect(ignored).toEqual({ session: 2, transaction: 1, unknown: 2 });
  });

  it("gives an event without an id the envelope's, and without that one of its content, so that a retry counts once", () => {
    const { event_id: _id, ...nameless } = nodeEvent;
    expect(mapped(nameless)?.eventId).toBe(eventId);
    const body = Buffer.from(`{}\n{"type":"event"}\n${JSON.stringify(nameless)}`);
    const ids = [1, 2].map(() => mapSentryEnvelope(body, receivedAt).events[0]?.eventId);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[0]).toBe(ids[1]);
  });

  it("refuses an event that is no JSON object, naming it", () => {
    for (const payload of ["{", "[]", "7"]) {
      const body = Buffer.from(`{}\n{"type":"session"}\n{}\n{"type":"event"}\n${payload}`);
      expect(() => mapSentryEnvelope(body, receivedAt)).toThrow(CulpritError);
      expect(() => mapSentryEnvelope(body, receivedAt)).toThrow(/envelope\.items\[1\]/);
    }
    expect(() => mapSentryStore([], receivedAt)).toThrow(/event must be a JSON object/);
  });
});

describe("recorded events of many SDKs", () => {
  const folder = join(import.meta.dirname, "../../../../../shared/data/sentry");
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile())
    : [];

  it("are all accepted and mapped to a titled signal that can be fingerprinted, or counted", () => {
    const bodies: { name: string; body: Buffer }[] = files.map((name) => ({
      name,
      body: readFileSync(join(folder, name)),
    }));
    bodies.push({ name: "envelopes/own", body: envelope(["event", nodeEvent]) });
    let signals = 0;
    for (const { name, body } of bodies) {
      const isEnvelope = name.startsWith("envelopes");
      const { events, ignored } = isEnvelope
        ? mapSentryEnvelope(body, receivedAt)
        : mapSentryStore(JSON.parse(body.toString("utf8")), receivedAt);
      for (const signal of events) {
        signals += 1;
        expect(signal.title, name).not.toBe("");
        expect(signal.exceptions.length, name).toBeGreaterThan(0);
        expect(currentFingerprint(scrubSignal(signal).signal).key.startsWith("v1\n"), name).toBe(true);
      }
      if (!isEnvelope) expect(events.length + (ignored.message ?? 0), name).toBe(1);
    }
    expect(signals).toBeGreaterThanOrEqual(files.length === 0 ? 1 : 90);
  });
});
