import fc from "fast-check";
import { expect, it } from "vitest";
import { checkProperty } from "../../../../test/property/check-property.ts";
import { currentFingerprint } from "../../analysis/fingerprint/index.ts";
import { scrubSignal } from "../../analysis/scrub/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { encodeTraces } from "./encode-traces.fixture.ts";
import { readOtlpTraces } from "./map-traces.ts";

const receivedAt = new Date("2026-01-01T00:00:00.000Z");
const id = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => Buffer.from(raw).toString("hex"));
const text = fc.string({ unit: "binary", maxLength: 30 });
const value = fc.oneof(
  fc.record({ stringValue: text }),
  fc.record({ boolValue: fc.boolean() }),
  fc.record({ intValue: fc.integer() }),
  fc.record({ doubleValue: fc.double({ noNaN: true }) }),
  fc.record({ arrayValue: fc.record({ values: fc.array(fc.record({ stringValue: text }), { maxLength: 3 }) }) }),
);
const name = fc.oneof(
  text,
  fc.constantFrom(
    "exception.type",
    "exception.message",
    "exception.stacktrace",
    "http.response.status_code",
    "http.route",
    "url.full",
  ),
);
const attributes = fc.array(fc.record({ key: name, value }), { maxLength: 5 });
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const span = fc.record({
  traceId: fc.oneof(id(16), fc.constant("0".repeat(32))),
  spanId: id(8),
  name: text,
  kind: fc.integer({ min: 0, max: 7 }),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: fc.array(fc.record({ timeUnixNano: nanos, name: fc.oneof(text, fc.constant("exception")), attributes }), {
    maxLength: 3,
  }),
  status: fc.record({ code: fc.integer({ min: 0, max: 3 }), message: text }),
});
const traces = fc
  .tuple(attributes, fc.array(span, { maxLength: 3 }))
  .map(([resource, spans]) => ({ resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] }));

function intoStorage(body: Uint8Array, contentType: string): void {
  try {
    for (const raw of readOtlpTraces(body, contentType, { receivedAt, fallbackService: "shop" }).events) {
      const { signal } = scrubSignal(raw);
      currentFingerprint(signal);
      expect(new Date(signal.occurredAt).toISOString()).toBe(signal.occurredAt);
    }
  } catch (thrown) {
    if (!(thrown instanceof CulpritError)) throw thrown;
    expect(typeof thrown.details.field).toBe("string");
  }
}

it("no JSON breaks the way of spans to stored signals: signals or an error of the closed list", {
  timeout: 60_000,
}, () => {
  const broken = fc.tuple(traces, fc.jsonValue({ maxDepth: 2 }), fc.nat()).map(([valid, other, at]) => {
    // Puts something else where one value of a valid request was.
    const parts = JSON.stringify(valid).split(/(?<=[:[,])(?=["\d{[])/);
    const index = at % parts.length;
    const mended = parts.map((part, position) =>
      position === index ? `${JSON.stringify(other)}${/[,:]$/.exec(part)?.[0] ?? ""}` : part,
    );
    return mended.join("");
  });
  const body = fc.oneof(
    traces.map((valid) => JSON.stringify(valid)),
    broken,
    fc
      .jsonValue({ maxDepth: 4 })
      .map((json) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [json] }] }] })),
    text,
  );
  const property = fc.property(body, (json) => intoStorage(Buffer.from(json), "application/json"));
  expect(checkProperty("otlp json", property).grownMb).toBeLessThan(50);
});

it("no bytes break the way of protobuf spans to stored signals", { timeout: 60_000 }, () => {
  const flipped = fc
    .tuple(traces, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat(5))
    .map(([valid, flips, cut]) => {
      const bytes = Uint8Array.from(encodeTraces(valid));
      for (const [at, byte] of flips) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes.subarray(0, Math.max(0, bytes.length - cut));
    });
  const body = fc.oneof(traces.map(encodeTraces), flipped, fc.uint8Array({ maxLength: 200 }));
  const property = fc.property(body, (bytes) => intoStorage(bytes, "application/x-protobuf"));
  expect(checkProperty("otlp protobuf", property).grownMb).toBeLessThan(50);
});
