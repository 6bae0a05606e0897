import type { ErrorSignal } from "@culprit/contract";
import { describe, expect, it } from "vitest";
import { jsonLimits, scrubJson } from "./scrub-json.ts";
import { scrubSignal, signalLimits } from "./scrub-signal.ts";

const signal: ErrorSignal = {
  eventId: "0".repeat(32),
  door: "sentry",
  detector: "exception",
  exceptions: [
    {
      type: "Error",
      message: "login of bob@example.com failed",
      frames: [
        {
          file: "/app/src/a.ts",
          function: "login",
          line: 1,
          column: 1,
          isInApp: true,
          sourceLine: 'login("bob@example.com")',
        },
        { file: "/app/src/b.ts", function: "main", line: 1, column: 1, isInApp: true },
      ],
    },
  ],
  title: "Error: login of bob@example.com failed",
  stackText: "Error: login of bob@example.com failed\n    at login (/app/src/a.ts:1:1)",
  severity: "high",
  occurredAt: "2026-01-01T00:00:00.000Z",
  service: "shop\0",
  environment: "production",
  release: "shop@1.2.3",
  commitSha: null,
  deploymentId: null,
  traceId: null,
  spanId: null,
  request: { method: "GET", route: "/reset/token=abc", status: 500 },
  runtime: null,
  payload: { headers: { Cookie: "sid=1", accept: "text/html" }, tags: { region: "eu" } },
};

describe("scrubSignal", () => {
  it("leaves no secret in any text of the signal, and says how many there were", () => {
    const { signal: clean, counts } = scrubSignal(signal);
    expect(JSON.stringify(clean)).not.toMatch(/bob@|sid=1|abc|\\u0000/);
    expect(counts).toEqual({ email: 4, password: 1, secret_field: 1 });
    expect(clean).toMatchObject({ service: "shop", release: "shop@1.2.3", payload: { tags: { region: "eu" } } });
  });

  it("keeps what is innocent as it is, frame for frame", () => {
    const { signal: clean } = scrubSignal(signal);
    expect(clean.exceptions[0]?.frames[1]).toBe(signal.exceptions[0]?.frames[1]);
    expect(clean.payload.tags).toBe(signal.payload.tags);
  });

  it("does not change the signal it was given, and scrubbing twice changes nothing more", () => {
    const before = structuredClone(signal);
    const once = scrubSignal(signal);
    expect(signal).toEqual(before);
    expect(scrubSignal(once.signal)).toEqual({ signal: once.signal, counts: {} });
  });

  it("cuts texts to what their columns hold", () => {
    const { signal: clean } = scrubSignal({ ...signal, environment: "e".repeat(500), title: "t".repeat(5_000) });
    expect(clean.environment).toHaveLength(signalLimits.environment);
    expect(clean.title).toHaveLength(signalLimits.title);
  });
});

describe("scrubJson", () => {
  it("takes out values by the name of their key, at any depth, and keeps numbers and empty values", () => {
    const counts = {};
    const value = {
      a: [{ apiKey: "x", "X-Auth-Token": "y", password: null, tokens: 512, ssn: 123456789 }],
      author: "Ann",
      keyboard: "qwerty",
      passed: "yes",
      session_id: { id: 7 },
    };
    expect(scrubJson(value, counts)).toEqual({
      a: [
        {
          apiKey: "[secret_field]",
          "X-Auth-Token": "[secret_field]",
          password: null,
          tokens: 512,
          ssn: "[secret_field]",
        },
      ],
      author: "Ann",
      keyboard: "qwerty",
      passed: "yes",
      session_id: "[secret_field]",
    });
    expect(counts).toEqual({ secret_field: 4 });
  });

  it("takes out sessions, signatures and check numbers of cards, also in pairs, and nothing that only sounds like them", () => {
    const counts = {};
    const value = {
      tags: { session: "s3cr3t", sid: "abc", sessionid: "x", signal: "SIGTERM", sigma: "0.5", sessions_count: "12" },
      query_string: [
        ["sig", "abc"],
        ["page", "2"],
      ],
      form: { card_cvc: "123", cvv: 123, cvvCode: "12", side: "left", "X-Amz-Signature": "ab" },
      session: { state: "expired" },
      web: { session: "expired", sig: "SIGKILL" },
    };
    expect(scrubJson(value, counts)).toEqual({
      tags: {
        session: "[secret_field]",
        sid: "[secret_field]",
        sessionid: "[secret_field]",
        signal: "SIGTERM",
        sigma: "0.5",
        sessions_count: "12",
      },
      query_string: [
        ["sig", "[secret_field]"],
        ["page", "2"],
      ],
      form: {
        card_cvc: "[secret_field]",
        cvv: "[secret_field]",
        cvvCode: "[secret_field]",
        side: "left",
        "X-Amz-Signature": "[secret_field]",
      },
      session: { state: "expired" },
      web: { session: "expired", sig: "SIGKILL" },
    });
    expect(counts).toEqual({ secret_field: 8 });
  });

  it("bounds depth, breadth, length and number of values, whatever comes", () => {
    let deep: unknown = "end";
    for (let depth = 0; depth < 10_000; depth += 1) deep = { deep };
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, { v: index }]));
    const bounded = scrubJson({ deep, wide, long: "x".repeat(100_000), list: Array(100_000).fill([[1]]) }, {});
    const text = JSON.stringify(bounded);
    expect(text.length).toBeLessThan(30_000);
    expect(Object.keys((bounded as { wide: object }).wide)).toHaveLength(jsonLimits.entries);
  });

  it("cleans keys as well, and a key called __proto__ stays a key", () => {
    const clean = scrubJson(JSON.parse('{"a\\u0000b":1,"__proto__":{"x":"bob@example.com"}}'), {});
    expect(JSON.stringify(clean)).toBe('{"ab":1,"__proto__":{"x":"[email]"}}');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
