import { expect, test } from "vitest";
import { parseModule } from "../../vendors/oxc/parse-module.ts";
import type { ContextPart } from "./context-part.ts";
import { culpritHunks } from "./culprit-hunks.ts";
import { enclosingFunction } from "./enclosing-function.ts";
import { fitContext } from "./fit-context.ts";
import { isCallAt } from "./is-call-at.ts";
import { isSecretPath } from "./is-secret-path.ts";
import { scrubSource } from "./scrub-source.ts";

const part = (kind: ContextPart["kind"], characters: number, title = kind): ContextPart => ({
  ...{ evidenceId: title, kind, title, path: null },
  text: Array.from({ length: Math.ceil(characters / 10) }, () => "123456789\n")
    .join("")
    .slice(0, characters),
});

test("the budget is never passed, the most useful comes first, and what is left out says why", () => {
  const parts = [part("test", 900), part("similar_incident", 900), part("failure", 200), part("failing_code", 2000)];
  for (const max of [300, 1000, 1700, 3000, 10_000]) {
    const fitted = fitContext(parts, max);
    const shown = fitted.parts.filter(({ isIncluded }) => isIncluded);
    expect(shown.reduce((sum, one) => sum + one.text.length + one.part.title.length, 0)).toBe(fitted.characters);
    expect(fitted.characters).toBeLessThanOrEqual(max);
    expect(fitted.parts.map((one) => one.part.kind)).toEqual(["failure", "failing_code", "test", "similar_incident"]);
    for (const { isIncluded, isCut, reason } of fitted.parts) expect(reason === null).toBe(isIncluded && !isCut);
  }
});

test("a long part is cut at a line and leaves room for the rest", () => {
  const fitted = fitContext([part("culprit_hunk", 50_000), part("caller", 500)], 4000);
  expect(fitted.parts[0]).toMatchObject({ isIncluded: true, isCut: true });
  expect(fitted.parts[0]?.text.endsWith("123456789")).toBe(true);
  expect(fitted.parts[1]).toMatchObject({ isIncluded: true, isCut: false });
});

test("the function around a line has its name and its lines, callbacks counted to what they are in", () => {
  const source = [
    "const a = 1;",
    "export class Cart {",
    "  total(items) {",
    "    return items.reduce((sum, item) => {",
    "      return sum + item.cents;",
    "    }, 0);",
    "  }",
    "}",
    "const load = async () => {",
    "  await fetchAll();",
    "};",
  ].join("\n");
  const tree = parseModule("src/cart.js", source);
  expect(enclosingFunction(source, tree, 5)).toEqual({ name: "total", firstLine: 3, lastLine: 7 });
  expect(enclosingFunction(source, tree, 10)).toEqual({ name: "load", firstLine: 9, lastLine: 11 });
  expect(enclosingFunction(source, tree, 1)).toBeNull();
});

test.each([
  [
    "def total(items):\n    for item in items:\n        if item:\n            yield item\n\ndef other():\n    pass",
    4,
    { name: "total", firstLine: 1, lastLine: 5 },
  ],
  [
    "func (c *Cart) Total(n int) int {\n\tif n > 0 {\n\t\treturn c.items[n]\n\t}\n\treturn 0\n}",
    3,
    { name: "Total", firstLine: 1, lastLine: 6 },
  ],
  [
    "class A {\n  public static int total(int[] items) {\n    for (int i : items) {\n      use(i);\n    }\n    return 0;\n  }\n}",
    4,
    { name: "total", firstLine: 2, lastLine: 7 },
  ],
])("a function of another language is found by how it is indented: %#", (source, line, place) => {
  expect(enclosingFunction(source, null, line)).toEqual(place);
});

test("a caller calls or hands on the function; an import, a string and a declaration are none", () => {
  const source = [
    'import { total } from "./a.js";',
    'say("total");',
    "use(total(cart));",
    "carts.map(total);",
    "shop.total();",
  ].join("\n");
  const tree = parseModule("src/b.js", source);
  expect([1, 2, 3, 4, 5].filter((line) => isCallAt(source, tree, line, "total"))).toEqual([3, 4, 5]);
});

test("the blamed diff comes by files, those of the stack first, without locks and secrets", () => {
  const file = (path: string, line: string) =>
    `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+${line}\n`;
  const diff =
    file("README.md", "b") +
    file(".env", "TOKEN=abc") +
    file("package-lock.json", "{}") +
    file("src/a.js", 'const apiKey = "abcdef123456";');
  const hunks = culpritHunks(diff, new Set(["src/a.js"]));
  expect(hunks.map(({ path, isOnStack }) => [path, isOnStack])).toEqual([
    ["src/a.js", true],
    ["README.md", false],
  ]);
  expect(hunks[0]?.text).toContain('const apiKey = "[password]";');
});

test.each([
  ".env",
  "app/.env.production",
  ".npmrc",
  "deploy/id_rsa",
  "certs/server.pem",
  ".aws/config",
  "config/secrets.yml",
  "prod.tfvars",
])("%s is never read", (path) => expect(isSecretPath(path)).toBe(true));
test.each(["src/env.ts", "src/keys.js", "src/secret-santa.ts", "src/environment/index.py"])("%s is code", (path) =>
  expect(isSecretPath(path)).toBe(false),
);

test("a key block goes and the lines below keep their numbers", () => {
  const source = [
    "const key = `-----BEGIN PRIVATE KEY-----",
    "MIIB",
    "AAAA",
    "-----END PRIVATE KEY-----`;",
    "fails();",
  ].join("\n");
  const clean = scrubSource("src/a.js", source);
  expect(clean).not.toContain("MIIB");
  expect(clean.split("\n")[4]).toBe("fails();");
});
