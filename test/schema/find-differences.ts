import { readFileSync } from "node:fs";
import type pg from "pg";
import { printed } from "./printed-statements.ts";

/** A place where the schema differs from what a document defines. */
export interface Difference {
  /** `D5 incidents.commit_sha type` */
  readonly name: string;
  readonly printed: string;
  readonly stands: string;
}

interface DocumentSchema {
  readonly document: string;
  /** Where the document's own definitions are made, and where Culprit serves its names. */
  readonly printedIn: string;
  readonly servedBy: string;
  readonly definitions: string;
}

const definitions = (name: string) => readFileSync(new URL(`definitions/${name}.sql`, import.meta.url), "utf8");

/** Document 1 says in its tables of columns, not in its SQL, that these are never null. */
const D1_NOT_NULL = `
ALTER TABLE incidents ALTER COLUMN status SET NOT NULL, ALTER COLUMN created_at SET NOT NULL, ALTER COLUMN updated_at SET NOT NULL;
ALTER TABLE autopsy_results ALTER COLUMN created_at SET NOT NULL;`;

const DOCUMENTS: readonly DocumentSchema[] = [
  {
    document: "D1",
    printedIn: "d1",
    servedBy: "autopsy",
    definitions: printed("1-autopsy", "Initial Setup") + D1_NOT_NULL,
  },
  { document: "D2", printedIn: "d2", servedBy: "triage", definitions: definitions("2-triage") },
  { document: "D3", printedIn: "d3", servedBy: "public", definitions: definitions("3-workflow-engine") },
  { document: "D4", printedIn: "d4", servedBy: "diagnosis", definitions: definitions("4-diagnosis") },
  { document: "D5", printedIn: "d5", servedBy: "tracking", definitions: definitions("5-tracking") },
];

/** Where a view's column has another name than the table's. */
const RENAMED: Readonly<Record<string, string>> = {
  "autopsy.incidents.id": "incident_id",
  "autopsy.incidents.error_type": "detector",
  "triage.incidents.incident_id": "id",
  "triage.incidents.timestamp": "fault_timestamp",
  "diagnosis.incidents.incident_id": "id",
};

/**
 * Makes each document's own definitions in a schema beside Culprit's, and compares the two in the catalogue: tables and
 * columns by the names and types of the view that serves them, all else by the table behind it. The database is spent.
 */
export async function findDifferences(pool: pg.Pool): Promise<Difference[]> {
  const client = await pool.connect();
  try {
    const found: Difference[] = [];
    for (const document of DOCUMENTS) {
      await client.query(`create schema ${document.printedIn}; set search_path to ${document.printedIn}`);
      await client.query(document.definitions);
      await client.query("set search_path to pg_catalog");
      for (const compare of [compareColumns, compareChecks, compareIndexes, compareReferences, compareRest])
        found.push(...(await compare(client, document)));
    }
    return found;
  } finally {
    client.release(true);
  }
}

type Row = Readonly<Record<string, string | null>>;
const ask = async (client: pg.PoolClient, query: string, values: readonly unknown[]): Promise<Row[]> =>
  (await client.query<Row>(query, [...values])).rows;

/** What of `ours` is not as `theirs`, by the rows' `name`; `parts` are compared one by one. */
function differ(
  document: string,
  theirs: readonly Row[],
  ours: readonly Row[],
  parts: readonly string[],
): Difference[] {
  const byName = new Map(ours.map((row) => [row.name, row]));
  return theirs.flatMap((row) => {
    const own = byName.get(row.name ?? "");
    if (own === undefined) return [{ name: `${document} ${row.name}`, printed: "there", stands: "missing" }];
    return parts
      .filter((part) => row[part] !== own[part])
      .map((part) => ({
        name: `${document} ${row.name} ${part}`,
        printed: String(row[part]),
        stands: String(own[part]),
      }));
  });
}

const COLUMNS = `
select format('%s.%s', c.relname, a.attname) as name, format_type(a.atttypid, a.atttypmod) as type,
  a.attnotnull::text as "not null", nullif(regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::.*|nextval.*', ''), '') as default
from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition and a.attnum > 0
  and not a.attisdropped order by c.relname, a.attnum`;

async function compareColumns(
  client: pg.PoolClient,
  { document, printedIn, servedBy }: DocumentSchema,
): Promise<Difference[]> {
  const theirs = await ask(client, COLUMNS, [printedIn]);
  const served = await ask(client, COLUMNS, [servedBy]);
  const tables = new Map((await ask(client, COLUMNS, ["public"])).map((row) => [row.name, row]));
  const isView = (name: string) => name.startsWith("recent_workflow") || name.startsWith("workflow_performance");
  const behind = theirs.map((row) => {
    const [table, column] = (row.name ?? "").split(".");
    const own = tables.get(`${table}.${RENAMED[`${servedBy}.${row.name}`] ?? column}`);
    return { ...own, name: row.name ?? "" } as Row;
  });
  return [
    ...differ(document, theirs, served, ["type"]),
    ...differ(
      document,
      theirs.filter(({ name }) => !isView(name ?? "")),
      behind,
      ["not null"],
    ),
    // A default that a document does not ask for takes nothing from it.
    ...differ(
      document,
      theirs.filter((row) => row.default !== null),
      behind,
      ["default"],
    ),
    ...(servedBy === "public" ? [] : compareOrder(document, theirs, served)),
  ];
}

/** \`SELECT *\` gives the document's columns in its order, and no other. */
function compareOrder(document: string, theirs: readonly Row[], served: readonly Row[]): Difference[] {
  const tables = new Set(theirs.map(({ name }) => name?.split(".")[0]));
  const columnsOf = (rows: readonly Row[], table: string | undefined) =>
    rows.flatMap(({ name }) => (name?.split(".")[0] === table ? [name?.split(".")[1]] : [])).join(", ");
  return [...tables]
    .map((table) => ({ table, printed: columnsOf(theirs, table), stands: columnsOf(served, table) }))
    .filter(({ printed, stands }) => printed !== stands)
    .map(({ table, ...both }) => ({ name: `${document} ${table} columns`, ...both }));
}

const CHECKS = `
select format('%s.%s', conrelid::regclass::oid::regclass, conname) as full, format('%s.%s', c.relname, conname) as name,
  pg_get_constraintdef(k.oid) as definition
from pg_constraint k join pg_class c on c.oid = k.conrelid
where c.relnamespace = $1::regnamespace and k.contype = 'c' and not c.relispartition`;

/** Words may be added to a list, and none taken away; any other CHECK is the same. */
async function compareChecks(client: pg.PoolClient, { document, printedIn }: DocumentSchema): Promise<Difference[]> {
  const ours = new Map((await ask(client, CHECKS, ["public"])).map((row) => [row.name, row.definition ?? ""]));
  const words = (text: string) => [...text.matchAll(/'([^']*)'/g)].map(([, word]) => word);
  return (await ask(client, CHECKS, [printedIn])).flatMap(({ name, definition }) => {
    const [printedCheck, stands] = [definition ?? "", ours.get(name) ?? "missing"];
    const list = words(printedCheck);
    const isKept = list.length > 0 ? list.every((word) => words(stands).includes(word)) : printedCheck === stands;
    return isKept ? [] : [{ name: `${document} ${name}`, printed: printedCheck, stands }];
  });
}

const INDEXES = `
select i.relname as name, c.relname as relation, am.amname as method, x.indisunique::text as unique,
  array_to_string(array(select pg_get_indexdef(x.indexrelid, n, true)
    || case when am.amcanorder_desc and (x.indoption::int2[])[n - 1] & 1 = 1 then ' DESC' else '' end
    from generate_series(1, x.indnkeyatts) n), ', ') as columns, pg_get_expr(x.indpred, x.indrelid) as where
from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
join (select oid, amname, amname = 'btree' as amcanorder_desc from pg_am) am on am.oid = i.relam
where c.relnamespace = $1::regnamespace and not c.relispartition`;

async function compareIndexes(
  client: pg.PoolClient,
  { document, printedIn, servedBy }: DocumentSchema,
): Promise<Difference[]> {
  const all = await ask(client, INDEXES, [printedIn]);
  const ours = await ask(client, INDEXES, ["public"]);
  const isNamed = ({ name }: Row) => !/_(pkey|key)$/.test(name ?? "");
  const named = all
    .filter(isNamed)
    .map((row) => ({ ...row, columns: renamed(servedBy, row.relation ?? "", row.columns ?? "") }));
  const keys = all.filter((row) => !isNamed(row) || row.unique === "true");
  const missing = keys.flatMap((row) => {
    const columns = renamed(servedBy, row.relation ?? "", row.columns ?? "");
    const isThere = ours.some(
      (own) => own.relation === row.relation && own.unique === "true" && own.columns === columns && own.where === null,
    );
    return isThere
      ? []
      : [
          {
            name: `${document} ${row.relation} unique (${row.columns})`,
            printed: "unique",
            stands: "not unique alone",
          },
        ];
  });
  return [...differ(document, named, ours, ["method", "columns", "where"]), ...missing];
}

function renamed(servedBy: string, relation: string, columns: string): string {
  return columns
    .split(", ")
    .map((column) => {
      const [name = "", ...rest] = column.split(" ");
      return [RENAMED[`${servedBy}.${relation}.${name}`] ?? name, ...rest].join(" ");
    })
    .join(", ");
}

const REFERENCES = `
select format('%s (%s) references %s', c.relname, (select string_agg(attname, ', ' order by n)
    from unnest(k.conkey) with ordinality u(att, n) join pg_attribute on attrelid = k.conrelid and attnum = att), f.relname) as name,
  k.confdeltype::text as "on delete", k.conname as constraint
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
where c.relnamespace = $1::regnamespace and k.contype = 'f' and k.conparentid = 0`;

async function compareReferences(
  client: pg.PoolClient,
  { document, printedIn }: DocumentSchema,
): Promise<Difference[]> {
  return differ(document, await ask(client, REFERENCES, [printedIn]), await ask(client, REFERENCES, ["public"]), [
    "on delete",
  ]);
}

const REST = `
select format('trigger %s on %s', t.tgname, c.relname) as name, regexp_replace(pg_get_triggerdef(t.oid), ' ON \\S+\\.?\\S* | \\w+\\.(?=\\w+\\()', ' ', 'g') as definition
from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = $1::regnamespace and not t.tgisinternal
union all
select format('function %s(%s)', p.proname, pg_get_function_arguments(p.oid)), pg_get_function_result(p.oid)
from pg_proc p where p.pronamespace = $1::regnamespace
union all
select format('view %s', c.relname), 'view' from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'v'`;

async function compareRest(client: pg.PoolClient, { document, printedIn }: DocumentSchema): Promise<Difference[]> {
  return differ(document, await ask(client, REST, [printedIn]), await ask(client, REST, ["public"]), ["definition"]);
}
