import fc from "fast-check";
import { expect, it } from "vitest";
import { checkProperty } from "../../../../test/property/check-property.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { encodeMetrics, type MetricsFixture } from "./encode-metrics.fixture.ts";
import { readOtlpLogs } from "./map-logs.ts";
import { readOtlpMetrics } from "./map-metrics.ts";

const ctx = { receivedAt: new Date("2026-01-01T00:00:00.000Z"), fallbackService: "shop" };
const text = fc.string({ unit: "binary", maxLength: 20 });
const attributes = fc.array(fc.record({ key: text, value: fc.record({ stringValue: text }) }), { maxLength: 4 });
const timeUnixNano = fc.bigInt({ min: 0n, max: 2n ** 63n }).map(String);
const count = fc.bigInt({ min: 0n, max: 2n ** 53n }).map(String);
const double = fc.double();
const point = { timeUnixNano, attributes };
const metric: fc.Arbitrary<MetricsFixture["resourceMetrics"][number]["scopeMetrics"][number]["metrics"][number]> =
  fc.oneof(
    fc.record({
      name: text,
      unit: text,
      gauge: fc.record({ dataPoints: fc.array(fc.record({ ...point, asDouble: double }), { maxLength: 3 }) }),
    }),
    fc.record({
      ...{ name: text, unit: text },
      histogram: fc.record({
        aggregationTemporality: fc.integer({ min: 0, max: 3 }),
        dataPoints: fc.array(
          fc.record({
            ...point,
            count,
            sum: double,
            bucketCounts: fc.array(fc.constantFrom("0", "5"), { maxLength: 4 }),
            explicitBounds: fc.array(double, { maxLength: 4 }),
          }),
          { maxLength: 2 },
        ),
      }),
    }),
    fc.record({
      ...{ name: text, unit: text },
      exponentialHistogram: fc.record({
        aggregationTemporality: fc.integer({ min: 0, max: 3 }),
        dataPoints: fc.array(
          fc.record({
            ...{ ...point, count, scale: fc.integer(), zeroCount: count, zeroThreshold: double },
            positive: fc.record({
              offset: fc.integer(),
              bucketCounts: fc.array(fc.constantFrom("0", "7"), { maxLength: 5 }),
            }),
          }),
          { maxLength: 2 },
        ),
      }),
    }),
  );
const request = fc.tuple(attributes, fc.array(metric, { maxLength: 3 })).map(([resource, metrics]) => ({
  resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ metrics }] }],
}));
const broken = (bytes: fc.Arbitrary<Uint8Array>) =>
  fc.tuple(bytes, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat(5)).map(([valid, flips, cut]) => {
    const copy = Uint8Array.from(valid);
    for (const [at, byte] of flips) if (copy.length > 0) copy[at % copy.length] = byte;
    return copy.subarray(0, Math.max(0, copy.length - cut));
  });

/** Reads, and holds what comes of it to the contract; an error is one of the closed list and names its field. */
function held(read: () => void): void {
  try {
    read();
  } catch (thrown) {
    if (!(thrown instanceof CulpritError)) throw thrown;
    expect(typeof thrown.details.field).toBe("string");
  }
}

function metricsHeld(body: Uint8Array, contentType: string): void {
  held(() => {
    for (const { value, labels, serviceKey, metric: name } of readOtlpMetrics(body, contentType, ctx).samples) {
      expect(Number.isFinite(value)).toBe(true);
      expect(Object.keys(labels).length).toBeLessThanOrEqual(33);
      expect(Object.values(labels).every((label) => label.length <= 200)).toBe(true);
      expect(serviceKey.split("/").length).toBeGreaterThanOrEqual(3);
      expect(name).not.toBe("");
    }
  });
}

it("no bytes break the reading of metrics: finite samples with bounded labels, or an error of the closed list", {
  timeout: 60_000,
}, () => {
  const bytes = fc.oneof(
    request.map(encodeMetrics),
    broken(request.map(encodeMetrics)),
    fc.uint8Array({ maxLength: 200 }),
  );
  const property = fc.property(bytes, (body) => metricsHeld(body, "application/x-protobuf"));
  expect(checkProperty("otlp metrics protobuf", property).grownMb).toBeLessThan(50);
});

it("no JSON breaks the reading of metrics", { timeout: 60_000 }, () => {
  const json = fc.oneof(
    request.map((valid) => JSON.stringify(valid)),
    fc.jsonValue({ maxDepth: 4 }).map((value) =>
      JSON.stringify({
        resourceMetrics: [
          { scopeMetrics: [{ metrics: [value, { name: "a", sum: value, gauge: { dataPoints: [value] } }] }] },
        ],
      }),
    ),
  );
  const property = fc.property(json, (body) => metricsHeld(Buffer.from(body), "application/json"));
  expect(checkProperty("otlp metrics json", property).grownMb).toBeLessThan(50);
});

it("neither bytes nor JSON break the reading of log lines", { timeout: 60_000 }, () => {
  const json = fc
    .jsonValue({ maxDepth: 4 })
    .map((value) =>
      JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [value, { body: value, severityNumber: 17 }] }] }] }),
    );
  const body = fc.oneof(
    json.map((each) => [Buffer.from(each), "application/json"] as const),
    fc.uint8Array({ maxLength: 200 }).map((each) => [each, "application/x-protobuf"] as const),
  );
  const property = fc.property(body, ([bytes, type]) => held(() => void readOtlpLogs(bytes, type, ctx)));
  expect(checkProperty("otlp logs", property).grownMb).toBeLessThan(50);
});
