import { expect, test } from "vitest";
import { pathsOfPatch } from "./paths-of-patch.ts";

test("each file once, made, removed, renamed or quoted; lines of a hunk that look like heads are none", () => {
  const patch = [
    ...[
      "diff --git a/a.sql b/a.sql",
      "--- a/a.sql",
      "+++ b/a.sql",
      "@@ -1,2 +1,2 @@",
      "--- a/not-a-file",
      "+++ b/nor-this",
      " x",
    ],
    ...["--- /dev/null", "+++ b/made.ts", "@@ -0,0 +1 @@", "+1"],
    ...["--- a/gone.ts", "+++ /dev/null", "@@ -1 +0,0 @@", "-1"],
    ...["rename from old name.ts", "rename to new name.ts"],
    ...['--- "a/caf\\303\\251 \\"x\\".ts"', '+++ "b/caf\\303\\251 \\"x\\".ts"', "@@ -1 +1 @@", "-1", "+2"],
  ].join("\n");
  expect(pathsOfPatch(patch)).toEqual(["a.sql", "made.ts", "gone.ts", "old name.ts", "new name.ts", 'café "x".ts']);
});
