import { expect, test } from "vitest";
import { jsonText, linesText, readJson, readLines, readNumber, withEntry } from "./form-values.ts";

const template = (expression: string) => `\${{ ${expression} }}`;

test("a number field gives numbers, keeps templates, and leaves out what is empty", () => {
  expect([
    readNumber("5"),
    readNumber(" 0.5 "),
    readNumber(""),
    readNumber(template("inputs.n")),
    readNumber("five"),
  ]).toEqual([5, 0.5, undefined, template("inputs.n"), "five"]);
});

test("a list field gives one entry a line, and a template alone stays a template", () => {
  expect(readLines("a\n\n b \n", false)).toEqual(["a", "b"]);
  expect(readLines("1\n2", true)).toEqual([1, 2]);
  expect(readLines(template("steps.a.outputs.list"), false)).toBe(template("steps.a.outputs.list"));
  expect(readLines("  ", false)).toBeUndefined();
  expect(linesText(["a", "b"])).toBe("a\nb");
});

test("a JSON field gives what it says, back and forth, and names what is broken", () => {
  const value = { a: [1, "x"], b: null };
  expect(readJson(jsonText(value))).toEqual({ value, problem: null });
  expect(readJson("{a: 1}").problem).toContain("This is no JSON");
  expect(readJson(template("event"))).toEqual({ value: template("event"), problem: null });
});

test("an entry without a value is left out", () => {
  expect(withEntry({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  expect(withEntry({ a: 1 }, "a", null)).toEqual({ a: null });
});
