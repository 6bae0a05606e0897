import { afterAll, beforeAll, expect, test } from "vitest";
import { announceMaintenance, listDetectors, tellStates } from "../server/src/domains/detection/index.ts";
import { prepareSignal, storeSignals } from "../server/src/domains/incident/index.ts";
import { readOtlpTraces } from "../server/src/vendors/otlp/index.ts";
import { createTestDatabase, type TestDatabase } from "./database/create-test-database.ts";
import { openWatch, type Watch } from "./detection/open-watch.ts";
import { exportOf, spansOfRequest } from "./live-traffic.ts";
import { recordingQueue } from "./queue/recording-queue.ts";

/** Maintenance and detectors on a new installation, by real OTLP, the gate and the sentinel over the real database with a clock of their own. */

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

/** A request that the front answered with 500, without an exception, as its exporter sends it. */
async function fail(watch: Watch): Promise<void> {
  const at = watch.now();
  const spans = spansOfRequest(
    { service: "front", route: "/", ownMs: 5, exception: "Error: hidden" },
    at.getTime() - 1000,
  );
  for (const { span } of spans) span.events = [];
  const { events } = readOtlpTraces(Buffer.from(JSON.stringify(exportOf(spans, "front", null))), "application/json", {
    receivedAt: at,
    fallbackService: "shop",
  });
  const items = events.map((signal) => prepareSignal(watch.projectId, signal, at));
  await test_.database.transaction((tx) => storeSignals(tx, items, { payloadsPerIncident: 5 }));
}

test("5xx answers that spans tell of during a maintenance are suppressed with its reason, and approved when they go on after it", async () => {
  const watch = await openWatch(test_, recordingQueue());
  const nowMs = watch.now().getTime();
  await announceMaintenance(test_.database, {
    ...{ projectId: watch.projectId, service: "front", reason: "moving the database", by: "a test" },
    ...{ startsAt: new Date(nowMs - 600_000), endsAt: new Date(nowMs + 600_000) },
  });
  await fail(watch);
  await watch.gate();
  const [incident] = await watch.incidents();
  expect(incident).toMatchObject({ title: "HTTP 500: GET /", status: "suppressed" });
  expect((await watch.decisions(incident?.id ?? "")).at(-1)).toMatchObject({
    rationale: expect.stringContaining("It began during maintenance (moving the database)"),
    details: { rule: "maintenance" },
  });
  watch.pass(5);
  await fail(watch);
  await watch.look();
  expect(await watch.incidents()).toMatchObject([{ status: "suppressed" }]);
  watch.pass(6);
  await fail(watch);
  await watch.look();
  expect(await watch.incidents()).toMatchObject([{ status: "triaged" }]);
  await watch.close();
});

test("a detector says whether it watches, learns or waits", async () => {
  const watch = await openWatch(test_, recordingQueue());
  const of = { projectId: watch.projectId };
  const states = async () => {
    const detectors = await listDetectors(test_.database.db, watch.projectId);
    const told = await tellStates(test_.database, watch.store, { ...of, now: watch.now() }, detectors);
    return Object.fromEntries(told.map(({ name, state, state_reason }) => [name, [state, state_reason]]));
  };
  expect(await states()).toMatchObject({
    "change-point": ["off", null],
    "crash-loop": ["watching", null],
    p99: ["waiting", "no service told of requests within the last 75 minutes"],
  });
  await watch.tell(10, () => ({ requests: 5, errors: 0, p99: 80 }));
  expect(await states()).toMatchObject({
    "error-rate": ["watching", null],
    p99: ["learning", expect.stringMatching(/^\d+ of 30 minutes of p99 before the last 4$/)],
  });
  await watch.tell(70, () => ({ requests: 5, errors: 0, p99: 80 }));
  expect(await states()).toMatchObject({ p99: ["watching", null] });
  await watch.close();
});
