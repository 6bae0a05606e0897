import { expect, test } from "vitest";
import { formatDuration } from "./format-duration.ts";
import { formatClock, formatInstant } from "./format-instant.ts";

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1420, "1.42 s"],
  [12_340, "12.3 s"],
  [60_000, "1 min"],
  [125_000, "2 min 5 s"],
  [3_660_000, "1 h 1 min"],
  [187_200_000, "2 d 4 h"],
])("%i milliseconds read as %s", (durationMs, words) => {
  expect(formatDuration(durationMs)).toBe(words);
});

test("an instant keeps its seconds and says its offset, so that it can be compared with a log", () => {
  const at = "2026-11-21T03:04:05.678Z";
  expect(formatInstant(at)).toMatch(/^2026-11-2[012] \d\d:\d\d:05 [+-]\d\d:\d\d$/);
  expect(formatInstant(at)).toContain(formatClock(at));
  expect(Date.parse(formatInstant(at).replace(" ", "T").replace(" ", ""))).toBe(Date.parse("2026-11-21T03:04:05Z"));
});
