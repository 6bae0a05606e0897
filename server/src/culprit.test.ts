import { execFileSync, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";

/** A Node of this machine that is too old for Culprit, as whoever calls it from another folder may have. */
const oldNode = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .find((path) => {
    const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
    return /^v2[0-3]\./.test(stdout ?? "");
  });

test.skipIf(oldNode === undefined)(
  "from another folder, by an older Node, the command runs on the Node that came with Culprit",
  () => {
    const entry = join(import.meta.dirname, "culprit.js");
    expect(execFileSync(oldNode ?? "", [entry, "help", "fix"], { cwd: tmpdir(), encoding: "utf8" })).toContain(
      "culprit fix",
    );
    const wrong = spawnSync(oldNode ?? "", [entry, "nonsense"], { cwd: tmpdir(), encoding: "utf8" });
    expect(wrong.status).not.toBe(0);
    expect(wrong.stderr).toContain("nonsense");
  },
);
