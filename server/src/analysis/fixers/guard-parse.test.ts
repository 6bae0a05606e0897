import { expect, test } from "vitest";
import { failingFile } from "../../../../test/repair/failing-file.ts";
import { isParseFailure, proposeParseGuards } from "./guard-parse.ts";

test("a text that is no JSON becomes a neutral value, and every other text stays what it was", () => {
  const file = failingFile("export function read(text) {\n  return JSON.parse(text);\n}\n", "JSON");
  const proposals = proposeParseGuards(file);
  expect(proposals.map(({ kind }) => kind)).toEqual(["mitigation", "mitigation", "mitigation"]);
  const values = proposals.map(({ text }) => {
    const read = new Function(`${text.replace("export ", "")} return read;`)() as (text: string) => unknown;
    return [read("{"), read('{"a":1}')];
  });
  expect(values).toEqual([
    [{}, { a: 1 }],
    [null, { a: 1 }],
    [[], { a: 1 }],
  ]);
});

test("only errors of JSON.parse are meant", () => {
  expect(isParseFailure("SyntaxError", "Unexpected token 'c', \"country:AT\" is not valid JSON")).toBe(true);
  expect(isParseFailure("SyntaxError", "Unexpected end of JSON input")).toBe(true);
  expect(isParseFailure("SyntaxError", "The requested module './a.js' does not provide an export named 'b'")).toBe(
    false,
  );
  expect(isParseFailure("TypeError", "JSON is not a function")).toBe(false);
});
