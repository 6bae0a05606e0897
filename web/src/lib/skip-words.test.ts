import { expect, test } from "vitest";
import { isSkippedByCondition, isStoppedByHandsOff } from "./skip-words.ts";

const condition = { status: "skipped", reason: 'Its condition is false: a != null, with {"a":null}' } as const;
const handsOff = { status: "skipped", reason: "Hands off everything, said owner: migration" } as const;

test("a skipped step is told by its reason: its condition did not hold, or somebody said hands off", () => {
  expect([condition, handsOff].map(isSkippedByCondition)).toEqual([true, false]);
  expect([condition, handsOff].map(isStoppedByHandsOff)).toEqual([false, true]);
});

test("a step that ran was stopped by neither, whatever its reason says", () => {
  const completed = [condition, handsOff].map(({ reason }) => ({ status: "completed", reason }) as const);
  expect(completed.some((step) => isSkippedByCondition(step) || isStoppedByHandsOff(step))).toBe(false);
  expect(isStoppedByHandsOff({ status: "skipped", reason: null })).toBe(false);
});
