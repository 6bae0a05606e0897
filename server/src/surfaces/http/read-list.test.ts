import fastifyCookie from "@fastify/cookie";
import Fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../../../test/culprit/start-culprit.ts";
import { hasDebianPostgres, startDebianPostgres } from "../../../../test/database/start-debian-postgres.ts";
import { type Replica, startReplica } from "../../../../test/database/start-replica.ts";
import { createLoginLink, createProject, KeyRing, redeemLoginLink } from "../../domains/access/index.ts";
import { silentLog } from "../../platform/db/database-log.ts";
import { migrateUp } from "../../platform/db/migrations/migrate-up.ts";
import { type Database, openDatabase } from "../../platform/db/open-database.ts";
import { newId } from "../../platform/ids/ids.ts";
import { requireCaller } from "./authenticate.ts";
import { noteWrites, readList } from "./read-list.ts";

let primary: Awaited<ReturnType<typeof startDebianPostgres>>;
let replica: Replica;
/** Of this process, and of another one. */
let database: Database;
let another: Database;
beforeAll(async () => {
  if (!hasDebianPostgres) return;
  primary = await startDebianPostgres({ wal_level: "replica" });
  const connection = { kind: "url", url: primary.url, allowInsecure: false } as const;
  const first = await openDatabase(connection, { log: silentLog });
  await migrateUp({ pool: first.pool, log: silentLog });
  await first.close();
  replica = await startReplica(primary.folder);
  const both = { ...connection, replica: { url: replica.url, allowInsecure: false, lagMaxMs: 60_000 } };
  database = await openDatabase(both, { log: silentLog });
  another = await openDatabase(both, { log: silentLog });
}, 60_000);
afterAll(async () => {
  await database?.close();
  await another?.close();
  await replica?.stop();
  await primary?.stop();
});

/** A server with one list and one write, as the real one is put together. */
async function openServer(database: Database) {
  const keys = new KeyRing(database.db);
  const app = Fastify();
  await app.register(fastifyCookie);
  noteWrites(app, database);
  const callerOf = (request: Parameters<typeof requireCaller>[0]) => requireCaller(request, { db: database.db, keys });
  app.get("/list", async (request, reply) =>
    readList({ database, request, reply }, await callerOf(request), (db) =>
      db.selectFrom("projects").select("name").orderBy("name").execute(),
    ),
  );
  app.post("/write", async (request) => {
    const caller = await callerOf(request);
    if (caller.kind === "user") await createProject(database.db, { name: newId() }, caller.userId);
    return {};
  });
  return app;
}

test.skipIf(!hasDebianPostgres)(
  "whoever wrote sees it at once, in this process and in another one; the header says who answered and why",
  async () => {
    const token = await createLoginLink(database.db);
    const session = (await redeemLoginLink(database.db, token)) ?? "";
    const [here, elsewhere] = [await openServer(database), await openServer(another)];
    const list = async (app: typeof here, cookies: Record<string, string> = {}) => {
      const reply = await app.inject({
        method: "GET",
        url: "/list",
        cookies: { culprit_session: session, ...cookies },
      });
      return { count: reply.json().length as number, from: String(reply.headers["x-culprit-read-from"]) };
    };
    const look = () => Promise.all([database.replica?.watch.look(), another.replica?.watch.look()]);
    await eventually(
      async () => {
        await look();
        return list(here);
      },
      ({ from }) => from === "replica",
    );
    const before = (await list(here)).count;

    await replica.pause();
    const wrote = await here.inject({ method: "POST", url: "/write", cookies: { culprit_session: session } });
    const cookie = wrote.cookies.find(({ name }) => name === "culprit_wrote");
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    await look();
    expect(await list(here)).toMatchObject({
      count: before + 1,
      from: expect.stringMatching(/^primary; .*just wrote/),
    });
    expect((await list(elsewhere)).from).toBe("replica");
    expect(await list(elsewhere, { culprit_wrote: cookie?.value ?? "" })).toMatchObject({ count: before + 1 });
    await replica.resume();
    await eventually(
      async () => {
        await look();
        return list(here);
      },
      ({ from, count }) => from === "replica" && count === before + 1,
    );
    await Promise.all([here.close(), elsewhere.close()]);
  },
);
