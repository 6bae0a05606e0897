import { expect, test } from "vitest";
import { chartData, chartWindow, splitMarks } from "./chart-data.ts";

const at = (seconds: number) => new Date(seconds * 1000).toISOString();

test("silence between two bursts is zero, not a line drawn across it", () => {
  const data = chartData(
    60,
    [
      { at: at(600), count: 4 },
      { at: at(840), count: 2 },
    ],
    1,
  );
  expect(data.startsS).toEqual([480, 540, 600, 660, 720, 780, 840, 900]);
  expect(data.counts).toEqual([0, 0, 4, 0, 0, 0, 2, 0]);
});

test("no occurrence is lost: points of one bucket add up", () => {
  const data = chartData(60, [
    { at: at(600), count: 4 },
    { at: at(659), count: 3 },
  ]);
  expect(data.counts.reduce((sum, count) => sum + count, 0)).toBe(7);
  expect(data.startsS.length).toBeGreaterThanOrEqual(30);
});

test("a very long series keeps its newest buckets", () => {
  const data = chartData(60, [
    { at: at(0), count: 1 },
    { at: at(60 * 100_000), count: 9 },
  ]);
  expect(data.startsS.length).toBeLessThan(2100);
  expect(data.counts).toContain(9);
});

test("a near deployment widens the window, a far one does not squeeze the bars", () => {
  const data = chartData(60, [{ at: at(100_000), count: 1 }], 10);
  const first = data.startsS[0] ?? 0;
  const near = { id: "near", started_at: at(first - 300) };
  const far = { id: "far", started_at: at(first - 86_400) };
  const split = splitMarks(data, [far, near]);
  expect(split).toEqual({ near: [near], far: [far] });
  const [low, high] = chartWindow(data, split.near);
  expect(low).toBeLessThan(first - 300);
  expect(high).toBe((data.startsS.at(-1) ?? 0) + 60);
});
