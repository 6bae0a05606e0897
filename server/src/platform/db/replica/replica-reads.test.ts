import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../../../../test/culprit/start-culprit.ts";
import { hasDebianPostgres, startDebianPostgres } from "../../../../../test/database/start-debian-postgres.ts";
import { type Replica, startReplica } from "../../../../../test/database/start-replica.ts";
import { createProject, localUser } from "../../../domains/access/index.ts";
import { newId } from "../../ids/ids.ts";
import { silentLog } from "../database-log.ts";
import { migrateUp } from "../migrations/migrate-up.ts";
import { type Database, openDatabase } from "../open-database.ts";

const LAG_MAX_MS = 500;

/** A primary, its replica, and Culprit's database over both. */
let primary: Awaited<ReturnType<typeof startDebianPostgres>>;
let replica: Replica;
let database: Database;
beforeAll(async () => {
  if (!hasDebianPostgres) return;
  primary = await startDebianPostgres({ wal_level: "replica" });
  const first = await openDatabase({ kind: "url", url: primary.url, allowInsecure: false }, { log: silentLog });
  await migrateUp({ pool: first.pool, log: silentLog });
  await first.close();
  replica = await startReplica(primary.folder);
  database = await openDatabase(
    {
      ...{ kind: "url", url: primary.url, allowInsecure: false },
      replica: { url: replica.url, allowInsecure: false, lagMaxMs: LAG_MAX_MS },
    },
    { log: silentLog },
  );
}, 60_000);
afterAll(async () => {
  await database?.close();
  await replica?.stop();
  await primary?.stop();
});

const watch = () => {
  if (database.replica === null) throw new Error("there is no replica");
  return database.replica.watch;
};
/** Looks until the replica stands so. */
const until = (status: string) =>
  eventually(
    async () => {
      await watch().look();
      return watch().view.status;
    },
    (seen) => seen === status,
  );
const namesOf = async (userId: string, wroteAtMs: number | null = null) => {
  const read = await database.read({ userId, projectId: null }, wroteAtMs, (db) =>
    db.selectFrom("projects").select("name").execute(),
  );
  return { source: read.source, reason: read.reason, names: read.value.map(({ name }) => name) };
};

test.skipIf(!hasDebianPostgres)("lists are read from a real streaming replica, as the same tenant", async () => {
  const owner = await localUser(database.db);
  await createProject(database.db, { name: "shop" }, owner);
  await until("in_use");
  await eventually(
    async () => (await namesOf(owner)).names.length,
    (count) => count === 1,
  );
  expect(await namesOf(owner)).toEqual({ source: "replica", reason: null, names: ["shop"] });
  expect((await namesOf(newId())).names).toEqual([]);
  const write = database.read({ userId: owner, projectId: null }, null, (db) =>
    db.updateTable("projects").set({ name: "written" }).returning("name").execute(),
  );
  // A read that writes falls back, so a mistake is found by its source and not by a failure at three in the morning.
  expect((await write).source).toBe("primary");
  await database.db.updateTable("projects").set({ name: "shop" }).execute();
  await until("in_use");
});

test.skipIf(!hasDebianPostgres)(
  "who just wrote reads from the primary until the replica shows it, others do not wait",
  async () => {
    const owner = await localUser(database.db);
    await until("in_use");
    await replica.pause();
    await createProject(database.db, { name: "news" }, owner);
    const wroteAtMs = Date.now();
    const mine = await namesOf(owner, wroteAtMs);
    expect(mine.source).toBe("primary");
    expect(mine.reason).toMatch(/just wrote/);
    expect(mine.names).toContain("news");
    expect((await namesOf(owner)).source).toBe("replica");
    await replica.resume();
    const seen = await eventually(
      async () => {
        await watch().look();
        return namesOf(owner, wroteAtMs);
      },
      ({ source }) => source === "replica",
    );
    expect(seen.names).toContain("news");
  },
);

test.skipIf(!hasDebianPostgres)(
  "a replica that is too far behind is left, visibly, and used again when it has caught up",
  async () => {
    const owner = await localUser(database.db);
    await until("in_use");
    await replica.pause();
    await database.db.updateTable("users").set({ avatar_url: "a" }).execute();
    await until("behind");
    const read = await namesOf(owner);
    expect(read.source).toBe("primary");
    expect(read.reason).toMatch(/^The replica is \d+ ms behind, 500 ms are allowed\.$/);
    expect(database.replica?.use.lagMs).toBeGreaterThan(LAG_MAX_MS);
    expect(database.replica?.use.fallbacks).toBeGreaterThan(0);
    await replica.resume();
    await until("in_use");
  },
);

test.skipIf(!hasDebianPostgres)("an idle primary makes no lag", async () => {
  await until("in_use");
  for (let look = 0; look < 5; look++) await watch().look();
  expect(watch().view).toMatchObject({ status: "in_use", lagMs: 0 });
});

test.skipIf(!hasDebianPostgres)(
  "a replica that goes away in the middle costs no answer",
  async () => {
    const owner = await localUser(database.db);
    await until("in_use");
    await replica.stop();
    const read = await namesOf(owner);
    expect(read.source).toBe("primary");
    expect(read.names.length).toBeGreaterThan(0);
    expect(database.replica?.use.status).toBe("unreachable");
    await until("unreachable");
    replica = await startReplica(primary.folder);
  },
  30_000,
);

test.skipIf(!hasDebianPostgres)("a server that is no replica is not read from, and it says so", async () => {
  const wrong = await openDatabase(
    {
      ...{ kind: "url", url: primary.url, allowInsecure: false },
      replica: { url: primary.url, allowInsecure: false, lagMaxMs: LAG_MAX_MS },
    },
    { log: silentLog },
  );
  await wrong.replica?.watch.look();
  expect(wrong.replica?.use).toMatchObject({
    status: "behind",
    reason: expect.stringContaining("no streaming replica"),
  });
  await wrong.close();
});
