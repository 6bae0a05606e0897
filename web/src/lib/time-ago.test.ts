import { expect, test } from "vitest";
import { timeAgo } from "./time-ago.ts";

const nowMs = Date.parse("2026-11-21T12:00:00Z");
const before = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString();

test.each([
  [0, "just now"],
  [9, "just now"],
  [10, "10 s ago"],
  [59, "59 s ago"],
  [60, "1 min ago"],
  [3599, "59 min ago"],
  [3600, "1 h ago"],
  [86_399, "23 h ago"],
  [86_400, "1 d ago"],
  [29 * 86_400, "29 d ago"],
  [30 * 86_400, "2026-10-22"],
])("%i seconds are told as %s", (seconds, words) => {
  expect(timeAgo(before(seconds), nowMs)).toBe(words);
});

test("a server clock that is a little ahead reads as now, a far future as the instant it claims", () => {
  expect(timeAgo(before(-30), nowMs)).toBe("just now");
  expect(timeAgo("2026-11-22T10:30:00Z", nowMs)).toBe("2026-11-22 10:30");
});
