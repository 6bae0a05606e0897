import { expect, test } from "vitest";
import { asTyped, calledAs } from "./as-typed.ts";

test("a clone is called by npx, what is on the path by its name", () => {
  expect(calledAs("/usr/local/bin/culprit", {})).toBe("culprit");
  expect(calledAs("/srv/culprit/node_modules/.bin/culprit", { npm_command: "exec" })).toBe("npx culprit");
  expect(calledAs("/srv/culprit/server/src/main.ts", { npm_command: "run-script" })).toBe("npx culprit");
  expect(calledAs("/srv/culprit/server/src/main.ts", {})).toBe("npx culprit");
});

test.each([
  ["Make one with: culprit project create NAME", "Make one with: npx culprit project create NAME"],
  ["a link from `culprit login-link`.", "a link from `npx culprit login-link`."],
  ["culprit COMMAND --help says more.", "npx culprit COMMAND --help says more."],
  ["npx culprit project list", "npx culprit project list"],
  ["the culprit is a commit; culprit commits", "the culprit is a commit; culprit commits"],
  ["/srv/culprit project", "/srv/culprit project"],
])("commands in a text become what can be typed, and nothing else does: %s", (text, typed) => {
  const words = new Set(["project", "login-link"]);
  expect(asTyped(text, "npx culprit", words)).toBe(typed);
  expect(asTyped(text, "culprit", words)).toBe(text);
});
