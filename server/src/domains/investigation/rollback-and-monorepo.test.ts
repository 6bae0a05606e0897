import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type ScenarioStage } from "../../../../test/scenario/open-stage.ts";
import { buildWorld } from "./build-world.ts";
import { investigateIncident } from "./investigate-incident.ts";

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

const bare = "export function total(order) {\n  return order.items.length;\n}\n";
const guarded = bare.replace("  return", "  if (order.items === undefined) return 0;\n  return");

test("after a rollback what it took out is blamed, not what was there all along", async () => {
  const scenario = await stage.scenario();
  const first = scenario.commit("total", { "src/total.js": bare });
  await scenario.deploy();
  scenario.commit("guard empty orders", { "src/total.js": guarded });
  scenario.commit("readme", { "README.md": "# Shop\n" });
  await scenario.deploy();
  await scenario.deploy({ commit_sha: first });
  const incident = await scenario.fail({
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'length')",
    frames: [{ path: "src/total.js", line: 2, fn: "total" }],
    signal: { commitSha: first },
  });
  const { world } = await buildWorld(scenario.deps, incident);
  expect(world.range).toMatchObject({ isRollback: true, currentCommit: first });
  expect(world.range?.commits.map(({ subject }) => subject)).toEqual(["readme", "guard empty orders"]);
  const found = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(found.verdict).not.toBe("inconclusive");
  expect(found).toMatchObject({ culpritCommit: null, culpritChange: world.running?.deploymentEventId });
  expect(found.summary).toMatch(/^(Likely cause|Cause): Going back to .*guard empty orders/);
  const { rows } = await sql<{ is_rollback: boolean; commits: number }>`
    SELECT is_rollback, cardinality(commit_shas) AS commits FROM deployment_commit_ranges WHERE project_id = ${scenario.projectId} ORDER BY is_rollback DESC LIMIT 1`.execute(
    scenario.deps.database.db,
  );
  expect(rows).toEqual([{ is_rollback: true, commits: 2 }]);
});

test("where it is not known what ran before, the last twenty commits stand in for what was deployed, and the report warns of it", async () => {
  const scenario = await stage.scenario();
  for (let at = 1; at <= 24; at += 1) scenario.commit(`note ${at}`, { "notes.md": `${at}\n` });
  const wrote = scenario.commit("total", { "src/total.js": bare });
  await scenario.deploy();
  const incident = await scenario.fail({
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'length')",
    frames: [{ path: "src/total.js", line: 2, fn: "total" }],
  });
  const { world } = await buildWorld(scenario.deps, incident);
  expect(world.range).toMatchObject({ previousCommit: null, isApproximate: true });
  expect(world.range?.commits.map(({ subject }) => subject)).toEqual([
    "total",
    ...Array.from({ length: 19 }, (_, at) => `note ${24 - at}`),
  ]);
  const found = await investigateIncident(scenario.deps, { incidentId: incident });
  expect(found.hypotheses.find(({ commitSha }) => commitSha === wrote)?.confidence).toBeLessThanOrEqual(0.6);
  const { rows } = await sql<{ report_markdown: string }>`
    SELECT report_markdown FROM incident_reports WHERE incident_id = ${incident}`.execute(scenario.deps.database.db);
  expect(rows[0]?.report_markdown).toContain(
    "The revision that ran before, which is not known: the last 20 commits stand in for what was deployed.",
  );
});

test("of a massive release as many commits are read as of any other, and what was not read is said", async () => {
  const scenario = await stage.scenario();
  scenario.commit("first", { "src/total.js": guarded });
  await scenario.deploy();
  const culprit = scenario.commit("drop the guard", { "src/total.js": bare });
  scenario.commitMany(520);
  await scenario.deploy();
  const incident = await scenario.fail({
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'length')",
    frames: [{ path: "src/total.js", line: 2, fn: "total" }],
  });
  const { world } = await buildWorld(scenario.deps, incident);
  expect(world.range).toMatchObject({ previousCommit: expect.any(String), isApproximate: true });
  expect(world.range?.commits.length).toBeGreaterThan(50);
  expect(world.olderCommits.has(culprit) || world.range?.commits.some(({ sha }) => sha === culprit)).toBe(true);
  await investigateIncident(scenario.deps, { incidentId: incident });
  const { rows } = await sql<{ report_markdown: string }>`
    SELECT report_markdown FROM incident_reports WHERE incident_id = ${incident}`.execute(scenario.deps.database.db);
  expect(rows[0]?.report_markdown).toContain(
    `more came with the deployment than the newest ${world.range?.commits.length}, which were.`,
  );
});

test("in a repository of several services another one's commits are told apart, by folder or as declared, and the owner is named", async () => {
  const scenario = await stage.scenario();
  scenario.commit("first", {
    "services/cart/total.js": bare,
    "services/tax/rate.js": "export const rate = 0.1;\n",
    ".github/CODEOWNERS": "* @shop/all\n/services/cart/ @shop/cart\n",
  });
  await scenario.deploy({ service: "cart-service" });
  scenario.commit("tax: a new rate", { "services/tax/rate.js": "export const rate = 0.2;\n" });
  await scenario.deploy({ service: "cart-service" });
  const incident = await scenario.fail({
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'length')",
    frames: [{ path: "services/cart/total.js", line: 2, fn: "total" }],
    signal: { service: "cart-service" },
  });
  const { world } = await buildWorld(scenario.deps, incident);
  expect(world.ownPaths).toEqual(["/services/cart/"]);
  expect(world.owner).toEqual({ path: "services/cart/total.js", owners: ["@shop/cart"] });
  expect((await investigateIncident(scenario.deps, { incidentId: incident })).culpritCommit).toBeNull();
  await sql`
    INSERT INTO service_paths (service_id, project_id, pattern)
    SELECT service_id, project_id, '/services/' FROM services WHERE project_id = ${scenario.projectId} AND service_name = 'cart-service'`.execute(
    scenario.deps.database.db,
  );
  expect((await buildWorld(scenario.deps, incident)).world.ownPaths).toEqual(["/services/"]);
});
