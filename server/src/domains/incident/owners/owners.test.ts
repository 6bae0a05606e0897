import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import { createProject } from "../../access/index.ts";
import { anyIncident, queryIncidents } from "../query-incidents.ts";
import { toStore } from "../signal-to-store.ts";
import { moveIncident } from "../status.ts";
import { storeSignals } from "../store-signals.ts";
import { assignIncident } from "./assign-incident.ts";
import { escalateIncident } from "./escalate-incident.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

async function openIncident() {
  const projectId = (await createProject(test_.database.db, { name: `Shop ${newId()}` })).id;
  const signal = plainSignal({ title: "TypeError: x", service: "cart", environment: "production" });
  const fingerprint = { version: 1, hash: createHash("sha256").update(projectId).digest() };
  const item = toStore({ projectId, signal, fingerprint, receivedAt: new Date() });
  const { stored } = await test_.database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
  const incidentId = stored[0]?.incidentId ?? "";
  return { projectId, incidentId };
}

const all = { ...anyIncident, limit: 10 };

async function eventsOf(incidentId: string): Promise<string[]> {
  const { rows } = await test_.database.pool.query<{ event_type: string }>(
    "SELECT event_type FROM workflow_events WHERE incident_id = $1 ORDER BY event_id",
    [incidentId],
  );
  return rows.map(({ event_type }) => event_type).filter((type) => /assigned|escalated/.test(type));
}

describe("who takes care of an incident", () => {
  it("the same assignment again tells nobody a second time, and who has it keeps it where only a free one was asked", async () => {
    const { projectId, incidentId } = await openIncident();
    const assign = (to: string | null, onlyIfNobodys = false) =>
      assignIncident(test_.database, { incidentId, projectId, to, reason: "on call", onlyIfNobodys });
    expect(await assign("ann")).toEqual({ assignedTo: "ann", isChanged: true });
    expect(await assign("ann")).toEqual({ assignedTo: "ann", isChanged: false });
    expect(await assign("bob", true)).toEqual({ assignedTo: "ann", isChanged: false });
    expect(await assign("bob")).toEqual({ assignedTo: "bob", isChanged: true });
    expect(await eventsOf(incidentId)).toEqual(["incident.assigned", "incident.assigned"]);
    const { incidents } = await queryIncidents(test_.database.db, { ...all, projectId });
    expect(incidents[0]).toMatchObject({ assignedTo: "bob", isAcknowledged: true, service: "cart" });
  });

  it("an escalation is one for all tries of it, and none once somebody took the incident up", async () => {
    const { projectId, incidentId } = await openIncident();
    const escalate = (key: string) =>
      escalateIncident(test_.database, {
        incidentId,
        projectId,
        reason: "nobody answered",
        key,
        onlyIfUnacknowledged: true,
      });
    expect(await escalate("a")).toMatchObject({ isEscalated: true, level: 1 });
    expect(await escalate("a")).toMatchObject({ isEscalated: true, level: 1 });
    expect(await escalate("b")).toMatchObject({ isEscalated: true, level: 2 });
    expect(await eventsOf(incidentId)).toEqual(["incident.escalated", "incident.escalated"]);
    await assignIncident(test_.database, { incidentId, projectId, to: "ann", reason: "", onlyIfNobodys: false });
    expect(await escalate("c")).toEqual({ isEscalated: false, level: 2, reason: "Somebody took it up." });
  });

  it("two at once escalate as often as there are keys, never more", async () => {
    const { projectId, incidentId } = await openIncident();
    const escalate = (key: string) =>
      escalateIncident(test_.database, { incidentId, projectId, reason: "", key, onlyIfUnacknowledged: true });
    await Promise.all([escalate("a"), escalate("a"), escalate("b"), escalate("b")]);
    const { incidents } = await queryIncidents(test_.database.db, { ...all, projectId });
    expect(incidents[0]?.escalationLevel).toBe(2);
  });

  it("another project's incident is not there", async () => {
    const { incidentId } = await openIncident();
    const other = await openIncident();
    const request = { incidentId, projectId: other.projectId, reason: "", to: "x", onlyIfNobodys: false };
    await expect(assignIncident(test_.database, request)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(
      escalateIncident(test_.database, { ...request, key: "a", onlyIfUnacknowledged: false }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("queryIncidents", () => {
  it("fits every part of the query, and counts what it does not list", async () => {
    const { projectId, incidentId } = await openIncident();
    const count = async (parts: object) =>
      (await queryIncidents(test_.database.db, { ...all, projectId, ...parts })).count;
    expect(await count({})).toBe(1);
    expect(
      await count({ ids: [incidentId], service: "cart", environment: "production", statuses: ["unresolved"] }),
    ).toBe(1);
    expect(await count({ service: "till" })).toBe(0);
    expect(await count({ openedSince: new Date(Date.now() + 60_000) })).toBe(0);
    expect(await count({ culpritCommit: "abc" })).toBe(0);
    expect(await count({ isRegression: true })).toBe(0);
    await moveIncident(test_.database.db, { incidentId, to: "resolved", reason: "gone" });
    expect(await count({ statuses: ["unresolved"] })).toBe(0);
    expect(await count({ statuses: ["resolved"] })).toBe(1);
    const { incidents } = await queryIncidents(test_.database.db, { ...all, projectId });
    expect(incidents[0]).toMatchObject({ id: toPublicId("inc", incidentId), isAcknowledged: true, assignedTo: null });
  });
});
