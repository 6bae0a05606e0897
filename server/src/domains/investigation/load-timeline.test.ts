import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Scenario, type ScenarioStage } from "../../../../test/scenario/open-stage.ts";
import { loadIncidentFacts, loadTimeline } from "./load-facts.ts";

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

/** The releases that a failure of the named service (null: none was named) is weighed against. */
async function releasesFor({ deps, fail }: Scenario, service: string | null): Promise<(string | null)[]> {
  const frames = [{ path: "src/cart.js", line: 1 }];
  const id = await fail({ type: "TypeError", message: `in ${service}`, frames, signal: { service } });
  const { db } = deps.database;
  return (await loadTimeline(db, await loadIncidentFacts(db, id))).map(({ release }) => release);
}

test("a signal that names no service stands on the deployments of the service called like its project", async () => {
  const scenario = await stage.scenario({ isRegistered: false, name: "My Shop" });
  await scenario.deploy({ service: "my-shop", release: "shop 1" });
  await scenario.deploy({ service: "worker", release: "worker 1" });
  await scenario.deploy({ service: "my-shop", release: "shop 2" });
  expect(await releasesFor(scenario, null)).toEqual(["shop 1", "shop 2"]);
  expect(await releasesFor(scenario, "worker")).toEqual(["worker 1"]);
});

test("where only one service is deployed, a signal that names none stands on it, whatever it is called", async () => {
  const scenario = await stage.scenario({ isRegistered: false });
  await scenario.deploy({ service: "api", release: "api 1" });
  expect(await releasesFor(scenario, null)).toEqual(["api 1"]);
});

test("where several are deployed and none is called like the project, nothing is guessed", async () => {
  const scenario = await stage.scenario({ isRegistered: false });
  for (const service of ["api", "worker"]) await scenario.deploy({ service, release: `${service} 1` });
  expect(await releasesFor(scenario, null)).toEqual([]);
});
