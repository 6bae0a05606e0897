import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { overTcp } from "../../../../../test/database/over-tcp.ts";
import { schemaReader } from "../../../vendors/postgresql/read-schema.ts";
import { createProject } from "../../access/index.ts";
import { watchSchema } from "./watch-schema.ts";

const reader = schemaReader({ allowPrivate: "127.0.0.1" });
let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

async function newProject(name: string) {
  const { id: projectId } = await createProject(own.database.db, { name });
  const look = (objects: Readonly<Record<string, string>>, minute: number) =>
    watchSchema(own.database, {
      ...{ projectId, target: "main", environment: "production", service: null, objects },
      readAt: new Date(Date.UTC(2026, 0, 1, 12, minute)),
    });
  const changes = async () => {
    const { rows } = await sql<{ resource_name: string; source: string; change_kind: string; diff_payload: unknown }>`
      SELECT resource_name, source, change_kind, diff_payload FROM config_change_events WHERE project_id = ${projectId} ORDER BY resource_name`.execute(
      own.database.db,
    );
    return rows;
  };
  return { look, changes };
}

test("the first look is only remembered; what differs at the next is a change for each table, told once", async () => {
  const { look, changes } = await newProject("schema");
  const before = { "public.orders": "base table", "public.orders.total": "integer", "public.users": "base table" };
  const after = {
    "public.orders": "base table",
    "public.orders.total": "bigint not null",
    "public.orders index orders_total": "CREATE INDEX orders_total",
    "public.carts": "base table",
  };
  expect(await look(before, 0)).toEqual([]);
  expect(await changes()).toEqual([]);
  expect(await look(after, 1)).toEqual(["public.carts", "public.orders", "public.users"]);
  expect(await look(after, 2)).toEqual([]);
  const kind = { source: "db_schema", change_kind: "db_schema_alter" };
  expect(await changes()).toEqual([
    {
      ...kind,
      resource_name: "main: public.carts",
      diff_payload: { changes: [expect.objectContaining({ field: "public.carts", new_value: "base table" })] },
    },
    {
      ...kind,
      resource_name: "main: public.orders",
      diff_payload: {
        changes: [
          expect.objectContaining({
            field: "public.orders index orders_total",
            new_value: "CREATE INDEX orders_total",
          }),
          expect.objectContaining({ field: "public.orders.total", old_value: "integer", new_value: "bigint not null" }),
        ],
      },
    },
    {
      ...kind,
      resource_name: "main: public.users",
      diff_payload: { changes: [expect.objectContaining({ field: "public.users", old_value: "base table" })] },
    },
  ]);
});

test("two looks at once record a change once", async () => {
  const { look, changes } = await newProject("twice");
  await look({ "public.a": "base table" }, 0);
  const both = await Promise.all([look({ "public.b": "base table" }, 1), look({ "public.b": "base table" }, 1)]);
  expect(both.flat()).toHaveLength(2);
  expect(await changes()).toHaveLength(2);
});

test("a real PostgreSQL tells its tables, columns, constraints and indexes over TCP", async () => {
  const proxied = await overTcp(own.url);
  try {
    const objects = await reader.read(proxied.url, AbortSignal.timeout(20_000));
    expect(objects["public.incidents"]).toBe("base table");
    expect(objects["public.incidents.title"]).toMatch(/text|character varying/);
    expect(objects["public.commits constraint commits_pkey"]).toBe("primary key");
    expect(objects["public.commits index commits_pkey"]).toContain("UNIQUE INDEX");
    expect(Object.keys(objects).some((name) => name.startsWith("pg_catalog"))).toBe(false);
  } finally {
    proxied.close();
  }
});

test("an address that is none, may not be called or does not answer is told without its password", async () => {
  const asked = (url: string) => reader.read(url, AbortSignal.timeout(5000)).catch((error: unknown) => error);
  expect(await asked("mysql://u:hush@127.0.0.1/db")).toMatchObject({ code: "INVALID_REQUEST" });
  for (const url of ["postgresql://u:hush@10.0.0.1/db", "postgresql://u:hush@127.0.0.1:1/db"]) {
    const refused = await asked(url);
    expect(refused).toMatchObject({ code: "WATCHED_DATABASE_UNAVAILABLE" });
    expect(String(refused)).not.toContain("hush");
  }
});
