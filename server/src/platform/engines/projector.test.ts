import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../test/database/create-test-database.ts";
import { newId } from "../ids/ids.ts";
import { createLog } from "../log/log.ts";
import type { Fact, Projection } from "./projection.ts";
import { forgetLeftEngines, Projector } from "./projector.ts";

const testDatabase = await createTestDatabase();
afterAll(() => testDatabase.drop());
const { database } = testDatabase;
const log = createLog("silent");

/** A projection into memory: what it holds by key, everything that it was handed, and a switch that makes it fail. */
function memory(topic: string) {
  const table = new Map<string, string>();
  const held = new Map<string, string>();
  const applied: Fact[][] = [];
  const state = { fails: false, isForeign: false };
  const projection: Projection = {
    ...{ engine: `memory ${topic}`, topic, batchMax: 2 },
    prepare: async () => undefined,
    clear: async () => {
      held.clear();
      return { isEmpty: true };
    },
    count: async () => table.size,
    list: async (after, limit) =>
      [...table.keys()]
        .toSorted()
        .filter((key) => after === null || key > after)
        .slice(0, limit)
        .map((key) => ({ projectId: newId(), key, isDeleted: false, payload: { value: table.get(key) } })),
    apply: async (facts) => {
      if (state.fails) throw new Error("the engine is away");
      applied.push([...facts]);
      for (const { key, isDeleted, payload } of facts) {
        if (isDeleted) held.delete(key);
        else held.set(key, String(payload.value));
      }
    },
  };
  return { table, held, applied, state, projection, open: () => new Projector({ database, projection, log }) };
}

const write = (topic: string, key: string, value: string, db = database.db) =>
  db
    .insertInto("outbox")
    .values({ project_id: newId(), topic, key, payload: JSON.stringify({ value }) })
    .execute();

test("an engine that was never filled is filled from the tables by pages, then follows the outbox in order", async () => {
  const one = memory("fill");
  for (const key of ["a", "b", "c"]) one.table.set(key, "from the table");
  const seen: string[] = [];
  const projector = one.open();
  await projector.catchUp(({ state, rowsDone, rowsTotal }) => seen.push(`${state} ${rowsDone}/${rowsTotal}`));
  expect(Object.fromEntries(one.held)).toEqual({ a: "from the table", b: "from the table", c: "from the table" });
  expect(seen).toEqual(["clearing 0/0", "filling 0/3", "filling 2/3", "filling 3/3", "ready 3/3"]);
  await write("fill", "b", "first");
  await write("fill", "b", "second");
  await write("fill", "d", "new");
  await projector.catchUp();
  expect(Object.fromEntries(one.held)).toMatchObject({ b: "second", d: "new" });
  expect(await projector.status()).toMatchObject({ state: "ready", waiting: 0, lastError: null });
});

test("a filling that was broken off goes on where it stood", async () => {
  const one = memory("resume");
  for (const key of ["a", "b", "c", "d"]) one.table.set(key, "x");
  const first = one.open();
  while ((await first.status()).rowsDone < 2) await first.step();
  await first.stop();
  one.held.clear();
  await one.open().catchUp();
  expect([...one.held.keys()]).toEqual(["c", "d"]);
});

test("while an engine is away its facts wait, its error is visible, and it goes on by itself", async () => {
  const one = memory("away");
  await one.open().catchUp();
  one.state.fails = true;
  await write("away", "a", "1");
  const projector = one.open();
  projector.start();
  await expect.poll(async () => (await projector.status()).lastError).toBe("the engine is away");
  expect((await projector.status()).waiting).toBe(1);
  one.state.fails = false;
  await expect.poll(() => one.held.get("a"), { timeout: 10_000 }).toBe("1");
  await projector.stop();
  expect(await projector.status()).toMatchObject({ waiting: 0, lastError: null });
});

test("a fact whose transaction ends late is not passed over, although its id is smaller than one that was there before", async () => {
  const one = memory("late");
  const projector = one.open();
  await projector.catchUp();
  const isWritten = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const slow = database.transaction(async (tx) => {
    await write("late", "slow", "1", tx);
    isWritten.resolve();
    await mayEnd.promise;
  });
  await isWritten.promise;
  await write("late", "fast", "2");
  await projector.step();
  expect(one.held.size).toBe(0);
  mayEnd.resolve();
  await slow;
  await projector.catchUp();
  expect(one.applied.flat().map(({ key }) => key)).toEqual(["slow", "fast"]);
});

test("two processes feed an engine one after the other, never at once", async () => {
  const one = memory("two");
  const [first, second] = [one.open(), one.open()];
  await write("two", "a", "1");
  await first.step();
  expect(await first.step()).toBe("worked");
  expect(await second.step()).toBe("busy");
  await first.stop();
  expect(await second.step()).toBe("worked");
});

test("an engine that nobody fed for days is forgotten with its facts, and filled anew when it comes back", async () => {
  const one = memory("left");
  await one.open().catchUp();
  await write("left", "a", "1");
  await database.pool.query("alter table outbox_positions disable trigger user");
  await database.pool.query("update outbox_positions set updated_at = now() - interval '15 days' where topic = 'left'");
  await database.pool.query("alter table outbox_positions enable trigger user");
  expect(await forgetLeftEngines(database, 14)).toEqual(["memory left"]);
  expect(await database.db.selectFrom("outbox").select("id").where("topic", "=", "left").execute()).toEqual([]);
  one.table.set("a", "from the table");
  await one.open().catchUp();
  expect(one.held.get("a")).toBe("from the table");
});
