import { createHash } from "node:crypto";
import type { IncidentStatus } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createProject } from "../access/index.ts";
import { type SignalToStore, toStore } from "./signal-to-store.ts";
import { moveIncident, moveIncidents, system } from "./status.ts";
import { storeSignals } from "./store-signals.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

async function newProject() {
  return (await createProject(test_.database.db, { name: `Shop ${newId()}` })).id;
}

function signals(projectId: string, count: number): SignalToStore[] {
  return Array.from({ length: count }, (_, i) => {
    const frames = [{ file: "src/cart.js", function: `f${i}`, line: 3, column: 7, isInApp: true }];
    const exceptions = [{ type: "TypeError", message: `m${i}`, frames }];
    const signal = plainSignal({ exceptions, title: `TypeError: m${i}`, service: "cart", environment: "production" });
    const fingerprint = { version: 1, hash: createHash("sha256").update(`${i}`).digest() };
    return toStore({ projectId, signal, fingerprint, receivedAt: new Date() });
  });
}

const store = (items: readonly SignalToStore[]) =>
  test_.database.transaction((tx) => storeSignals(tx, items, { payloadsPerIncident: 5 }));

async function eventsOf(projectId: string) {
  const { rows } = await test_.database.pool.query<{
    type: string;
    subject: string;
    payload: Record<string, unknown>;
    incident_id: string;
  }>(
    "SELECT event_type AS type, subject, payload, incident_id FROM workflow_events WHERE project_id = $1 ORDER BY event_id",
    [projectId],
  );
  return rows;
}

test("an incident that opens is an event with what conditions ask about, its new service by name; a repeat is none", async () => {
  const projectId = await newProject();
  const [first] = (await store(signals(projectId, 1))).stored;
  await store(signals(projectId, 1).map((item) => ({ ...item, eventKey: newId() })));
  const events = await eventsOf(projectId);
  expect(events).toHaveLength(1);
  const payload = events[0]?.payload ?? {};
  expect(events[0]).toMatchObject({ type: "incident.opened", incident_id: first?.incidentId });
  expect(events[0]?.subject).toBe(`incident:${payload.id}`);
  expect(payload).toMatchObject({
    id: expect.stringMatching(/^inc_/),
    title: "TypeError: m0",
    status: "open",
    environment: "production",
    service: "cart",
    error_type: "TypeError",
    url: `/incidents/${payload.id}`,
  });
});

test("each move that somebody or the gate decides on is an event with its reason; the runner's steps and a refused move are none", async () => {
  const projectId = await newProject();
  const [first] = (await store(signals(projectId, 1))).stored;
  const incidentId = first?.incidentId ?? "";
  const path: IncidentStatus[] = [
    "triaged",
    "investigating",
    "diagnosed",
    "pr_created",
    "resolved",
    "open",
    "suppressed",
  ];
  for (const to of path)
    expect(await moveIncident(test_.database.db, { incidentId, to, reason: `to ${to}` })).toBe(true);
  expect(await moveIncident(test_.database.db, { incidentId, to: "diagnosed", reason: "no" })).toBe(false);
  const events = await eventsOf(projectId);
  expect(events.map(({ type, payload }) => [type, payload.status, payload.reason])).toEqual([
    ["incident.opened", "open", "A failure that was not seen before."],
    ["incident.approved", "triaged", "to triaged"],
    ["incident.diagnosed", "diagnosed", "to diagnosed"],
    ["incident.resolved", "resolved", "to resolved"],
    ["incident.reopened", "open", "to open"],
    ["incident.suppressed", "suppressed", "to suppressed"],
  ]);
});

test("a storm of 2,000 new incidents is 2,000 events and not one statement more than a single one takes", async () => {
  const statements = async (count: number) => {
    const projectId = await newProject();
    let counted = 0;
    await test_.database.transaction(async (tx) => {
      const counting = tx.withPlugin({
        transformQuery: ({ node }) => {
          counted += 1;
          return node;
        },
        transformResult: async ({ result }) => result,
      });
      await storeSignals(counting as typeof tx, signals(projectId, count), { payloadsPerIncident: 5 });
    });
    return { counted, projectId };
  };
  const one = await statements(1);
  const storm = await statements(2000);
  const events = await eventsOf(storm.projectId);
  expect(events).toHaveLength(2000);
  expect(storm.counted).toBe(one.counted);
  const moves = events.map(({ incident_id }) => ({ incidentId: incident_id, reason: "all", details: {} }));
  const moved = await moveIncidents(test_.database.db, { to: "resolved", actor: system, moves });
  expect(moved.size).toBe(2000);
  expect((await eventsOf(storm.projectId)).filter(({ type }) => type === "incident.resolved")).toHaveLength(2000);
});
