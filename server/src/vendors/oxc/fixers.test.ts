import { describe, expect, test } from "vitest";
import { proposeNullGuards } from "../../analysis/fixers/null-guard.ts";
import type { FailingFile } from "../../analysis/fixers/proposal.ts";
import { readFailure } from "../../analysis/fixers/read-failure.ts";
import { exportedFunctions } from "../../analysis/fixers/regression/exported-functions.ts";
import { proposeRestoredAwaits } from "../../analysis/fixers/restore-await.ts";
import { proposeRestoredNames } from "../../analysis/fixers/restore-renamed.ts";
import { parseModule } from "./parse-module.ts";

function file(source: string, line: number, column: number | null = null, path = "a.ts"): FailingFile {
  const tree = parseModule(path, source);
  if (tree === null) throw new Error("the test's source does not parse");
  return { path, source, tree, line, column };
}

function texts(source: string, line: number, message: string, column: number | null = null): string[] {
  const failure = readFailure("TypeError", message);
  return failure === null
    ? []
    : proposeNullGuards(file(source, line, column), failure).map((proposal) => proposal.text);
}

describe("a null guard", () => {
  test("guards the read that failed and offers a neutral value for the whole chain", () => {
    expect(
      texts("const n = order.customer.name.trim();", 1, "Cannot read properties of undefined (reading 'name')"),
    ).toEqual([
      "const n = order.customer?.name.trim();",
      "const n = (order.customer?.name.trim() ?? 0);",
      'const n = (order.customer?.name.trim() ?? "");',
      "const n = (order.customer?.name.trim() ?? []);",
    ]);
  });

  test("takes the read at the failing column where a line has several of the same name", () => {
    const source = "const n = a.size + b.size;";
    expect(texts(source, 1, "Cannot read properties of null (reading 'size')", 22)[0]).toBe(
      "const n = a.size + b?.size;",
    );
  });

  test("guards a computed read and a destructuring", () => {
    expect(texts("use(rows[0][1]);", 1, "Cannot read properties of undefined (reading '1')")[0]).toBe(
      "use(rows[0]?.[1]);",
    );
    expect(
      texts("const { a } = find(id);", 1, "Cannot destructure property 'a' of 'find(...)' as it is undefined."),
    ).toEqual(["const { a } = find(id) ?? {};"]);
  });

  test("leaves an assignment alone, which can't be guarded, and a failure it does not know", () => {
    expect(texts("order.customer.name = 1;", 1, "Cannot read properties of undefined (reading 'name')")).toEqual([]);
    expect(texts("f();", 1, "Payment refused")).toEqual([]);
  });
});

describe("a name that the blamed change replaced", () => {
  const diff =
    "--- a/n.js\n+++ b/n.js\n@@ -1,2 +1,2 @@\n-  return { size: row.size_mm };\n+  return { dimensions: row.size_mm };\n";

  test("is read by its new name in the failing function only", () => {
    const source = "function a(p) {\n  return p.size.width + p.size.height;\n}\nfunction b(q) {\n  return q.size;\n}";
    const failure = readFailure("TypeError", "Cannot read properties of undefined (reading 'width')");
    const [proposal] = failure === null ? [] : proposeRestoredNames(file(source, 2), failure, diff);
    expect(proposal).toMatchObject({ kind: "fix", text: source.replaceAll("p.size", "p.dimensions") });
  });

  test("gives no proposal where the failing line reads neither name", () => {
    const failure = readFailure("TypeError", "Cannot read properties of undefined (reading 'width')");
    expect(failure === null ? null : proposeRestoredNames(file("f(p.other.width)", 1), failure, diff)).toEqual([]);
  });
});

describe("an await that the blamed change took away", () => {
  const diff =
    "--- a/i.js\n+++ b/i.js\n@@ -1,1 +1,1 @@\n-  const rate = own ? one : await rates.find(code);\n+  const rate = own ? one : rates.find(code);\n";

  test("is put back before the call that set the variable of the failing line", () => {
    const source =
      "async function print(code) {\n  const rate = own ? one : rates.find(code);\n  return rate.value.toFixed(2);\n}";
    expect(proposeRestoredAwaits(file(source, 3), diff).map((proposal) => proposal.text)).toEqual([
      source.replace("rates.find", "await rates.find"),
    ]);
  });

  test("is not put into a function that is not asynchronous", () => {
    const source = "function print(code) {\n  const rate = rates.find(code);\n  return rate.value;\n}";
    expect(proposeRestoredAwaits(file(source, 3), diff)).toEqual([]);
  });

  test("comes back for calls of a function that became asynchronous, in brackets where its result is read at once", () => {
    const became =
      "--- a/i.js\n+++ b/i.js\n@@ -1,1 +1,1 @@\n-export function load(id) {\n+export async function load(id) {\n";
    expect(proposeRestoredAwaits(file("const f = async (id) => load(id).name;", 1), became)[0]?.text).toBe(
      "const f = async (id) => (await load(id)).name;",
    );
  });
});

test.each([
  ["export function a() {}\nexport const b = () => 1;\nexport default function c() {}", ["a", "b", "default"]],
  ["function a() {}\nconst b = () => 1;\nexport { a as x, b };", ["x", "b"]],
  ["function a() {}\nmodule.exports = { a, b: function () {} };", ["a", "b"]],
  ["exports.a = function () {};\nmodule.exports.b = () => 1;", ["a", "b"]],
  ["export class A { m() {} }\nconst hidden = () => 1;", []],
])("the functions that a module exports are found: %j", (source, names) => {
  const tree = parseModule("a.js", source);
  expect(tree === null ? null : exportedFunctions(tree).map((entry) => entry.exportName)).toEqual(names);
});
