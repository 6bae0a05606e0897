import type pg from "pg";

/** A table that an archive's rows go back into. */
export interface RestorableTable {
  /** As SQL takes it. */
  readonly name: string;
  readonly columns: readonly {
    readonly name: string;
    /** What stands for a column that the archive, of an older schema, lacks; null for nothing. */
    readonly otherwise: string | null;
  }[];
  readonly key: readonly string[];
  readonly references: readonly Reference[];
  /** The column that its partitions go by; null for a plain table. */
  readonly partitionColumn: string | null;
}

interface Reference {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** Those of the columns that may be null, and so can be left out where the other row is gone. */
  readonly nullable: readonly string[];
}

const TABLES = `
select c.oid::regclass::text as name,
  (select jsonb_agg(jsonb_build_object('name', quote_ident(a.attname), 'otherwise', case when a.attnotnull then pg_get_expr(d.adbin, d.adrelid) end) order by a.attnum)
   from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  array(select quote_ident(a.attname) from pg_index i cross join unnest(i.indkey) with ordinality k(number, place)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number where i.indrelid = c.oid and i.indisprimary order by place) as key,
  (select coalesce(jsonb_agg(jsonb_build_object('parent', f.confrelid::regclass::text,
     'columns', (select jsonb_agg(quote_ident(attname) order by place) from unnest(f.conkey) with ordinality k(number, place) join pg_attribute on attrelid = f.conrelid and attnum = number),
     'parentColumns', (select jsonb_agg(quote_ident(attname) order by place) from unnest(f.confkey) with ordinality k(number, place) join pg_attribute on attrelid = f.confrelid and attnum = number),
     'nullable', (select coalesce(jsonb_agg(quote_ident(attname)), '[]') from pg_attribute where attrelid = f.conrelid and attnum = any(f.conkey) and not attnotnull))), '[]')
   from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.conparentid = 0) as "references",
  (select quote_ident(a.attname) from pg_partitioned_table p join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0] where p.partrelid = c.oid) as "partitionColumn"
from pg_class c where c.oid = any($1::regclass[])`;

/**
 * What the catalogue says of these tables, in an order in which rows can go back: what a row needs is before it. Evidence comes first, which
 * triggers look for.
 */
export async function findRestorableTables(
  client: pg.PoolClient,
  names: readonly string[],
): Promise<RestorableTable[]> {
  const { rows } = await client.query<RestorableTable>(TABLES, [names]);
  const left = new Map(rows.map((row) => [row.name, row]));
  const order: RestorableTable[] = [];
  const place = (table: RestorableTable, above: readonly string[]) => {
    if (!left.has(table.name) || above.includes(table.name)) return;
    for (const { parent, nullable } of table.references) {
      const needed = left.get(parent);
      if (needed !== undefined && nullable.length === 0) place(needed, [...above, table.name]);
    }
    left.delete(table.name);
    order.push(table);
  };
  const first = ["incidents", "evidence_artifacts"].flatMap((name) => left.get(name) ?? []);
  for (const table of [...first, ...rows.toSorted((a, b) => (a.name < b.name ? -1 : 1))]) place(table, []);
  return order;
}

/** Inserts the rows of `$1`, a JSON array; those that are there, or that need a row which is gone, are passed over. */
export function insertRows(table: RestorableTable): string {
  const isMissing = ({ columns, parent, parentColumns }: Reference) =>
    `(${columns.map((one) => `r.${one} is not null`).join(" and ")} and not exists (select 1 from ${parent} p where ${parentColumns.map((one, at) => `p.${one} = r.${columns[at]}`).join(" and ")}))`;
  const needed = table.references.filter(({ nullable }) => nullable.length === 0);
  const optional = table.references.filter(({ nullable }) => nullable.length > 0);
  const values = table.columns.map(({ name, otherwise }) => {
    const value =
      otherwise === null ? `r.${name}` : `case when r.sent ? ${literal(name)} then r.${name} else ${otherwise} end`;
    const gone = optional.filter(({ nullable }) => nullable.includes(name)).map(isMissing);
    return gone.length === 0 ? value : `case when ${gone.join(" or ")} then null else ${value} end`;
  });
  // A partitioned table may have no key to tell what is there by.
  const isThere = table.key.length > 0 ? [] : [`not exists (select 1 from ${table.name} t where ${sameRow(table)})`];
  const where = [...needed.map((one) => `not ${isMissing(one)}`), ...isThere];
  return `
insert into ${table.name} (${table.columns.map(({ name }) => name).join(", ")}) overriding system value
select ${values.join(", ")} from (select x.*, j.sent from jsonb_array_elements($1::jsonb) j(sent), jsonb_populate_record(null::${table.name}, j.sent) x) r
${where.length === 0 ? "" : `where ${where.join(" and ")}`} on conflict do nothing`;
}

/** Sets the references that were left out because the row that they mean came later. */
export function mendReferences(table: RestorableTable): string[] {
  if (table.key.length === 0) return [];
  return table.references
    .filter(({ nullable }) => nullable.length > 0)
    .map(({ columns, parent, parentColumns, nullable }) => {
      const set = nullable.map((one) => `${one} = r.${one}`).join(", ");
      const isSame = table.key.map((one) => `t.${one} = r.${one}`).join(" and ");
      const isLeft = nullable.map((one) => `t.${one} is null and r.${one} is not null`).join(" and ");
      const isThere = parentColumns.map((one, at) => `p.${one} = r.${columns[at]}`).join(" and ");
      return `update ${table.name} t set ${set} from jsonb_array_elements($1::jsonb) j(sent), jsonb_populate_record(null::${table.name}, j.sent) r
where ${isSame} and ${isLeft} and exists (select 1 from ${parent} p where ${isThere})`;
    });
}

function sameRow({ columns }: RestorableTable): string {
  const names = columns
    .map(({ name }) => name)
    .filter((name) => ["incident_id", "event_id", "received_at", "door"].includes(name));
  return names.map((name) => `t.${name} = r.${name}`).join(" and ");
}

function literal(name: string): string {
  return `'${name.replace(/^"|"$/g, "").replaceAll("'", "''")}'`;
}
