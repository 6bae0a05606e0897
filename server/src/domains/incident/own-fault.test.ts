import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createLog } from "../../platform/log/log.ts";
import { openQueue, type Queue } from "../../platform/queue/queue.ts";
import { createProject, houseProject, listProjects } from "../access/index.ts";
import { clearOwnFault, listOwnFaults, reportOwnFault } from "./own-fault.ts";

let own: TestDatabase;
let queue: Queue;
beforeAll(async () => {
  own = await createTestDatabase();
  queue = await openQueue(own.database, createLog("silent"));
});
afterAll(async () => {
  await queue.close(1000);
  await own.drop();
});

const start = Date.UTC(2026, 5, 1, 3);
const depsAt = (minute: number) => ({ database: own.database, queue, now: () => new Date(start + minute * 60_000) });
const faultOf = (fingerprint: string, projectId: string | null = null) => ({
  ...{ projectId, kind: "backup_failed", fingerprint, title: "The nightly backup failed" },
  ...{ detail: "The disk is full. Make room, then run culprit backup.", severity: "high" as const },
});

test("a fault opens one incident, joins it while it stands, and is resolved when it is over", async () => {
  const fault = faultOf(randomUUID());
  const first = await reportOwnFault(depsAt(0), fault);
  const again = await reportOwnFault(depsAt(60), fault);
  expect([first.outcome, again.outcome]).toEqual(["created", "counted"]);
  expect(again.incidentId).toBe(first.incidentId);
  const standing = (await listOwnFaults(own.database.db)).find(({ incidentId }) => incidentId === first.incidentId);
  expect(standing).toMatchObject({
    ...{ kind: "backup_failed", title: fault.title, severity: "high", isHouse: true, times: 2 },
    detail: fault.detail,
  });

  expect(await clearOwnFault(depsAt(61), fault)).toMatchObject({ outcome: "resolved", incidentId: first.incidentId });
  expect((await listOwnFaults(own.database.db)).map(({ incidentId }) => incidentId)).not.toContain(first.incidentId);
  expect((await clearOwnFault(depsAt(62), fault)).outcome).toBe("nothing_to_resolve");
});

test("the same fault after it was resolved reopens its incident at once", async () => {
  const fault = faultOf(randomUUID());
  const { incidentId } = await reportOwnFault(depsAt(0), fault);
  await clearOwnFault(depsAt(1), fault);
  await reportOwnFault(depsAt(2), fault);
  const standing = (await listOwnFaults(own.database.db)).find((one) => one.incidentId === incidentId);
  expect(standing).toMatchObject({ status: "open", times: 2 });
});

test("a fault of a project's own lies in that project, another fingerprint is another incident", async () => {
  const project = await createProject(own.database.db, { name: `p ${randomUUID()}` });
  const one = await reportOwnFault(depsAt(0), faultOf("a", project.id));
  const two = await reportOwnFault(depsAt(0), faultOf("b", project.id));
  expect(one.incidentId).not.toBe(two.incidentId);
  const seen = await listOwnFaults(own.database.asTenant({ userId: null, projectId: project.id }).db);
  expect(seen.map(({ incidentId }) => incidentId).toSorted()).toEqual([one.incidentId, two.incidentId].toSorted());
});

test("there is one house project, made by whoever comes first; no list shows it and no other user sees it", async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, () => houseProject(own.database.db)));
  expect(new Set(ids).size).toBe(1);
  expect((await listProjects(own.database.db)).map(({ name }) => name)).not.toContain("Culprit itself");
  const { rows } = await own.database.pool.query<{ id: string }>(
    "insert into users (id, github_login) values (gen_random_uuid(), 'other') returning id",
  );
  const other = own.database.asTenant({ userId: rows[0]?.id ?? null, projectId: null });
  expect(await other.db.selectFrom("projects").select("id").execute()).toEqual([]);
  expect(await listOwnFaults(other.db)).toEqual([]);
});

test("resolving a fault that never was makes no incident", async () => {
  const cleared = await clearOwnFault(depsAt(0), faultOf(randomUUID()));
  expect(cleared).toMatchObject({ incidentId: null, outcome: "nothing_to_resolve" });
});
