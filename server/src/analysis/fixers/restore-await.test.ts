import { expect, test } from "vitest";
import { diffOf, failingFile } from "../../../../test/repair/failing-file.ts";
import { proposeRestoredAwaits } from "./restore-await.ts";

const diff = diffOf("src/load.js", "-export function load(name) {", "+export async function load(name) {");

test("the call whose value was used too early is waited for, even where the failing line only shows what came of it", () => {
  const source =
    "async function ready(item) {\n  const recipe = load(item);\n  const minutes = 60 + recipe.minutes;\n  return clock(minutes);\n}\n";
  const texts = proposeRestoredAwaits(failingFile(source, "clock"), diff).map(({ text }) => text);
  expect(texts).toEqual([source.replace("= load", "= await load")]);
});

test("of several calls each is tried, then all", () => {
  const source = "async function both() {\n  const a = load(1);\n  return a.x + load(2).x;\n}\n";
  const texts = proposeRestoredAwaits(failingFile(source, "return"), diff).map(({ text }) => text);
  expect(texts).toHaveLength(3);
  expect(texts.at(-1)).toBe(
    "async function both() {\n  const a = await load(1);\n  return a.x + (await load(2)).x;\n}\n",
  );
});

test("what is waited for elsewhere, or in a function that can't wait, is left alone", () => {
  for (const body of ["return load(1);", "await Promise.all([load(1)]);", "load(1).catch(log);", "await load(1);"]) {
    const file = failingFile(`async function f() {\n  ${body}\n}\n`, "load");
    expect(proposeRestoredAwaits(file, diff)).toEqual([]);
  }
  expect(proposeRestoredAwaits(failingFile("function f() {\n  return load(1).x;\n}\n", "load"), diff)).toEqual([]);
});
