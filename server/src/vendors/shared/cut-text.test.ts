import { expect, test } from "vitest";
import { cutBytes, cutText, fitParts } from "./cut-text.ts";

test("what fits is left as it is; what does not says how much was cut, and what was cut before counts", () => {
  expect(cutText("short", 5)).toBe("short");
  const once = cutText("x".repeat(1000), 100);
  expect(once).toBe(`${"x".repeat(76)}… (924 more characters)`);
  expect(cutText(once, 50)).toBe(`${"x".repeat(26)}… (974 more characters)`);
  expect(cutText("x".repeat(1000), 50)).toBe(`${"x".repeat(26)}… (974 more characters)`);
});

test("no character is split, and no limit is broken, in characters and in bytes", () => {
  const text = "𝕏ü".repeat(200);
  for (let max = 0; max < 120; max++) {
    expect(cutText(text, max).length).toBeLessThanOrEqual(max);
    expect(cutText(text, max).isWellFormed()).toBe(true);
    expect(Buffer.byteLength(cutBytes(text, max))).toBeLessThanOrEqual(max);
  }
});

test("parts that do not fit are left out and counted", () => {
  expect(fitParts(["a", "", "b"], 10)).toBe("a\n\nb");
  const fitted = fitParts(["a".repeat(40), "b".repeat(80), "c"], 110);
  expect(fitted).toBe(`${"a".repeat(40)}\n\n… (2 more parts left out: too long for this message)`);
});
