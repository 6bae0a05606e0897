import type { MetricSample } from "@culprit/contract";
import protobuf from "protobufjs/minimal.js";
import { describe, expect, it } from "vitest";
import { encodeMetrics, type MetricsFixture } from "./encode-metrics.fixture.ts";
import { readOtlpMetrics } from "./map-metrics.ts";
import { encodeOtlpReply } from "./otlp-reply.ts";

const receivedAt = new Date("2026-03-01T12:00:00.000Z");
const ctx = { receivedAt, fallbackService: "shop" };
const at = "1772366400000000000";
const atMs = 1_772_366_400_000;
const attributes = [{ key: "route", value: { stringValue: "/cart" } }];
const resource = [
  { key: "service.name", value: { stringValue: "cart" } },
  { key: "deployment.environment.name", value: { stringValue: "staging" } },
];

type Metric = MetricsFixture["resourceMetrics"][number]["scopeMetrics"][number]["metrics"][number];
const request = (metrics: readonly Metric[], of = resource): MetricsFixture => ({
  resourceMetrics: [{ resource: { attributes: of }, scopeMetrics: [{ metrics }] }],
});

/** What both encodings make of a request; they must agree. */
function read(fixture: MetricsFixture) {
  const json = readOtlpMetrics(Buffer.from(JSON.stringify(fixture)), "application/json", ctx);
  const proto = readOtlpMetrics(encodeMetrics(fixture), "application/x-protobuf", ctx);
  expect(proto).toEqual(json);
  return json;
}
const brief = (samples: readonly MetricSample[]) =>
  samples.map(({ metric, kind, value, labels }) => [metric, kind, labels.le ?? labels.quantile ?? "", value]);
const point = { timeUnixNano: at, startTimeUnixNano: "1", attributes };

describe("values of one number", () => {
  it("a gauge, a counter, a delta and an up-down sum keep their names and say how they are to be read", () => {
    const number = { ...point, asDouble: 1.5 };
    const { samples } = read(
      request([
        { name: "queue.depth", unit: "{item}", gauge: { dataPoints: [{ ...point, asInt: "-7" }] } },
        { name: "requests", unit: "1", sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [number] } },
        { name: "sent", unit: "", sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [number] } },
        { name: "open", unit: "", sum: { aggregationTemporality: 2, isMonotonic: false, dataPoints: [number] } },
      ]),
    );
    expect(samples.map(({ metric, kind, value, unit }) => [metric, kind, value, unit])).toEqual([
      ["queue.depth", "gauge", -7, "{item}"],
      ["requests", "counter", 1.5, "1"],
      ["sent", "delta", 1.5, null],
      ["open", "gauge", 1.5, null],
    ]);
    expect(samples[0]).toMatchObject({
      ...{ serviceKey: "default/staging/cart", environment: "staging", atMs, labels: { route: "/cart" } },
    });
  });

  it("a point without a value is left out; NaN, infinity, a sum without temporality and a metric without data are rejected and counted", () => {
    const { samples, rejected } = read(
      request([
        {
          name: "a",
          unit: "",
          gauge: {
            dataPoints: [
              { ...point, flags: 1 },
              { ...point, asDouble: "NaN" },
            ],
          },
        },
        { name: "b", unit: "", gauge: { dataPoints: [{ ...point, asDouble: "Infinity" }] } },
        {
          name: "c",
          unit: "",
          sum: { aggregationTemporality: 0, isMonotonic: true, dataPoints: [{ ...point, asInt: 1 }] },
        },
        { name: "d", unit: "" },
      ]),
    );
    expect(samples).toEqual([]);
    expect(rejected).toEqual({
      "a value is not a finite number": 2,
      "a sum or histogram has no aggregation temporality": 1,
      "a metric has no data": 1,
    });
  });
});

describe("distributions", () => {
  it("a histogram becomes _count, _sum and cumulative buckets as Prometheus writes them", () => {
    const dataPoints = [{ ...point, count: "6", sum: 12.5, bucketCounts: ["1", "2", "3"], explicitBounds: [0.5, 10] }];
    const { samples } = read(
      request([{ name: "http.duration", unit: "s", histogram: { aggregationTemporality: 2, dataPoints } }]),
    );
    expect(brief(samples)).toEqual([
      ["http.duration_count", "counter", "", 6],
      ["http.duration_sum", "counter", "", 12.5],
      ["http.duration_bucket", "counter", "0.5", 1],
      ["http.duration_bucket", "counter", "10", 3],
      ["http.duration_bucket", "counter", "+Inf", 6],
    ]);
  });

  it("a delta histogram tells its extremes, a cumulative one not: they are those since the start", () => {
    const dataPoints = [{ ...point, count: 2, sum: 3, min: 1, max: 2, bucketCounts: ["2"], explicitBounds: [] }];
    const names = (aggregationTemporality: number) =>
      read(request([{ name: "h", unit: "", histogram: { aggregationTemporality, dataPoints } }])).samples.map(
        ({ metric, kind }) => `${metric} ${kind}`,
      );
    expect(names(1)).toEqual(["h_count delta", "h_sum delta", "h_min gauge", "h_max gauge"]);
    expect(names(2)).toEqual(["h_count counter", "h_sum counter"]);
  });

  it("an exponential histogram keeps every value, on bounds that do not depend on its scale", () => {
    const of = (scale: number, offset: number, bucketCounts: string[]) => {
      const dataPoints = [
        { ...point, count: "8", sum: 40, scale, zeroCount: "1", zeroThreshold: 0, positive: { offset, bucketCounts } },
      ];
      return brief(
        read(request([{ name: "e", unit: "ms", exponentialHistogram: { aggregationTemporality: 2, dataPoints } }]))
          .samples,
      );
    };
    const coarse = of(0, 1, ["3", "4"]);
    expect(coarse).toEqual([
      ["e_count", "counter", "", 8],
      ["e_sum", "counter", "", 40],
      ["e_bucket", "counter", "0", 1],
      ["e_bucket", "counter", "4", 4],
      ["e_bucket", "counter", "8", 8],
      ["e_bucket", "counter", "+Inf", 8],
    ]);
    // The same values at scale 3: 4 = 2^2 is the end of bucket 15, 8 of bucket 23.
    const fine = of(3, 15, ["3", "0", "0", "0", "0", "0", "0", "0", "4"]);
    for (const [, , le, count] of coarse) expect(fine.some((row) => row[2] === le && row[3] === count)).toBe(true);
  });

  it("a summary becomes its quantiles, _count and _sum", () => {
    const dataPoints = [
      {
        ...point,
        count: "4",
        sum: 2,
        quantileValues: [
          { quantile: 0.5, value: 0.2 },
          { quantile: 0.99, value: 0.9 },
        ],
      },
    ];
    expect(brief(read(request([{ name: "rpc", unit: "s", summary: { dataPoints } }])).samples)).toEqual([
      ["rpc_count", "counter", "", 4],
      ["rpc_sum", "counter", "", 2],
      ["rpc", "gauge", "0.5", 0.2],
      ["rpc", "gauge", "0.99", 0.9],
    ]);
  });
});

describe("whose metrics they are", () => {
  const keyOf = (values: Readonly<Record<string, string>>) => {
    const of = Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
    const [sample] = read(
      request([{ name: "a", unit: "", gauge: { dataPoints: [{ ...point, asInt: 1 }] } }], of),
    ).samples;
    return [sample?.serviceKey, sample?.environment, sample?.labels.instance];
  };

  it("in Kubernetes a service is cluster/namespace/name, elsewhere default/environment/name, and one without a name is the project's", () => {
    const kubernetes = {
      "k8s.cluster.name": "arn:aws:eks:eu:1:cluster/blue",
      "k8s.namespace.name": "shop",
      "k8s.deployment.name": "cart",
    };
    expect(keyOf(kubernetes)).toEqual(["arn:aws:eks:eu:1:cluster_blue/shop/cart", "production", undefined]);
    expect(keyOf({ "k8s.namespace.name": "shop", "service.name": "cart" })[0]).toBe("default/shop/cart");
    expect(keyOf({ "service.name": "cart", "service.instance.id": "i-1" })).toEqual([
      "default/production/cart",
      "production",
      "i-1",
    ]);
    expect(keyOf({ "service.name": "unknown_service:node" })[0]).toBe("default/production/shop");
  });
});

describe("answers", () => {
  it("a partial success says how many points were not taken and why, in the encoding of the request", () => {
    const rejected = { field: "rejectedDataPoints", reasons: { "a value is not a finite number": 3 } } as const;
    expect(JSON.parse(encodeOtlpReply("application/json", rejected).body.toString())).toEqual({
      partialSuccess: { rejectedDataPoints: "3", errorMessage: "a value is not a finite number (3)" },
    });
    const reader = protobuf.Reader.create(encodeOtlpReply("application/x-protobuf", rejected).body);
    expect(reader.uint32()).toBe((1 << 3) | 2);
    reader.uint32();
    expect([reader.uint32(), Number(reader.int64()), reader.uint32(), reader.string()]).toEqual([
      8,
      3,
      18,
      "a value is not a finite number (3)",
    ]);
    expect(encodeOtlpReply("application/json", { field: "rejectedDataPoints", reasons: {} }).body.toString()).toBe(
      "{}",
    );
  });

  it("more points than one request may hold are an error, not a cut", () => {
    const dataPoints = Array.from({ length: 200_001 }, () => ({ timeUnixNano: at, asInt: 1 }));
    const body = Buffer.from(JSON.stringify(request([{ name: "a", unit: "", gauge: { dataPoints } }])));
    expect(() => readOtlpMetrics(body, "application/json", ctx)).toThrow(/200000 data points/);
  });
});
