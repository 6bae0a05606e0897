import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type ScenarioStage } from "../../../../../test/scenario/open-stage.ts";
import { readCommits } from "../../change/index.ts";
import { withBroughtCommits } from "./load-brought-commits.ts";
import { loadObservedChanges } from "./load-observed-changes.ts";

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

test("incident time is only a query: what a deployment brought is told by kind for the trouble, with the summaries that were written when it was pushed", async () => {
  const scenario = await stage.scenario();
  const { database } = scenario.deps;
  scenario.commit("first", { "src/cart.js": "1\n" });
  await scenario.deploy();
  const migration = scenario.commit("An index on carts", { "migrations/7.sql": "CREATE INDEX i ON carts (id);\n" });
  scenario.commit("Words", { "README.md": "# Cart\n".repeat(90) });
  const login = scenario.commit("Sign in again", { "src/auth/session.js": "export const session = 1;\n".repeat(9) });
  await scenario.deploy();
  const incident = await scenario.fail({ type: "Error", message: "x", frames: [{ path: "src/cart.js", line: 1 }] });
  await readCommits(scenario.deps, { projectId: scenario.projectId });
  const around = { from: new Date(Date.now() - 24 * 3_600_000), to: new Date() };
  const brought = async () => {
    const changes = await loadObservedChanges(database.db, {
      ...{ projectId: scenario.projectId, environment: "production", ...around },
    });
    return (await withBroughtCommits(database.db, incident, changes))[0]?.brought;
  };
  expect((await brought())?.map(({ sha }) => sha)).toEqual([login, migration]);
  expect((await brought())?.[0]?.summary).toMatch(/^Sign in again\. Touches authentication: \+9 /);
  await sql`UPDATE incidents SET trigger_type = 'p99_regression' WHERE id = ${incident}`.execute(database.owner);
  expect((await brought())?.map(({ sha }) => sha)).toEqual([migration, login]);
});

test("the commit with which the history begins is read last, though the first deployment brought all of its lines", async () => {
  const scenario = await stage.scenario();
  const { database } = scenario.deps;
  const root = scenario.commit("first", { "src/auth/session.js": "export const session = 1;\n".repeat(90) });
  const second = scenario.commit("Round up", { "src/cart.js": "1\n" });
  await scenario.deploy();
  const incident = await scenario.fail({ type: "Error", message: "x", frames: [{ path: "src/cart.js", line: 1 }] });
  await readCommits(scenario.deps, { projectId: scenario.projectId });
  const changes = await loadObservedChanges(database.db, {
    ...{ projectId: scenario.projectId, environment: "production" },
    ...{ from: new Date(Date.now() - 24 * 3_600_000), to: new Date() },
  });
  const [deployment] = await withBroughtCommits(database.db, incident, changes);
  expect(deployment?.brought?.map(({ sha }) => sha)).toEqual([second, root]);
});

test("of a deployment of which no commit is known nothing is said", async () => {
  const scenario = await stage.scenario({ isRegistered: false });
  await scenario.deploy({ release: "2.0.0" });
  const { database } = scenario.deps;
  const around = { from: new Date(Date.now() - 24 * 3_600_000), to: new Date() };
  const changes = await loadObservedChanges(database.db, {
    ...{ projectId: scenario.projectId, environment: "production", ...around },
  });
  expect(await withBroughtCommits(database.db, "018f0000-0000-7000-8000-000000000000", changes)).toEqual(changes);
});
