import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type ScenarioStage } from "../../../../test/scenario/open-stage.ts";
import { registerRepository } from "../change/index.ts";
import { investigateIncident } from "./investigate-incident.ts";
import { loadFrameCode } from "./load-frame-code.ts";

let stage: ScenarioStage;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "culprit-several-"));
  stage = await openStage();
});
afterAll(async () => {
  await stage.drop();
  rmSync(folder, { recursive: true, force: true });
});

const bare = "export function total(order) {\n  return order.items.length;\n}\n";

/** A repository that has nothing to do with the failure. */
function otherRepository(name: string): string {
  const url = join(folder, name);
  execFileSync("git", ["init", "-q", "-b", "main", url]);
  const person = ["-c", "user.name=Bob", "-c", "user.email=bob@example.com"];
  execFileSync("git", ["-C", url, ...person, "commit", "-q", "--allow-empty", "-m", name]);
  return url;
}

test("a second look finds what the first found, though other repositories of the project were fetched meanwhile", async () => {
  const scenario = await stage.scenario();
  const { deps, projectId } = scenario;
  scenario.commit("start", { "src/total.js": bare.replace("  return", "  if (!order.items) return 0;\n  return") });
  await scenario.deploy();
  const culprit = scenario.commit("drop the guard", { "src/total.js": bare });
  await scenario.deploy();
  const incidentId = await scenario.fail({
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'length')",
    frames: [{ path: "src/total.js", line: 2, fn: "total" }],
  });
  const first = await investigateIncident(deps, { incidentId });
  expect(first).toMatchObject({ verdict: "confirmed", culpritCommit: culprit });

  await registerRepository(deps, { projectId, url: otherRepository("cart") });
  await registerRepository(deps, { projectId, url: otherRepository("tax") });
  const second = await investigateIncident(deps, { incidentId });
  expect(second).toMatchObject({ verdict: "confirmed", culpritCommit: culprit, confidence: first.confidence });
  expect(await loadFrameCode(deps, incidentId)).toMatchObject([{ path: "src/total.js" }]);
});

test("a commit that none of the repositories has is said of all that were looked through", async () => {
  const scenario = await stage.scenario();
  scenario.commit("start", { "src/total.js": bare });
  await scenario.deploy();
  await registerRepository(scenario.deps, { projectId: scenario.projectId, url: otherRepository("lone") });
  const commitSha = "d".repeat(40);
  const incidentId = await scenario.fail({
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'length')",
    frames: [{ path: "src/total.js", line: 2, fn: "total" }],
    signal: { commitSha },
  });
  const found = await investigateIncident(scenario.deps, { incidentId });
  expect(found.summary).toContain("none of the 2 repositories that were looked through has the commit dddddddddd");
});
