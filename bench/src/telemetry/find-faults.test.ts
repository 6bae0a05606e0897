import { expect, test } from "vitest";
import { findFaults } from "./find-faults.ts";

const sound = {
  ...{ seriesAsked: 500, rounds: [{ series: 500, points: 120_000 }], failedRequests: 0 },
  ...{ acknowledgedPoints: 3_000_000, storedPoints: 3_000_000 },
};

test("a run whose points are all stored and all read has no fault", () => {
  expect(findFaults(sound)).toEqual([]);
});

test.each([
  ["nothing", { rounds: [{ series: 0, points: 0 }] }, "found 0 of 500 series"],
  ["series without values", { rounds: [...sound.rounds, { series: 500, points: 0 }] }, "found 0 of 500 series"],
  ["fewer series in one round", { rounds: [...sound.rounds, { series: 12, points: 9 }] }, "found 12 of 500 series"],
  ["in no round", { rounds: [] }, "never read"],
])("a reader that found %s is a fault", (_, facts, words) => {
  expect(findFaults({ ...sound, ...facts })).toEqual([expect.stringContaining(words)]);
});

test("points that were acknowledged and not stored, and requests that failed, are faults", () => {
  expect(findFaults({ ...sound, storedPoints: 2_999_999, failedRequests: 2 })).toEqual([
    expect.stringContaining("2 requests"),
    expect.stringContaining("2999999 of them"),
  ]);
});
