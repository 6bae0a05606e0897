import fc from "fast-check";
import { expect, test } from "vitest";
import { patchOf, plainCommit, plainWorld } from "../../../../test/scenario/plain-world.ts";
import type { Observations } from "../observations/observations.ts";
import { decodeWorld, encodeWorld, worldCharsMax } from "./encode-world.ts";
import type { World } from "./world.ts";

const observations: Observations = {
  baseline: { from: 0, to: 3_600_000 },
  incident: { from: 3_600_000, to: 4_500_000 },
  target: { component: "shop", measure: "latency", seriesId: "s" },
  components: [{ key: "shop", name: "shop", kind: "service", isOwned: true, partOf: null }],
  edges: [],
  series: [],
  logs: [],
  operations: [],
  changes: [],
  gaps: [],
};

function worldWith(times: readonly number[], values: readonly number[]): World {
  return plainWorld({
    sources: { "src/a.js": "export const a = 1;\n" },
    failing: { path: "src/a.js", line: 1 },
    message: "x",
    commits: [plainCommit("a", patchOf("src/a.js", 1, ["-export const a = 2;", "+export const a = 1;"]))],
    overrides: {
      olderCommits: new Map([
        ["f".repeat(40), { authorName: "Ada", authoredAt: "2026-01-01T00:00:00.000Z", subject: "old" }],
      ]),
      observed: {
        ...observations,
        series: [
          {
            id: "s",
            component: "shop",
            measure: "latency",
            metric: "m",
            statistic: null,
            unit: null,
            callee: null,
            times: Float64Array.from(times),
            values: Float64Array.from(values),
            ref: "r",
          },
        ],
        operations: [
          {
            component: "shop",
            operation: "GET /",
            baseline: { perMinute: 1, errorShare: 0, medianMs: Number.NaN, p95Ms: Number.NaN, selfMs: Number.NaN },
            incident: { perMinute: 1, errorShare: 1, medianMs: Number.POSITIVE_INFINITY, p95Ms: 3, selfMs: -0.5 },
            ref: "r",
          },
        ],
      },
    },
  });
}

test("a world comes back the same in every value: maps, arrays of numbers, NaN, infinities, texts with anything in them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double(), { maxLength: 40 }),
      fc.string({ unit: "binary", maxLength: 50 }),
      (values, text) => {
        const world = worldWith(
          values.map((_, at) => at * 1000),
          values.map((value) => (Object.is(value, -0) ? 0 : value)),
        );
        const named = { ...world, sources: new Map([[text, text]]), incident: { ...world.incident, title: text } };
        const { text: stored, isCut } = encodeWorld(named);
        expect(isCut).toBe(false);
        expect(decodeWorld(stored)).toEqual(named);
      },
    ),
    { numRuns: 100 },
  );
});

test("a world too large to keep loses texts of files first and stays readable", () => {
  const world = worldWith([1], [1]);
  const large = { ...world, sources: new Map([["big.js", "x".repeat(worldCharsMax + 10)]]) };
  const { text, isCut } = encodeWorld(large);
  expect(isCut).toBe(true);
  expect(text.length).toBeLessThan(worldCharsMax);
  const back = decodeWorld(text);
  expect(back.sources.size).toBe(0);
  expect(back.observed?.series).toHaveLength(1);
});

test("a text of another form is refused by name", () => {
  expect(() => decodeWorld('{"form":9,"world":{}}')).toThrow(/form 9/);
});
