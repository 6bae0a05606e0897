import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type ScenarioStage } from "../../../../test/scenario/open-stage.ts";
import { openLocalRepository } from "../../vendors/git/index.ts";
import { blameCommits } from "./blame-commits.ts";
import { investigateIncident } from "./investigate-incident.ts";

let stage: ScenarioStage;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "culprit-shallow-"));
  stage = await openStage();
});
afterAll(async () => {
  await stage.drop();
  rmSync(folder, { recursive: true, force: true });
});

test("the commit at which a shallow clone ends is not blamed; the answer says so, and blames again once the clone is whole", async () => {
  const scenario = await stage.scenario();
  const { database, git } = scenario.deps;
  const bare = "export function total(order) {\n  return order.items.length;\n}\n";
  scenario.commit("start", { "src/total.js": bare.replace("  return", "  if (!order.items) return 0;\n  return") });
  await scenario.deploy();
  const culprit = scenario.commit("drop the guard", { "src/total.js": bare });
  const tip = scenario.commit("readme", { "README.md": "# Shop\n" });
  await scenario.deploy();
  const whole = await database.db
    .selectFrom("repositories")
    .select(["id", "url"])
    .where("project_id", "=", scenario.projectId)
    .executeTakeFirstOrThrow();
  const clone = join(folder, "clone");
  execFileSync("git", ["clone", "-q", "--depth", "1", `file://${whole.url}`, clone]);
  await git.forget(whole.id);
  await database.db.updateTable("repositories").set({ url: clone }).where("id", "=", whole.id).execute();
  const frame = { path: "src/total.js", line: 2, fn: "total" };
  const incidentId = await scenario.fail({
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'length')",
    frames: [frame],
  });

  const cut = await investigateIncident(scenario.deps, { incidentId });
  expect(cut).toMatchObject({ verdict: "inconclusive", culpritCommit: null });
  expect(cut.hypotheses.map(({ commitSha }) => commitSha)).not.toContain(tip);
  expect(cut.summary).toContain("the clone is shallow");
  expect(cut.missing).toContainEqual(expect.stringContaining("git fetch --unshallow"));
  const local = await openLocalRepository(clone);
  const frames = [{ file: frame.path, line: frame.line }];
  expect(await blameCommits({ repository: local, commit: tip, frames })).toEqual({
    commits: [],
    warnings: [expect.stringContaining("git fetch --unshallow")],
  });

  execFileSync("git", ["-C", clone, "fetch", "-q", "--unshallow"]);
  await git.fetch({ id: whole.id, url: clone });
  const mended = await investigateIncident(scenario.deps, { incidentId });
  expect(mended.culpritCommit).toBe(culprit);
  expect(mended.missing).not.toContainEqual(expect.stringContaining("shallow"));
});
