import { expect, test } from "vitest";
import { matchesGlob, matchesGlobs } from "./glob.ts";

test.each([
  ["main", "main", true],
  ["main", "mainline", false],
  ["*", "feature", true],
  ["*", "feature/x", false],
  ["**", "feature/x", true],
  ["release/*", "release/1.2", true],
  ["release/**", "release/1/2", true],
  ["release/**", "release", false],
  ["**/package.json", "package.json", true],
  ["**/package.json", "web/deep/package.json", true],
  ["**/package.json", "xpackage.json", false],
  ["src/**/*.ts", "src/a.ts", true],
  ["src/**/*.ts", "src/a/b/c.ts", true],
  ["src/**/*.ts", "src/a/b/c.js", false],
  ["incident.*", "incident.opened", true],
  ["incident.*", "incident", false],
  ["pull_request.{opened,synchronize}", "pull_request.synchronize", true],
  ["pull_request.{opened,synchronize}", "pull_request.closed", false],
  ["v[0-9].?", "v1.x", true],
  ["v[!0-9]", "v1", false],
  ["dependabot[bot]", "dependabot[bot]", true],
  ["*\\[bot\\]", "renovate[bot]", true],
  ["a{b", "a{b", true],
  ["", "", true],
  ["", "x", false],
])("%s against %s: %s", (pattern, value, matches) => {
  expect(matchesGlob(pattern, value)).toBe(matches);
});

test("the last pattern that concerns a value decides, and a list of exceptions takes in the rest", () => {
  expect(matchesGlobs(["release/**", "!release/old/**"], "release/new")).toBe(true);
  expect(matchesGlobs(["release/**", "!release/old/**"], "release/old/1")).toBe(false);
  expect(matchesGlobs(["release/**", "!release/old/**", "release/old/9"], "release/old/9")).toBe(true);
  expect(matchesGlobs(["!main"], "feature")).toBe(true);
  expect(matchesGlobs(["!main"], "main")).toBe(false);
  expect(matchesGlobs([], "main")).toBe(false);
  expect(matchesGlobs(["Shop/*"], "shop/cart", { ignoreCase: true })).toBe(true);
  expect(matchesGlobs(["Shop/*"], "shop/cart")).toBe(false);
});

test("a pattern made to be slow takes no time", () => {
  const startedAtMs = performance.now();
  expect(matchesGlob(`${"*a".repeat(100)}b`, "a".repeat(2000))).toBe(false);
  expect(matchesGlob(`${"{a,b}".repeat(40)}`, "a".repeat(40))).toBe(false);
  expect(performance.now() - startedAtMs).toBeLessThan(1000);
});
