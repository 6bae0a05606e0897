import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinPoints, lookbackMs, stepSeries } from "./step-series.ts";
import type { TelemetryRead } from "./telemetry-port.ts";
import { readRef, writeRef } from "./telemetry-ref.ts";

const columns = (points: readonly (readonly [number, number])[]) => ({
  times: Float64Array.from(points, ([time]) => time),
  values: Float64Array.from(points, ([, value]) => value),
});
const window = { fromMs: 0, toMs: 3_600_000, stepMs: 60_000 };

describe("steps", () => {
  test("a counter that starts again counts from 0, and over a long gap its growth is unknown", () => {
    const gap = lookbackMs(window.stepMs) + 1000;
    const { times, avgs } = stepSeries(
      "counter",
      columns([
        [0, 50],
        [30_000, 80],
        [60_000, 15],
        [60_000 + gap, 1000],
        [60_000 + gap + 10_000, 1020],
      ]),
      window,
    );
    expect(Array.from(times)).toEqual([0, 60_000, 960_000]);
    expect(Array.from(avgs)).toEqual([1, 0.5, 2]);
  });

  test("unequal gaps do not change a counter's rate", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 2, maxLength: 100 }), (gaps) => {
        let at = 0;
        const points = gaps.map((gap) => {
          at += gap;
          return [at, at * 3] as const;
        });
        const { avgs } = stepSeries("counter", columns(points), { fromMs: 0, toMs: at + 1, stepMs: 60_000 });
        for (const rate of avgs) expect(rate).toBeCloseTo(3000, 6);
      }),
    );
  });

  test("every point of a gauge within the window is in one step, and its mean lies between the least and the greatest", () => {
    const point = fc.tuple(
      fc.integer({ min: -100_000, max: 4_000_000 }),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(point, { maxLength: 200 }), (points) => {
        const joined = joinPoints([columns(points)]);
        const { counts, mins, maxs, avgs } = stepSeries("gauge", joined, window);
        const inside = new Set(points.map(([time]) => time).filter((time) => time >= 0 && time < window.toMs));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(inside.size);
        for (const [index, mean] of avgs.entries()) {
          expect(mean).toBeGreaterThanOrEqual((mins[index] ?? 0) - 1e-3);
          expect(mean).toBeLessThanOrEqual((maxs[index] ?? 0) + 1e-3);
        }
      }),
    );
  });

  test("pieces of a series are one, sorted, each time once, in whatever order they come", () => {
    const joined = joinPoints([
      columns([
        [3, 3],
        [4, 4],
      ]),
      columns([
        [1, 1],
        [3, 9],
      ]),
      columns([[2, 2]]),
    ]);
    expect(Array.from(joined.times)).toEqual([1, 2, 3, 4]);
    expect(joined.values).toHaveLength(4);
  });
});

test("a reference says all of a read: written and read it is the same, whatever stands in it", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
  const windows = fc.integer({ min: 0, max: 2_000_000_000_000 }).map((fromMs) => ({ fromMs, toMs: fromMs + 60_000 }));
  const read = fc.record({
    window: windows,
    services: fc.array(text, { minLength: 1, maxLength: 3 }),
    word: text,
    max: fc.integer({ min: 1, max: 9999 }),
  });
  fc.assert(
    fc.property(read, ({ window, services, word, max }) => {
      const reads: TelemetryRead[] = [
        {
          ...{
            table: "metric_points",
            ...window,
            serviceKeys: services,
            metrics: [word],
            environment: word,
            isExact: true,
          },
          ...{ labels: { [word]: word }, stepMs: 15_000, seriesMax: max },
        },
        { table: "spans", ...window, serviceKeys: services, traceId: word, onlyErrors: true, limit: max },
        {
          ...{ table: "log_records", ...window, serviceKeys: services, traceId: word, templateId: word, words: word },
          ...{ severityMin: "warn", limit: max },
        },
      ];
      for (const one of reads) expect(readRef("postgres", writeRef("postgres", one))).toEqual(one);
      for (const one of reads) expect(readRef("clickhouse", writeRef("postgres", one))).toBeNull();
    }),
  );
});
