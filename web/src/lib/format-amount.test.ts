import { expect, test } from "vitest";
import { formatAmount } from "./format-amount.ts";

test.each([
  [0, null, "0"],
  [0.0339, "1", "0.0339"],
  [2050, "ms", "2050 ms"],
  [12_345, null, "12.3 k"],
  [123_456_789, "By", "123 MB"],
  [-0.5, "s", "-0.5 s"],
  [0.00002, null, "2.0e-5"],
  [Number.NaN, "s", "–"],
])("%s %s is %s", (value, unit, text) => {
  expect(formatAmount(value, unit)).toBe(text);
});
