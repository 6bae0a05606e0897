import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deletionDiff } from "./deletion-diff.ts";

test("git removes the file, whatever it holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "culprit-deletion-"));
  try {
    for (const text of ["one\ntwo\n", "one", "", "a\n\n--- b\n", "ä\n"]) {
      writeFileSync(join(folder, "a b.js"), text);
      execFileSync("git", ["apply", "-"], { cwd: folder, input: deletionDiff("a b.js", text) });
      expect(existsSync(join(folder, "a b.js"))).toBe(false);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
