import fc from "fast-check";
import { expect, test } from "vitest";
import { highlightCode } from "./highlight-code.ts";

const kinds = (line: string) => highlightCode(line).filter(({ kind }) => kind !== "plain");

test("keywords, strings, numbers and comments are told apart", () => {
  expect(kinds('const a = "if" + 42; // return')).toEqual([
    { kind: "keyword", text: "const" },
    { kind: "string", text: '"if"' },
    { kind: "number", text: "42" },
    { kind: "comment", text: "// return" },
  ]);
});

test("a private field is no comment, a Python comment is one", () => {
  expect(kinds("this.#total")).toEqual([{ kind: "keyword", text: "this" }]);
  expect(kinds("x  # the sum")).toEqual([{ kind: "comment", text: "# the sum" }]);
});

test("the pieces joined are the line itself, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (line) => {
      expect(
        highlightCode(line)
          .map(({ text }) => text)
          .join(""),
      ).toBe(line);
    }),
    { numRuns: 1000 },
  );
});
