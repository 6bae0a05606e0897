import { expect, test } from "vitest";
import { diffOf, failingFile, linesAfter } from "../../../../test/repair/failing-file.ts";
import { proposeUnwrappedValues } from "./unwrap-value.ts";

test("what was put into an object is taken out again where it is used as a value", () => {
  const diff = diffOf(
    "src/text.js",
    "-  return names.map((match) => match[1]);",
    "+  return names.map((match) => ({ who: match[1], at: match.index }));",
  );
  const file = failingFile(
    "export function people(posts) {\n  return mentions(posts).map((name) => name.toLowerCase());\n}\n",
    "toLowerCase",
  );
  expect(linesAfter(proposeUnwrappedValues(file, diff), file)[0]).toBe(
    "return mentions(posts).map((name) => name.who.toLowerCase());",
  );
});

test("names that are calculated or printed come before those that are only handed on", () => {
  const diff = diffOf("src/scale.js", "-  return grams * pieces;", "+  return { amount: grams * pieces, unit };");
  const source =
    "function list(orders) {\n  for (const [name, grams] of all(orders)) sums.set(name, sums.get(name) + grams);\n  return sums.map((one) => one.toFixed());\n}\n";
  const file = failingFile(source, "toFixed");
  expect(proposeUnwrappedValues(file, diff).map(({ text }) => text)).toContain(
    source.replace("+ grams)", "+ grams.amount)"),
  );
  expect(proposeUnwrappedValues(file, diff)[0]?.text).not.toContain("orders.amount");
});

test("a change that wrapped nothing gives nothing", () => {
  const file = failingFile("function f(a) {\n  return a.trim();\n}\n", "trim");
  expect(proposeUnwrappedValues(file, diffOf("src/b.js", "-  return { id: 7 };", "+  return { id: 8 };"))).toEqual([]);
});
