import { createHash, randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { createProject } from "../access/index.ts";
import { listIncidents } from "./list-incidents.ts";
import { loadIncident } from "./load-incident.ts";
import { mergeIncidents } from "./merge-incidents.ts";
import { moveByHand } from "./move-by-hand.ts";
import { toStore } from "./signal-to-store.ts";
import { moveIncident, system } from "./status.ts";
import { storeSignals } from "./store-signals.ts";

let test_: TestDatabase;
const idle = async () => undefined;
const queue = { enqueue: idle, enqueueMany: idle } as unknown as Queue;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const newTrace = () => randomUUID().replaceAll("-", "");

async function openIncident(projectId: string, title: string, traceId = newTrace()): Promise<string> {
  const hash = createHash("sha256").update(title).digest();
  const signal = plainSignal({ title, traceId });
  const item = toStore({ projectId, signal, fingerprint: { version: 1, hash }, receivedAt: new Date() });
  const { stored } = await test_.database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
  return stored[0]?.incidentId ?? "";
}

test("what was merged names the incident that goes on, in lists, by itself and when somebody reopens it; that one names its parts", async () => {
  const { database } = test_;
  const projectId = (await createProject(database.db, { name: `merged ${randomUUID()}` })).id;
  const into = await openIncident(projectId, "TypeError: quantity");
  const from = await openIncident(projectId, "Error Log: reserve failed");
  const merge = { projectId, from, into, reason: "Both are of the same requests.", details: { joined_by: "traces" } };
  expect(await database.transaction((tx) => mergeIncidents(tx, merge))).toBe(true);
  expect(await database.transaction((tx) => mergeIncidents(tx, merge))).toBe(false);

  const whole = { id: toPublicId("inc", into), title: "TypeError: quantity" };
  const { incidents } = await listIncidents(database.db, { projectId, limit: 10 });
  expect(incidents.map(({ status, part_of, occurrence_count }) => ({ status, part_of, occurrence_count }))).toEqual([
    { status: "resolved", part_of: whole, occurrence_count: 1 },
    { status: "open", part_of: null, occurrence_count: 2 },
  ]);
  expect((await loadIncident(database.db, into, projectId)).parts).toMatchObject([
    { id: toPublicId("inc", from), title: "Error Log: reserve failed", verdict: null },
  ]);

  const reopen = { incidentId: from, projectId, to: "open" as const, reason: "by mistake", actor: system };
  const refused = database.transaction((tx) => moveByHand(tx, queue, reopen));
  await expect(refused).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining(`It is a part of ${whole.id} (TypeError: quantity)`),
    details: { field: "status", provided: "open" },
  });
  // Nor does a workflow's step, or an occurrence that comes late.
  expect(await moveIncident(database.db, { incidentId: from, to: "open", reason: "a step" })).toBe(false);
  expect((await loadIncident(database.db, from, projectId)).summary).toMatchObject({
    status: "resolved",
    part_of: whole,
  });

  // Resolved by somebody, the one that is left is reopened as ever, and its part stays a part.
  await database.transaction((tx) => moveByHand(tx, queue, { ...reopen, incidentId: into, to: "resolved" }));
  expect(await database.transaction((tx) => moveByHand(tx, queue, { ...reopen, incidentId: into }))).not.toBeNull();
  const { rows } = await sql<{ type: string }>`
    SELECT event_type AS type FROM workflow_events WHERE project_id = ${projectId} AND event_type LIKE 'incident.%' AND incident_id = ${from}
    ORDER BY created_at`.execute(database.db);
  expect(rows.map(({ type }) => type)).toEqual(["incident.opened", "incident.merged"]);
});

test("what was merged into what was merged later names the one that goes on, which names both as its parts and charts the occurrences of all three once for each request", async () => {
  const { database } = test_;
  const projectId = (await createProject(database.db, { name: `merged ${randomUUID()}` })).id;
  const [first, second, whole] = [
    await openIncident(projectId, "Error Log: reserve failed"),
    await openIncident(projectId, "HTTP 500 of checkout"),
    await openIncident(projectId, "TypeError: quantity"),
  ];
  // A request of its own, one that the whole is told of too, and one more of the whole.
  await openIncident(projectId, "HTTP 500 of checkout");
  const both = newTrace();
  await openIncident(projectId, "TypeError: quantity", both);
  const other = await openIncident(projectId, "Error Log: price failed", both);
  const chart = async (id: string) =>
    (await loadIncident(database.db, id, projectId)).series.points.reduce((sum, { count }) => sum + count, 0);
  expect(await chart(second)).toBe(2);
  const why = { projectId, reason: "Both are of the same requests.", details: {} };
  for (const [from, into] of [
    [first, second],
    [second, whole],
    [other, whole],
  ] as const)
    expect(await database.transaction((tx) => mergeIncidents(tx, { ...why, from, into }))).toBe(true);

  const goesOn = { id: toPublicId("inc", whole), title: "TypeError: quantity" };
  const { incidents } = await listIncidents(database.db, { projectId, limit: 10 });
  const partOfAll = incidents.filter(({ status }) => status === "resolved").map(({ part_of }) => part_of);
  expect(partOfAll).toEqual([goesOn, goesOn, goesOn]);
  const reopen = { incidentId: first, projectId, to: "open" as const, reason: "by mistake", actor: system };
  await expect(database.transaction((tx) => moveByHand(tx, queue, reopen))).rejects.toThrow(
    `It is a part of ${goesOn.id} (TypeError: quantity), which goes on`,
  );
  const record = await loadIncident(database.db, whole, projectId);
  expect(record.parts.map(({ title }) => title)).toEqual([
    "Error Log: reserve failed",
    "HTTP 500 of checkout",
    "Error Log: price failed",
  ]);
  expect(record.summary.occurrence_count).toBe(5);
  expect(await chart(whole)).toBe(5);
});
