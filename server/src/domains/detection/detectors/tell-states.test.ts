import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { openWatch } from "../../../../../test/detection/open-watch.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { listDetectors } from "./list-detectors.ts";
import { tellStates } from "./tell-states.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

test("a condition over series that nobody sends does not look as if it watched: which one is missing is said", async () => {
  const { projectId, set, store, tellMetric, now, pass } = await openWatch(own, recordingQueue());
  const condition = (metric: string, labels: Record<string, string> = {}) => ({
    series: { queue: { metric, labels }, also: { metric: "queue.depth" } },
    condition: "queue.now > 100.0 && also.now > 1.0",
  });
  await set("there", condition("queue.depth"), { kind: "custom" });
  await set("never", condition("queue.nosuch"), { kind: "custom" });
  await set("label", condition("queue.depth", { queue: "mail" }), { kind: "custom" });
  await set("elsewhere", condition("queue.depth"), { kind: "custom", service: "till" });
  await set("apart", condition("jobs"), { kind: "custom" });
  await tellMetric("queue.depth", [4, 5, 6]);
  await tellMetric("jobs", [4, 5, 6], { serviceKey: "default/production/till" });
  const states = async () => {
    const detectors = await listDetectors(own.database.db, projectId);
    const told = await tellStates(own.database, store, { projectId, now: now() }, detectors);
    return Object.fromEntries(told.map((one) => [one.name, [one.state, one.state_reason]]));
  };
  expect(await states()).toMatchObject({
    there: ["watching", null],
    never: ["waiting", "no such series in the last hour: queue.nosuch"],
    label: ["waiting", 'no such series in the last hour: queue.depth{queue="mail"}'],
    elsewhere: ["waiting", "no such series in the last hour of till: queue.depth"],
    apart: ["waiting", "no service has all of its series in the last hour: jobs, queue.depth"],
    "change-point": ["off", null],
  });
  pass(70);
  expect((await states()).there?.[0]).toBe("waiting");
});
