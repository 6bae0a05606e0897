import { expect, test } from "vitest";
import { writeYaml } from "./write-yaml.ts";

test("block style, nested, with lists of records", () => {
  const value = { id: "a", with: { labels: ["x", "z"], none: [], empty: {}, rows: [{ a: 1, b: [true] }] } };
  expect(writeYaml([value], 2)).toBe(
    `  - id: a
    with:
      labels:
        - x
        - z
      none: []
      empty: {}
      rows:
        - a: 1
          b:
            - true`,
  );
});

test.each([
  "yes",
  "007",
  "a: b",
  "# no comment",
  "- a",
  "",
  "a #b",
  "{a}",
  "[x]",
  "*x",
  "&x",
  "1e3",
  " a",
  "%x",
  "@x",
  "a:",
  "null",
])("%j, which YAML would read as something else, is quoted", (text) => {
  expect(writeYaml({ a: text })).toBe(`a: ${JSON.stringify(text)}`);
});

test("a template of an expression is written as people write it", () => {
  const template = `\${{ steps.a.outputs.b }}`;
  expect(writeYaml({ a: template })).toBe(`a: ${template}`);
});

test("several lines become a literal block, and what one can't hold is quoted", () => {
  expect(writeYaml({ a: { text: "one\n\ntwo" } })).toBe("a:\n  text: |-\n    one\n\n    two");
  expect(writeYaml({ text: "one\ntwo\n" })).toBe("text: |\n  one\n  two");
  expect(writeYaml({ text: " one\ntwo" })).toBe('text: " one\\ntwo"');
});
