import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { compress, encodeWrite1, encodeWrite2, type SeriesFixture } from "./encode-write.fixture.ts";
import { readRemoteWrite, remoteWriteVersion } from "./read-remote-write.ts";
import { SeriesMemory } from "./series-memory.ts";
import { uncompressSnappy } from "./uncompress-snappy.ts";

const timestamp = 1_772_366_400_000;
const within = { fromMs: timestamp - 3_600_000, toMs: timestamp + 3_600_000 };
const memory = new SeriesMemory();
const ctx = { fallbackService: "shop", known: new Map(), memory, inflatedBytesMax: 1_000_000, within };
const one = (labels: Readonly<Record<string, string>>, value = 1): SeriesFixture => ({
  labels,
  samples: [{ value, timestamp }],
});
const read1 = (series: readonly SeriesFixture[], metadata: { family: string; type: number; unit: string }[] = []) =>
  readRemoteWrite(compress(encodeWrite1(series, metadata)), 1, ctx);
const read2 = (series: readonly SeriesFixture[]) => readRemoteWrite(compress(encodeWrite2(series)), 2, ctx);

/** A staleness marker: a NaN of just these bits. */
const stale = new Float64Array(new BigUint64Array([0x7ff0000000000002n]).buffer)[0] ?? Number.NaN;

describe("versions", () => {
  it("1.0 and 2.0 are told by the content type, anything else is 415 so that a sender falls back", () => {
    expect(remoteWriteVersion("application/x-protobuf", "snappy")).toBe(1);
    expect(remoteWriteVersion("application/x-protobuf;proto=prometheus.WriteRequest", "snappy")).toBe(1);
    expect(remoteWriteVersion("application/x-protobuf; proto=io.prometheus.write.v2.Request", "snappy")).toBe(2);
    for (const [type, encoding] of [
      ["application/x-protobuf;proto=io.prometheus.write.v3.Request", "snappy"],
      ["application/json", "snappy"],
      ["application/x-protobuf", "gzip"],
    ] as const)
      expect(() => remoteWriteVersion(type, encoding)).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_MEDIA_TYPE" }),
      );
  });

  it("both bring the same series to the same samples", () => {
    const series = [
      one({ __name__: "http_requests_total", job: "cart", instance: "10.0.0.1:80" }, 7),
      one({ __name__: "temperature", job: "shop/cart" }, -3.5),
    ];
    const [first, second] = [read1(series), read2(series)];
    expect(second.samples).toEqual(first.samples);
    expect(first.samples).toEqual([
      {
        serviceKey: "default/production/cart",
        environment: "production",
        metric: "http_requests_total",
        kind: "counter",
        unit: null,
        labels: { job: "cart", instance: "10.0.0.1:80" },
        atMs: timestamp,
        value: 7,
      },
      {
        serviceKey: "default/production/cart",
        environment: "production",
        metric: "temperature",
        kind: "gauge",
        unit: null,
        labels: { job: "shop/cart" },
        atMs: timestamp,
        value: -3.5,
      },
    ]);
    expect(first.counts).toEqual({ samples: 2, histograms: 0 });
  });
});

describe("values", () => {
  it("a staleness marker and other values that are none are left out and counted, also exemplars", () => {
    const { samples, ignored, counts } = read1([
      one({ __name__: "a" }, stale),
      one({ __name__: "b" }, Number.POSITIVE_INFINITY),
      { ...one({ __name__: "c" }), exemplars: 2 },
    ]);
    expect(samples.map(({ metric }) => metric)).toEqual(["c"]);
    expect(ignored).toEqual({ "stale or not a number": 1, "a value is not a finite number": 1, exemplar: 2 });
    // The marker is taken: a sender counts as failed what is missing.
    expect(counts.samples).toBe(2);
  });

  it("what comes at a time that is not believed is refused, and not counted as written", () => {
    const series: SeriesFixture[] = [
      one({ __name__: "a" }),
      { labels: { __name__: "b" }, samples: [{ value: 1, timestamp: within.fromMs - 1 }] },
      { labels: { __name__: "c" }, samples: [{ value: 1, timestamp: within.toMs }] },
    ];
    for (const { counts, refused } of [read1(series), read2(series)]) {
      expect(counts).toEqual({ samples: 1, histograms: 0 });
      expect(refused).toBe(2);
    }
  });

  it("types of 1.0 come in their own request and are remembered; 2.0 brings them with each series", () => {
    const { metadata } = read1(
      [],
      [
        { family: "jobs", type: 1, unit: "" },
        { family: "lag_seconds", type: 3, unit: "s" },
      ],
    );
    const later = readRemoteWrite(
      compress(encodeWrite1([one({ __name__: "jobs" }), one({ __name__: "lag_seconds_sum" })])),
      1,
      { ...ctx, known: metadata },
    );
    expect(later.samples.map(({ kind }) => kind)).toEqual(["counter", "counter"]);
    expect(read2([{ ...one({ __name__: "jobs" }), type: 1, unit: "1" }]).samples[0]).toMatchObject({
      kind: "counter",
      unit: "1",
    });
    expect(read2([{ ...one({ __name__: "jobs_total" }), type: 2 }]).samples[0]?.kind).toBe("gauge");
  });

  it.each([1, 2])(
    "a native histogram of remote-write %i.0 becomes _count, _sum and buckets that lose no value",
    (version) => {
      // Schema 0: bucket i is (2^(i-1), 2^i]. Two values in (1, 2], none in (2, 4], three in (4, 8].
      const histogram = {
        count: 6,
        sum: 25,
        schema: 0,
        zeroCount: 1,
        spans: [
          [1, 1],
          [1, 1],
        ],
        deltas: [2, 1],
        timestamp,
      } as const;
      const { samples, counts } = (version === 1 ? read1 : read2)([{ labels: { __name__: "lag" }, histogram }]);
      expect(samples.map(({ metric, kind, labels, value }) => [metric, kind, labels.le ?? "", value])).toEqual([
        ["lag_count", "counter", "", 6],
        ["lag_sum", "counter", "", 25],
        ["lag_bucket", "counter", "0", 1],
        ["lag_bucket", "counter", "2", 3],
        ["lag_bucket", "counter", "4", 3],
        ["lag_bucket", "counter", "8", 6],
        ["lag_bucket", "counter", "+Inf", 6],
      ]);
      expect(counts.histograms).toBe(1);
    },
  );

  it("a native histogram with bounds of its own keeps them", () => {
    const histogram = {
      count: 5,
      sum: 9,
      schema: -53,
      zeroCount: 0,
      spans: [[0, 3]],
      deltas: [1, 1, 0],
      customValues: [0.1, 1],
      timestamp,
    } as const;
    const { samples } = read2([{ labels: { __name__: "lag" }, histogram }]);
    expect(samples.slice(2).map(({ labels, value }) => [labels.le, value])).toEqual([
      ["0.1", 1],
      ["1", 3],
      ["+Inf", 5],
    ]);
  });
});

describe("whose series they are", () => {
  it.each([
    [{ cluster: "eu1", namespace: "shop", pod: "cart-7d9f8b6c5d-x2x4q", container: "app" }, "eu1/shop/cart"],
    [{ namespace: "shop", deployment: "cart", job: "kube-state-metrics" }, "default/shop/cart"],
    [{ namespace: "shop", app: "cart", pod: "x" }, "default/shop/cart"],
    [{ namespace: "shop", service: "cart-svc", job: "cart" }, "default/shop/cart-svc"],
    [{ job: "shop/cart", env: "staging" }, "default/staging/cart"],
    [{ service_name: "cart", job: "otel" }, "default/production/cart"],
    [{}, "default/production/shop"],
  ])("%o is %s", (labels, key) => {
    expect(read1([one({ __name__: "a", ...labels })]).samples[0]?.serviceKey).toBe(key);
  });
});

describe("hostile bodies", () => {
  it("a block that says it is larger than the limit is refused before anything is written, and a literal of 2^31 bytes ends", () => {
    const bomb = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
    expect(() => uncompressSnappy(bomb, 1000)).toThrow(expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }));
    const endless = Uint8Array.from([10, 63 << 2, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]);
    expect(() => uncompressSnappy(endless, 1000)).toThrow(expect.objectContaining({ code: "MALFORMED_BODY" }));
  });

  it("what another's encoder compressed is read back whole", () => {
    const texts = fc.array(fc.constantFrom("abcabcabc", "x".repeat(100), "", "the quick brown fox "), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 5000 }),
          texts.map((parts) => Buffer.from(parts.join(""))),
        ),
        (bytes) => {
          expect(Buffer.from(uncompressSnappy(compress(bytes), 1_000_000)).equals(Buffer.from(bytes))).toBe(true);
        },
      ),
    );
  });

  it("no bytes break it: finite samples, or an error of the closed list", () => {
    const series = fc.array(
      fc.record({
        labels: fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 }),
        samples: fc.array(fc.record({ value: fc.double(), timestamp: fc.nat() }), { maxLength: 2 }),
      }),
      { maxLength: 4 },
    );
    const bytes = fc.oneof(
      series.map((each) => encodeWrite1(each)),
      series.map(encodeWrite2),
      fc.uint8Array({ maxLength: 100 }),
    );
    const flipped = fc.tuple(bytes, fc.nat(), fc.nat(255)).map(([valid, at, byte]) => {
      const copy = Uint8Array.from(valid);
      if (copy.length > 0) copy[at % copy.length] = byte;
      return copy;
    });
    fc.assert(
      fc.property(
        fc.oneof(bytes, flipped),
        fc.constantFrom<1 | 2>(1, 2),
        fc.boolean(),
        (body, version, isCompressed) => {
          try {
            const { samples } = readRemoteWrite(isCompressed ? compress(body) : body, version, ctx);
            expect(samples.every(({ value }) => Number.isFinite(value))).toBe(true);
          } catch (thrown) {
            if (!(thrown instanceof CulpritError)) throw thrown;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("series that come again", () => {
  it.each([1, 2] as const)("in %i.0 they read the same as the first time, each with its own values", (version) => {
    const encode = (series: readonly SeriesFixture[]) =>
      compress(version === 1 ? encodeWrite1(series, []) : encodeWrite2(series));
    const series = (value: number) => [
      one({ __name__: "http_requests_total", job: "cart", code: "200" }, value),
      one({ __name__: "http_requests_total", job: "cart", code: "500" }, value + 1),
      one({ __name__: "up" }, 1),
    ];
    const memory = new SeriesMemory();
    const read = (value: number, fallbackService = "shop") =>
      readRemoteWrite(encode(series(value)), version, { ...ctx, fallbackService, memory }).samples;
    const first = read(7);
    const again = read(9);
    expect(again).toEqual(first.map((sample, index) => ({ ...sample, value: [9, 10, 1][index] })));
    expect(again.map(({ labels }, index) => labels === first[index]?.labels)).toEqual([true, true, true]);
    expect(read(7, "bakery").map(({ serviceKey }) => serviceKey)).toEqual([
      ...["default/production/cart", "default/production/cart", "default/production/bakery"],
    ]);
  });

  it("labels that read alike when they are joined are two series", () => {
    const memory = new SeriesMemory();
    const read = (labels: Readonly<Record<string, string>>) =>
      readRemoteWrite(compress(encodeWrite2([one({ __name__: "up", ...labels })])), 2, { ...ctx, memory }).samples[0]
        ?.labels;
    expect(read({ a: "1:b1:c" })).toEqual({ a: "1:b1:c" });
    expect(read({ a: "", b: "c" })).toEqual({ b: "c" });
    expect(read({ a: "\0b\0c" })).toEqual({ a: "\0b\0c" });
    expect(read({ a: "", "\0b": "c" })).toEqual({ "\0b": "c" });
  });

  it("a label after the values, which protobuf allows, belongs to its series alone", () => {
    const memory = new SeriesMemory();
    const label = (name: string, value: string) =>
      Buffer.concat([
        ...[Buffer.from([10, 4 + name.length + value.length, 10, name.length]), Buffer.from(name)],
        ...[Buffer.from([18, value.length]), Buffer.from(value)],
      ]);
    const sample = Buffer.from([18, 9, 9, 0, 0, 0, 0, 0, 0, 240, 63]);
    const write = (...parts: readonly Buffer[]) => {
      const series = Buffer.concat(parts);
      const body = Buffer.concat([Buffer.from([10, series.length]), series]);
      return readRemoteWrite(compress(body), 1, { ...ctx, memory }).samples.map(({ labels }) => labels);
    };
    expect(write(label("__name__", "up"), sample, label("pod", "a"))).toEqual([{ pod: "a" }]);
    expect(write(label("__name__", "up"), sample)).toEqual([{}]);
  });
});
