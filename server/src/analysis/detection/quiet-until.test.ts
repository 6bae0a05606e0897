import { describe, expect, test } from "vitest";
import { quietUntil } from "./quiet-until.ts";
import { robustBaseline } from "./robust-baseline.ts";
import { shiftScore } from "./shift-score.ts";

const baseline = { from: 0, to: 60 };
const incident = { from: 60, to: 75 };
const times = Float64Array.from({ length: 75 }, (_, minute) => minute);
/** A level with a little wave; what `levelOf` says comes in its place. */
const series = (levelOf: (minute: number) => number | undefined) =>
  times.map((minute) => levelOf(minute) ?? 1 + 0.05 * Math.sin(minute * 2.3));
const endOf = (values: Float64Array) => quietUntil(times, values, baseline, incident, "identity");
const heldOf = (values: Float64Array) =>
  shiftScore(robustBaseline(values.subarray(0, 60), "identity"), values.subarray(60)).held;

describe("a baseline that the trouble reaches into", () => {
  test.each([1, 2, 5, 10, 14])("ends where the level of the trouble began, %i minutes before", (early) => {
    expect(endOf(series((minute) => (minute >= 60 - early ? 6 : undefined)))).toBe(60 - early);
  });

  test("keeps what it has where nothing changed, where it is longer than a quarter, and where it does not reach up to the trouble", () => {
    expect(endOf(series(() => undefined))).toBe(60);
    expect(endOf(series((minute) => (minute >= 30 ? 6 : undefined)))).toBeGreaterThanOrEqual(45);
    const late = series((minute) => (minute >= 50 ? 6 : undefined));
    expect(quietUntil(times, late, { from: 0, to: 55 }, incident, "identity")).toBe(55);
  });

  test("keeps values that wander as far as the trouble does", () => {
    const values = series((minute) => 1 + 5 * Math.abs(Math.sin(minute * 1.7)));
    expect(endOf(values)).toBe(60);
  });
});

describe("a level that holds, against a baseline with excursions", () => {
  test("two or three bad minutes of an hour do not hide it", () => {
    for (const bad of [[20], [20, 40], [10, 20, 40]])
      expect(heldOf(series((minute) => (minute >= 60 || bad.includes(minute) ? 6 : undefined)))).toBeGreaterThan(20);
  });

  test("a series that jumps every few minutes is no news when it jumps, and hardly any where it stays up", () => {
    const jumps = (minute: number) => (minute % 7 === 3 ? 6 : undefined);
    expect(Math.abs(heldOf(series(jumps)))).toBeLessThan(1);
    expect(heldOf(series((minute) => (minute >= 60 ? 6 : jumps(minute))))).toBeLessThan(5);
  });

  test("fewer than four values hold nothing", () => {
    const usual = robustBaseline(series(() => undefined).subarray(0, 60), "identity");
    expect(shiftScore(usual, [6, 6, 6]).held).toBe(0);
    expect(shiftScore(usual, [6, 6, 6, 6]).held).toBeGreaterThan(20);
  });
});
