import { readFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { OWN_SCHEMAS } from "../own-schemas.ts";

const migrated = await createTestDatabase();
const { pool } = migrated.database;
afterAll(() => migrated.drop());

const remedy = "comment on it in the migration that makes it";

interface Described {
  name: string;
  comment: string | null;
}

/** Tables and views (`only` null), or their columns, that are Culprit's; partitions come and go. */
async function relations({ columns }: { columns: boolean }): Promise<Described[]> {
  const { rows } = await pool.query<Described>(
    `select concat_ws('.', n.nspname, c.relname, a.attname) as name,
       case when a.attnum is null then obj_description(c.oid, 'pg_class') else col_description(c.oid, a.attnum) end as comment
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     left join pg_attribute a on $2 and a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition order by 1`,
    [OWN_SCHEMAS, columns],
  );
  return rows;
}

async function functions(): Promise<Described[]> {
  const { rows } = await pool.query<Described>(
    `select p.oid::regprocedure::text as name, obj_description(p.oid, 'pg_proc') as comment
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = any($1) and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1`,
    [OWN_SCHEMAS],
  );
  return rows;
}

const namesOf = (found: readonly Described[]) => found.map(({ name }) => name);

test("every table, view, column and function says what it is", async () => {
  const all = [
    ...(await relations({ columns: false })),
    ...(await relations({ columns: true })),
    ...(await functions()),
  ];
  expect(all.length).toBeGreaterThan(700);
  expect(namesOf(all.filter(({ comment }) => comment === null || !/\S[.\]]$/.test(comment))), remedy).toEqual([]);
});

test("every table, view and function names the documents it comes from", async () => {
  const all = [...(await relations({ columns: false })), ...(await functions())];
  expect(namesOf(all.filter(({ comment }) => !/ \[(D[1-5](, D[1-5])*|Culprit)\]$/.test(comment ?? "")))).toEqual([]);
});

test("a column whose CHECK allows certain words names each of them", async () => {
  const { rows } = await pool.query<Described & { definition: string }>(
    `select concat_ws('.', c.relname, a.attname) as name, col_description(c.oid, a.attnum) as comment, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_attribute a on a.attrelid = c.oid and array[a.attnum] = k.conkey
     where k.contype = 'c' and c.relnamespace = 'public'::regnamespace and not c.relispartition
       and pg_get_constraintdef(k.oid) ~ 'ANY \\(\\(?ARRAY\\['`,
  );
  expect(rows.length).toBeGreaterThan(25);
  const untold = rows.flatMap(({ name, comment, definition }) =>
    [...definition.matchAll(/'([^']+)'::/g)]
      .map(([, word]) => word ?? "")
      .filter((word) => !new RegExp(`\\b${word}\\b`).test(comment ?? ""))
      .map((word) => `${name} does not say ${word}`),
  );
  expect(untold).toEqual([]);
});

test("migrating down leaves no comment behind", async () => {
  const down = await readFile(
    new URL("../../../../migrations/20261121130000_comments.down.sql", import.meta.url),
    "utf8",
  );
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query(down);
    const { rows } = await client.query(
      `select d.objoid::regclass::text from pg_description d join pg_class c on c.oid = d.objoid join pg_namespace n on n.oid = c.relnamespace
       where d.classoid = 'pg_class'::regclass and n.nspname = any($1)
       union all select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname = any($1) and obj_description(p.oid, 'pg_proc') is not null
       union all select nspname from pg_namespace where nspname = any($1) and nspname <> 'public' and obj_description(oid, 'pg_namespace') is not null`,
      [OWN_SCHEMAS],
    );
    expect(rows).toEqual([]);
    await client.query("rollback");
  } finally {
    client.release();
  }
});
