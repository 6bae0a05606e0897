import { expect, test } from "vitest";
import { type PatchChange, refuseChanges } from "./refuse-changes.ts";

const change = (path: string, more: Partial<PatchChange> = {}): PatchChange => ({
  path,
  oldMode: "100644",
  newMode: "100644",
  lines: 2,
  ...more,
});

test.each([
  "package-lock.json",
  "web/yarn.lock",
  "api/poetry.lock",
  ".github/workflows/ci.yml",
  ".gitlab-ci.yml",
  "Jenkinsfile",
  ".env",
  "config/.env.production",
  "keys/server.pem",
  ".npmrc",
  ".gitattributes",
  ".husky/pre-commit",
  ".gitmodules",
  "../outside.js",
  "/etc/passwd",
  "src/../../outside.js",
  "C:/outside.js",
  "src\\..\\outside.js",
  ".git/hooks/post-checkout",
  "vendor/.GIT/config",
  ".git./config",
  "git~1/config",
])("a drafted patch that touches %s is refused", (path) => {
  expect(refuseChanges("fix", [change("src/a.js"), change(path)])).toContain(path.replaceAll("\\", "\\\\"));
});

test.each([
  ["a symbolic link", { oldMode: "000000", newMode: "120000" }, "symbolic link"],
  ["a link that becomes a file", { oldMode: "120000" }, "symbolic link"],
  ["a submodule", { oldMode: "160000", newMode: "160000" }, "submodule"],
  ["a binary file", { lines: null }, "binary"],
] as const)("a drafted patch that touches %s is refused", (_, more, words) => {
  expect(refuseChanges("mitigation", [change("src/a", more)])).toContain(words);
});

test("a drafted patch is as small as the project says, a revert may be larger and may take back a lock file", () => {
  expect(refuseChanges("fix", [change("src/a.js", { lines: 200 })])).toBeNull();
  expect(refuseChanges("mitigation", [change("src/a.js", { lines: 201 })])).toContain("201 lines");
  const many = Array.from({ length: 11 }, (_, at) => change(`src/${at}.js`));
  expect(refuseChanges("fix", many)).toContain("11 files");
  expect(refuseChanges("fix", many, { filesMax: 20, linesMax: 21 })).toContain("22 lines");
  expect(refuseChanges("fix", many, { filesMax: 20, linesMax: 22 })).toBeNull();
  expect(refuseChanges("revert", [...many, change("package-lock.json", { lines: 500 })])).toBeNull();
  expect(refuseChanges("revert", [change(".env")])).toContain("secrets");
  expect(refuseChanges("fix", [])).toBe("It changes nothing.");
});
