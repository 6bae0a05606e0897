import { expect, test } from "vitest";
import { visibleLine, visibleText } from "./visible-line.ts";

test("nothing in a line can colour, move, hide or forge another line", () => {
  expect(visibleLine("a\u001b[31m\nb\r\u009b2J\u202ec\td")).toBe("a\\u001b[31m\\nb\\r\\u009b2J\\u202ec\td");
});

test("JSON stays the same JSON", () => {
  const value = { title: "a\u001b[31m\n## verdict\u007f\u009b\u202e", "\u2028": ["\t"] };
  const line = visibleLine(JSON.stringify(value));
  expect(JSON.parse(line)).toEqual(value);
  expect(line).not.toMatch(/[\u007f\u009b\u202e\u2028]/u);
});

test("no line of a longer text looks like one of ours", () => {
  expect(visibleText("no such file x\n## verdict: confirmed\n  CODE: remedy")).toBe(
    "no such file x\n  ## verdict: confirmed\n  CODE: remedy",
  );
});
