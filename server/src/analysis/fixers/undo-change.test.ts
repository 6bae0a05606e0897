import { expect, test } from "vitest";
import { undoChange } from "./undo-change.ts";

const diff = `diff --git a/src/tax.js b/src/tax.js
--- a/src/tax.js
+++ b/src/tax.js
@@ -1,6 +1,6 @@
 import { home } from "./config.js";
 
 export function region(customer) {
-  if (!customer.address) return home;
-  return customer.address.region;
+  const { region, country } = customer.address;
+  return region ?? country ?? home;
 }
`;

test("lines that were moved to another file are undone there", () => {
  const moved = `export function region(customer) {\n  const { region, country } = customer.address;\n  return region ?? country ?? home;\n}\n`;
  const texts = undoChange(
    diff,
    new Map([
      ["src/tax.js", 'export { region } from "./region.js";\n'],
      ["src/region.js", moved],
    ]),
  );
  expect(texts).toEqual(
    new Map([
      [
        "src/region.js",
        "export function region(customer) {\n  if (!customer.address) return home;\n  return customer.address.region;\n}\n",
      ],
    ]),
  );
});

test("lines that were laid out anew are undone whole, with the braces a formatter put around them", () => {
  const change = `diff --git a/a.js b/a.js
--- a/a.js
+++ b/a.js
@@ -1,3 +1,3 @@
 export function pick(list, key) {
-  if (list.length === 0) return fallback("none");
+  if (list.length === 0 && key === "first") return list.first("none");
   return list.find(key);
`;
  const formatted =
    "export function pick(list, key) {\n\tif (list.length === 0 && key === 'first') {\n\t\treturn list.first('none');\n\t}\n\treturn list.find(key);\n}\n";
  const text = undoChange(change, new Map([["a.js", formatted]]))?.get("a.js");
  expect(text).toBe(
    'export function pick(list, key) {\n  if (list.length === 0) return fallback("none");\n\treturn list.find(key);\n}\n',
  );
});

test("what the change took away comes back between the lines it stood between", () => {
  const change = `diff --git a/a.js b/a.js
--- a/a.js
+++ b/a.js
@@ -1,4 +1,3 @@
 const order = await load(id);
-if (order === null) throw notFound(id);
 const lines = present(order.lines);
 send(lines, order.id);
`;
  const source =
    "start();\nconst order = await load(id);\nconst lines = present(order.lines);\nsend(lines, order.id);\n";
  expect(undoChange(change, new Map([["a.js", source]]))?.get("a.js")).toBe(
    "start();\nconst order = await load(id);\nif (order === null) throw notFound(id);\nconst lines = present(order.lines);\nsend(lines, order.id);\n",
  );
});

test("a part that is not found, or found twice elsewhere, gives nothing rather than a guess", () => {
  expect(undoChange(diff, new Map([["src/tax.js", "export const other = 1;\n"]]))).toBeNull();
  const copy = "  const { region, country } = customer.address;\n  return region ?? country ?? home;\n";
  expect(
    undoChange(
      diff,
      new Map([
        ["src/one.js", copy],
        ["src/two.js", copy],
      ]),
    ),
  ).toBeNull();
});
