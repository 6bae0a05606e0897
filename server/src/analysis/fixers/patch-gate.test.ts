import { expect, test } from "vitest";
import { refusePatch } from "./patch-gate.ts";

const patch = (path: string, lines = 1): string =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,${lines + 1} @@\n x\n${"+y\n".repeat(lines)}`;

test.each([
  "package-lock.json",
  "web/yarn.lock",
  ".github/workflows/ci.yml",
  ".env",
  "config/.env.production",
  "keys/server.pem",
  "../outside.js",
])("a proposed patch that touches %s is refused", (path) => {
  expect(refusePatch("fix", patch(path))).not.toBeNull();
});

test("a proposed patch is at most 200 lines, a revert may be longer and may take back a lock file", () => {
  expect(refusePatch("fix", patch("src/a.js", 200))).toBeNull();
  expect(refusePatch("mitigation", patch("src/a.js", 201))).toContain("201 lines");
  expect(refusePatch("revert", patch("package-lock.json", 500))).toBeNull();
  expect(refusePatch("revert", patch(".env"))).toContain("secrets");
  expect(refusePatch("fix", "")).toBe("It changes nothing.");
});
