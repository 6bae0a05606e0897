import type { ErrorSignal } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lineOf, openStage, type Scenario, type ScenarioStage } from "../../../../test/scenario/open-stage.ts";
import { mergeIncidents } from "../incident/index.ts";
import { buildWorld } from "./build-world.ts";
import { loadIncidentFacts } from "./load-facts.ts";

/** What an investigation reads of an incident that several services told of. */

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

const order = "export function orderOf(cart) {\n  return query(cart.table);\n}\n";

async function shop(): Promise<Scenario> {
  const scenario = await stage.scenario();
  scenario.commit("Start", { "src/order.js": order, "src/pay.js": "export const pay = () => 1;\n" });
  await scenario.deploy();
  return scenario;
}

const inOrder = { path: "src/order.js", line: lineOf(order, "query"), fn: "orderOf" };
const inDriver = { path: "node_modules/driver/lib/query.js", line: 3, fn: "query", isInApp: false };

async function merge({ deps, projectId }: Scenario, from: string, into: string): Promise<void> {
  const why = { projectId, reason: "Both are of the same requests.", details: {} };
  expect(await deps.database.transaction((tx) => mergeIncidents(tx, { ...why, from, into }))).toBe(true);
}

test("an incident without code of the project in its stack takes the frames of its part, that of its own service before another's; one with code keeps its own", async () => {
  const scenario = await shop();
  const of = (service: string) => ({ service, traceId: null }) satisfies Partial<ErrorSignal>;
  const whole = await scenario.fail({
    ...{ type: "Error", message: "no such relation", frames: [inDriver], signal: of("orders") },
  });
  const other = await scenario.fail({
    ...{
      type: "Error",
      message: "orders answered 500",
      frames: [{ ...inOrder, path: "src/pay.js", line: 1, fn: "pay" }],
    },
    signal: of("payments"),
  });
  await merge(scenario, other, whole);
  const framesOf = async (id: string) =>
    (await buildWorld(scenario.deps, id)).world.frames.flatMap(({ path, line }) =>
      path === null ? [] : [`${path}:${line}`],
    );
  expect(await framesOf(whole)).toEqual(["src/pay.js:1"]);
  const own = await scenario.fail({
    ...{ type: "Error", message: "order failed", frames: [inOrder], signal: of("orders") },
  });
  await merge(scenario, own, whole);
  expect(await framesOf(whole)).toEqual([`src/order.js:${inOrder.line}`]);
  const { world } = await buildWorld(scenario.deps, whole);
  expect(world.incident.exceptions).toEqual([{ type: "Error", message: "no such relation" }]);
  expect(world.blame.places).not.toEqual([]);

  const last = await scenario.fail({
    ...{
      type: "Error",
      message: "pay failed",
      frames: [{ path: "src/pay.js", line: 1, fn: "pay" }],
      signal: of("payments"),
    },
  });
  await merge(scenario, whole, last);
  expect(await framesOf(last)).toEqual(["src/pay.js:1"]);
});

test("the exception that explains an incident is what is investigated, with its own words, though its caller's came first", async () => {
  const scenario = await shop();
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const of = (service: string, occurredAt: string) =>
    ({ door: "otlp", service, traceId, occurredAt }) satisfies Partial<ErrorSignal>;
  const caller = await scenario.fail({
    ...{ type: "Error", message: "orders answered 500", frames: [{ path: "src/pay.js", line: 1, fn: "pay" }] },
    signal: of("payments", "2026-01-01T00:00:02Z"),
  });
  const callee = await scenario.fail({
    ...{
      type: "RangeError",
      message: "no such relation",
      frames: [inOrder],
      signal: of("orders", "2026-01-01T00:00:01Z"),
    },
  });
  expect(callee).toBe(caller);
  const { exceptions } = await loadIncidentFacts(scenario.deps.database.db, callee);
  expect(exceptions).toMatchObject([
    { type: "RangeError", message: "no such relation", frames: [{ function: "orderOf" }] },
  ]);
});
