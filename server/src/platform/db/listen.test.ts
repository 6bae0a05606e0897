import { afterAll, expect, test, vi } from "vitest";
import { createTestDatabase } from "../../../../test/database/create-test-database.ts";

const { database, drop } = await createTestDatabase();
afterAll(drop);
const notify = (channel: string, payload: string) =>
  database.pool.query("select pg_notify($1, $2)", [channel, payload]);

test("every handler of a channel gets each payload, on one connection, until it is removed", async () => {
  const first: string[] = [];
  const second: string[] = [];
  const stopFirst = await database.listen("Some.Channel", (payload) => first.push(payload));
  await database.listen("Some.Channel", (payload) => second.push(payload));
  await database.listen("other", () => undefined);
  await notify("Some.Channel", "one");
  await vi.waitFor(() => expect(second).toEqual(["one"]));
  await stopFirst();
  await notify("Some.Channel", "two");
  await vi.waitFor(() => expect(second).toEqual(["one", "two"]));
  expect(first).toEqual(["one"]);
  const { rows } = await database.pool.query<{ connections: number }>(
    "select count(*) as connections from pg_stat_activity where application_name = 'culprit listen' and datname = current_database()",
  );
  expect(rows).toEqual([{ connections: 1 }]);
});

test("it listens again after its connection broke", async () => {
  const received: string[] = [];
  await database.listen("resilient", (payload) => received.push(payload));
  await database.pool.query(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'culprit listen' and datname = current_database()",
  );
  await vi.waitFor(
    async () => {
      await notify("resilient", "again");
      expect(received).toContain("again");
    },
    { timeout: 10_000 },
  );
});
