import { expect, test } from "vitest";
import { patchOf, plainCommit, plainWorld } from "../../../../test/scenario/plain-world.ts";
import { diagnose } from "../diagnose.ts";
import type { World } from "../world/world.ts";
import { writeReport } from "./write-report.ts";

const unrelated = plainCommit("d", patchOf("docs/readme.md", 1, ["-old", "+new"]));

function reportOf(overrides: Partial<World>): string {
  const world = plainWorld({
    sources: { "src/a.js": "export const a = 1;\n" },
    failing: [],
    message: "x",
    commits: [unrelated],
    overrides,
  });
  return writeReport({
    world,
    diagnosis: diagnose(world),
    changed: null,
    evidenceName: () => "ev_1",
  });
}

const noRepository = { codeMissing: "no repository is registered for this project", range: null };
const noDeployment = { running: null, before: null, revisions: [], range: null };

test("an incident without a stack says that none came and how to send one, and asks for nothing that is there", () => {
  const report = reportOf({});
  expect(report).toContain("the error came without a stack");
  expect(report).toContain("Send the stack with the error: `error.stack` in POST /api/ingest");
  expect(report).not.toMatch(/Register the repository|Report deployments|touches the failing code|frame of the stack/);
});

test.each([
  ["the repository", noRepository, /Register the repository/, /Report deployments/],
  [
    "the deployment",
    { ...noDeployment, codeMissing: "the commit that ran is not known" },
    /Report deployments/,
    /Register/,
  ],
  [
    "the commit",
    { codeMissing: "the repository has no commit abc" },
    /Make the code readable \(the repository has no commit abc\)/,
    /Register|Report dep/,
  ],
] satisfies [string, Partial<World>, RegExp, RegExp][])(
  "where %s alone is missing, that alone is asked for",
  (_what, overrides, asked, notAsked) => {
    const next = reportOf(overrides).split("## What to do next")[1] ?? "";
    expect(next).toMatch(asked);
    expect(next).not.toMatch(notAsked);
  },
);
