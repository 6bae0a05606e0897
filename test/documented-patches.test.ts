import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { protectedPath } from "../server/src/analysis/patch/protected-path.ts";
import { defaultPatchLimits } from "../server/src/analysis/patch/refuse-changes.ts";
import { projectNumbers, projectSettings } from "../server/src/domains/access/index.ts";

/** docs/repair.md, "Patches and proof": its limits, settings and lock files are the code's. */
const page = readFileSync(new URL("../docs/repair.md", import.meta.url), "utf8");
const section = page.slice(page.indexOf("## Patches and proof"), page.indexOf("## Pull requests"));

test("the limits of a patch that docs/repair.md names are the code's", () => {
  const { filesMax, linesMax } = defaultPatchLimits;
  expect(section).toContain(`More than ${filesMax} files, or ${linesMax} lines`);
});

test("every project setting that docs/repair.md sets is there", () => {
  const set = [...section.matchAll(/^culprit project set \S+ (\w+) (\S+)/gm)];
  expect(set.length).toBeGreaterThan(2);
  for (const [, name = "", value = ""] of set)
    expect(Object.keys(/^\d+$/.test(value) ? projectNumbers : projectSettings)).toContain(name);
});

test("every lock file that docs/repair.md says is installed is one that a drafted patch may not touch", () => {
  const table = section.slice(section.indexOf("| Lock file |"), section.indexOf("Regression tests are written"));
  const cells = table
    .split("\n")
    .slice(2)
    .map((row) => row.split("|")[1] ?? "");
  const files = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
  const locks = files.filter((name) => !/[*_]|pom\.xml|build\.gradle/.test(name));
  expect(locks.length).toBeGreaterThan(7);
  for (const name of locks) expect(protectedPath(name, "fix"), name).toContain("lock file");
});
