import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Scenario, type ScenarioStage } from "../../../../test/scenario/open-stage.ts";
import { buildWorld } from "./build-world.ts";
import { investigateIncident } from "./investigate-incident.ts";
import { loadInvestigation } from "./load-investigation.ts";
import { watchRevisions } from "./watch-revisions.ts";

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

const source = "export function total(cart) {\n  return cart.sum * 2;\n}\n";
const fail = (scenario: Scenario, message: string, line = 2) =>
  scenario.fail({ type: "TypeError", message, frames: [{ path: "src/cart.js", line }] });

/** A shop that has been deployed once. */
async function deployedShop(): Promise<Scenario> {
  const scenario = await stage.scenario();
  scenario.commit("Start", { "src/cart.js": source });
  await scenario.deploy();
  return scenario;
}

/** Its next release. */
async function deployNext(scenario: Scenario): Promise<void> {
  scenario.commit("Triple it", { "src/cart.js": source.replace("2", "3") });
  await scenario.deploy();
}

test("other failures of the revision before are counted while it ran, the incident's own and later ones are not", async () => {
  const scenario = await deployedShop();
  await fail(scenario, "coupon is missing", 1);
  await fail(scenario, "basket is missing", 1);
  await fail(scenario, "basket is missing", 1);
  await deployNext(scenario);
  const incident = await fail(scenario, "sum is missing");
  await fail(scenario, "coupon is missing", 1);
  const { world } = await buildWorld(scenario.deps, incident);
  expect(world.watchBefore).toMatchObject({ signals: 3, ranMs: 180_000 });
});

test("a failure that names another revision does not show that this one was used, one that names none does", async () => {
  const scenario = await deployedShop();
  const named = (message: string, release: string | null) =>
    scenario.fail({
      type: "TypeError",
      message,
      frames: [{ path: "src/cart.js", line: 1 }],
      signal: { release, commitSha: null },
    });
  await named("coupon is missing", "shop@9");
  await named("basket is missing", null);
  const incident = await fail(scenario, "sum is missing");
  const { facts } = await buildWorld(scenario.deps, incident);
  const fromAt = new Date(facts.firstAt.getTime() - 3_600_000).toISOString();
  const until = facts.firstAt.toISOString();
  const watch = (release: string) =>
    watchRevisions(scenario.deps.database.db, facts, [{ revision: { commitSha: null, release, fromAt }, until }]);
  expect(await watch("shop@9")).toMatchObject([{ signals: 2 }]);
  expect(await watch("shop@1")).toMatchObject([{ signals: 1 }]);
});

test("where nothing came from the revision before, evidence and report say so, and the report names its time", async () => {
  const scenario = await deployedShop();
  await deployNext(scenario);
  const incident = await fail(scenario, "sum is missing");
  const startedAt = new Date().toISOString();
  await investigateIncident(scenario.deps, { incidentId: incident });
  const { hypotheses, report } = await loadInvestigation(scenario.deps.database.db, incident);
  const said = hypotheses.flatMap((one) => one.for).find(({ text }) => text.includes("the revision before"));
  expect(said?.text).toContain("before this project took in signals, and no other signal came from it");
  expect(report?.markdown).toContain("where this failure was not seen");
  const asOf = /1 occurrence in production.* \(as of (\S+)\)\./.exec(report?.markdown ?? "")?.[1];
  expect(asOf !== undefined && asOf >= startedAt).toBe(true);
});

test("the running revision is watched until a setting was changed, in the same statement", async () => {
  const scenario = await deployedShop();
  await fail(scenario, "coupon is missing", 1);
  await scenario.change({
    service: "shop",
    change_kind: "env_var",
    resource_name: "shop",
    changes: [{ field: "SUM", old_value: "50", new_value: "0" }],
  });
  const { world } = await buildWorld(scenario.deps, await fail(scenario, "sum is missing"));
  expect(world.watchBefore).toBeNull();
  expect(world.configChanges.map(({ watchBefore }) => watchBefore)).toMatchObject([{ signals: 1, ranMs: 90_000 }]);
});
