import { expect, test } from "vitest";
import { serviceEntries } from "./service-entry.ts";
import { readTestStyle, relativeImport } from "./test-style.ts";

const manifest = (facts: object): string => JSON.stringify(facts);

test("the test stands beside the project's tests, by their ending, under a name that is free", () => {
  const files = [
    "src/cart/total.ts",
    "src/cart/other.spec.ts",
    "test/far.test.ts",
    "src/cart/regression-total.spec.ts",
  ];
  const style = readTestStyle(manifest({ scripts: { test: "vitest run" } }), files, "src/cart/total.ts", "");
  expect(style).toMatchObject({
    runner: "vitest",
    isModule: true,
    path: "src/cart/regression-total-2.spec.ts",
    suite: "vitest run",
  });
});

test.each([
  [{ scripts: { test: "node --test" }, type: "module" }, "src/a.js", "node", true],
  [{ scripts: { test: "jest" } }, "src/a.js", "jest", false],
  [{ scripts: { test: "npm run build && mocha" } }, "src/a.cjs", "mocha", false],
  [{ devDependencies: { jest: "29" } }, "src/a.ts", "jest", true],
  [{}, "src/a.mjs", "node", true],
])("runner and module system are read from %j and %s", (facts, path, runner, isModule) => {
  expect(readTestStyle(manifest(facts), [path], path, "")).toMatchObject({ runner, isModule });
});

test("npm's placeholder is no test suite", () => {
  const facts = { scripts: { test: 'echo "Error: no test specified" && exit 1' } };
  expect(readTestStyle(manifest(facts), [], "a.js", "").suite).toBeNull();
});

test("an import leads from the test to the module", () => {
  expect(relativeImport("test/a.test.js", "src/b.js")).toBe("../src/b.js");
  expect(relativeImport("src/cart/a.test.js", "src/cart/b.js")).toBe("./b.js");
});

test("the service is what the start script runs last, not what prepares the process", () => {
  const files = ["otel.js", "src/main.js", "index.js"];
  expect(serviceEntries(manifest({ scripts: { start: "node --import ./otel.js src/main.js" } }), files)).toEqual([
    "src/main.js",
    "otel.js",
    "index.js",
  ]);
  expect(serviceEntries(manifest({ main: "./index.js" }), files)[0]).toBe("index.js");
  expect(serviceEntries("not json", ["lib/a.js"])).toEqual([]);
});
