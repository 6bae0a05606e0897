import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { makeProject } from "../../../../../test/database/make-project.ts";
import { observeEdges } from "./observe-edges.ts";

const testDatabase = await createTestDatabase();
afterAll(() => testDatabase.drop());
const { database } = testDatabase;
const seenAt = new Date("2026-05-01T12:00:00Z");
const after = (s: number) => new Date(seenAt.getTime() + s * 1000);
const edgeOf = (projectId: string, more: object = {}) => ({
  ...{ projectId, environment: "production", fromKey: "default/production/web", toKey: "default/production/cart" },
  ...{ engine: null, source: "traces" as const, seenAt, ...more },
});
const stored = (projectId: string) =>
  database.db
    .selectFrom("topology_edges")
    .select(["source", "first_seen_at", "last_seen_at"])
    .where("project_id", "=", projectId)
    .execute();

test("an edge that was seen within the last minute is not written again, and a later sight moves it on", async () => {
  const projectId = await makeProject(database);
  expect(await observeEdges(database.db, [edgeOf(projectId), edgeOf(projectId, { seenAt: after(5) })])).toBe(1);
  expect(await observeEdges(database.db, [edgeOf(projectId, { seenAt: after(30) })])).toBe(0);
  expect(await observeEdges(database.db, [edgeOf(projectId, { seenAt: after(90) })])).toBe(1);
  expect(await stored(projectId)).toEqual([{ source: "traces", first_seen_at: after(5), last_seen_at: after(90) }]);
});

test("an edge that somebody declared stays declared when it is seen", async () => {
  const projectId = await makeProject(database);
  await observeEdges(database.db, [edgeOf(projectId, { source: "manual" })]);
  await observeEdges(database.db, [edgeOf(projectId, { seenAt: after(600) })]);
  expect(await stored(projectId)).toEqual([{ source: "manual", first_seen_at: seenAt, last_seen_at: after(600) }]);
});

test("what runs in a dependency is learnt later, and not forgotten by who does not say", async () => {
  const projectId = await makeProject(database);
  for (const engine of [null, "postgresql", null])
    await observeEdges(database.db, [edgeOf(projectId, { toKey: "database:orders", engine })]);
  expect(
    await database.db.selectFrom("dependencies").select("engine").where("project_id", "=", projectId).execute(),
  ).toEqual([{ engine: "postgresql" }]);
});

test("keys that name nothing, and calls of a service to itself, are left out", async () => {
  const projectId = await makeProject(database);
  const edges = [{ toKey: "nothing" }, { fromKey: "database:orders" }, { toKey: "default/production/web" }].map((one) =>
    edgeOf(projectId, one),
  );
  expect(await observeEdges(database.db, edges)).toBe(0);
  expect(
    await database.db.selectFrom("services").select("service_id").where("project_id", "=", projectId).execute(),
  ).toEqual([]);
});

test("twenty writers of the same new edges in different orders end without a deadlock, and each edge is there once", async () => {
  const projectId = await makeProject(database);
  const edges = Array.from({ length: 50 }, (_, n) => edgeOf(projectId, { toKey: `default/production/s${n}` }));
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => observeEdges(database.db, n % 2 === 0 ? edges : edges.toReversed())),
  );
  expect(await stored(projectId)).toHaveLength(50);
});
