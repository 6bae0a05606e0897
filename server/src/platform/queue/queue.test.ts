import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createLog } from "../log/log.ts";
import { openQueue, type Queue } from "./queue.ts";

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

const enqueue = (projectId: string) =>
  own.database.transaction((tx) => queue.enqueue(tx, "gate", { projectId }, { key: projectId }));

test("a job exists only if the transaction commits, and jobs that wait behind another are taken at once", async () => {
  const done: string[] = [];
  const all = Promise.withResolvers<void>();
  const rolledBack = own.database.transaction(async (tx) => {
    await queue.enqueue(tx, "gate", { projectId: "rolled back" }, { key: "rolled back" });
    throw new Error("no");
  });
  await expect(rolledBack).rejects.toThrow("no");
  for (let i = 0; i < 20; i++) await enqueue(`p${i}`);
  const startedAtMs = performance.now();
  await queue.work("gate", 1, async ({ projectId }) => {
    done.push(projectId);
    if (done.length === 20) all.resolve();
  });
  await all.promise;
  expect(done.sort()).toEqual(Array.from({ length: 20 }, (_, i) => `p${i}`).sort());
  // One poll for each would take forty seconds: this is about being woken, not about speed.
  expect(performance.now() - startedAtMs).toBeLessThan(20_000);
});
