import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { migrateUp } from "../../server/src/platform/db/migrations/migrate-up.ts";
import { type Database, openDatabase } from "../../server/src/platform/db/open-database.ts";
import { openTemporaryDatabase, type TemporaryDatabase } from "../../server/src/platform/db/open-temporary-database.ts";
import { dumpSchema } from "../../server/src/platform/db/schema/dump-schema.ts";

/** Roles belong to the whole server: one of its own, where nobody has made them yet. */
let server: TemporaryDatabase;
beforeAll(async () => {
  server = await openTemporaryDatabase();
});
afterAll(() => server.close());

/** Makes `count` databases of `owner`, opens them all and migrates them at the same moment. */
async function migrateAtOnce<T>(
  owner: string,
  count: number,
  check: (databases: readonly Database[]) => Promise<T>,
): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `${owner}_${index}`);
  const url = (name: string) => server.url.replace("/culprit?", `/${name}?`).replace("user=culprit", `user=${owner}`);
  for (const name of names)
    await server.pool.query(`create database ${name} template template0 owner ${owner} strategy file_copy`);
  const databases = await Promise.all(
    names.map((name) =>
      openDatabase(
        { kind: "url", url: url(name), allowInsecure: false, pool: { size: 1, overflow: 2 } },
        { log: silentLog },
      ),
    ),
  );
  try {
    const applied = await Promise.all(databases.map(({ pool }) => migrateUp({ pool, log: silentLog })));
    expect(new Set(applied.map((ids) => ids.join(" "))).size).toBe(1);
    await check(databases);
  } finally {
    await Promise.all(databases.map((database) => database.close()));
    for (const name of names) await server.pool.query(`drop database ${name}`);
  }
}

const roles = async () =>
  (
    await server.pool.query(
      `select rolname, rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as may from pg_roles where rolname like 'culprit\\_%' order by 1`,
    )
  ).rows;
const BOTH = [
  { rolname: "culprit_engine", may: false },
  { rolname: "culprit_tenant", may: false },
];

test("twenty databases of one server are migrated at the same moment: the roles are made once, the schemas are the same", async () => {
  expect(await roles()).toEqual([]);
  await migrateAtOnce("culprit", 20, async (databases) => {
    expect(await roles()).toEqual(BOTH);
    const dumps = await Promise.all(databases.map(({ pool }) => dumpSchema(pool)));
    expect(new Set(dumps).size).toBe(1);
  });
});

test("an owner who is no superuser but may make roles migrates at the same moment too, and works as both roles", async () => {
  await server.pool.query("drop role culprit_engine, culprit_tenant");
  await server.pool.query("create role plain login createrole nosuperuser");
  await migrateAtOnce("plain", 3, async (databases) => {
    expect(await roles()).toEqual(BOTH);
    for (const database of databases) {
      expect(await database.db.selectFrom("workflows").select("name").execute()).toEqual([
        { name: "incident-response" },
      ]);
      const tenant = database.asTenant({ userId: null, projectId: null });
      expect(await tenant.db.selectFrom("projects").select("name").execute()).toEqual([]);
    }
  });
});

test("an owner who may make no roles is told what an administrator has to do", async () => {
  await server.pool.query("drop role culprit_engine, culprit_tenant");
  await server.pool.query("create role poor login nosuperuser");
  await expect(migrateAtOnce("poor", 1, async () => undefined)).rejects.toThrow(
    /the role culprit_engine is missing and poor may not make it.*CREATE ROLE culprit_engine NOLOGIN; .*GRANT culprit_engine, culprit_tenant TO poor/,
  );
  await server.pool.query("create role culprit_engine nologin; create role culprit_tenant nologin");
  await expect(migrateAtOnce("poor", 1, async () => undefined)).rejects.toThrow(
    /GRANT culprit_engine, culprit_tenant TO poor/,
  );
  await server.pool.query("grant culprit_engine, culprit_tenant to poor");
  await migrateAtOnce("poor", 1, async (databases) => {
    const client: pg.PoolClient | undefined = await databases[0]?.pool.connect();
    await client?.query("set role culprit_tenant");
    client?.release(true);
  });
});
