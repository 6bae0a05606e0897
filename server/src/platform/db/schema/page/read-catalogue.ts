import type pg from "pg";
import { IS_OWN, OWN_SCHEMAS } from "../../own-schemas.ts";
import { shortTypes } from "./short-types.ts";

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly comment: string;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
  /** In PostgreSQL's words; empty where it has none, which refuses. */
  readonly onDelete: "CASCADE" | "SET NULL" | "RESTRICT" | "SET DEFAULT" | "";
  /** The columns are a key of the referring table, so that there is at most one row. */
  readonly isUnique: boolean;
  readonly isNullable: boolean;
}

/** What a tenant may see by one policy; null stands for every row. */
export interface Policy {
  readonly name: string;
  readonly command: string;
  readonly roles: readonly string[];
  readonly using: string | null;
}

export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "view" | "materialized view";
  readonly purpose: string;
  /** Such as `D4`, or `Culprit`. */
  readonly documents: readonly string[];
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Definitions of UNIQUE and CHECK constraints. */
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
  readonly policies: readonly Policy[];
  /** What `culprit_tenant` may do, such as SELECT. */
  readonly tenantMay: readonly string[];
  /** Such as RANGE (ts); null where it is not partitioned. */
  readonly partitionKey: string | null;
  readonly triggers: readonly string[];
}

export interface CatalogueFunction {
  readonly name: string;
  readonly returns: string;
  readonly runsAsOwner: boolean;
  readonly purpose: string;
  readonly documents: readonly string[];
}

export interface Catalogue {
  readonly relations: readonly Relation[];
  readonly functions: readonly CatalogueFunction[];
}

const RELATIONS = `
select n.nspname as schema, c.relname as name,
  case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
  coalesce(obj_description(c.oid, 'pg_class'), '') as comment,
  coalesce((select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'isNullable', not a.attnotnull, 'comment', coalesce(col_description(c.oid, a.attnum), '')) order by a.attnum)
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns,
  array(select a.attname::text from pg_index i, unnest(i.indkey) with ordinality k(number, place)
    join pg_attribute a on a.attnum = k.number where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid order by k.place) as "primaryKey",
  coalesce((select json_agg(json_build_object(
      'columns', array(select a.attname from unnest(f.conkey) with ordinality k(number, place)
        join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number order by k.place),
      'target', (select relname from pg_class where oid = f.confrelid),
      'targetColumns', array(select a.attname from unnest(f.confkey) with ordinality k(number, place)
        join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number order by k.place),
      'onDelete', case f.confdeltype when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'r' then 'RESTRICT' when 'd' then 'SET DEFAULT' else '' end,
      'isUnique', exists (select 1 from pg_index i where i.indrelid = f.conrelid and i.indisunique and i.indpred is null
        and (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ f.conkey),
      'isNullable', exists (select 1 from pg_attribute a where a.attrelid = f.conrelid and a.attnum = any(f.conkey) and not a.attnotnull)
      ) order by f.conname collate "C")
    from pg_constraint f where f.conrelid = c.oid and f.contype = 'f'), '[]') as "foreignKeys",
  array(select pg_get_constraintdef(k.oid) from pg_constraint k where k.conrelid = c.oid and k.contype in ('u', 'c')
    order by k.contype desc, k.conname collate "C") as constraints,
  array(select regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX (\\S+) ON (ONLY )?\\S+ USING (btree )?', '\\1\\2 ')
    from pg_index i where i.indrelid = c.oid and not exists (
      select 1 from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = c.oid and k.contype in ('p', 'u', 'x'))
    order by i.indexrelid::regclass::text collate "C") as indexes,
  coalesce((select json_agg(json_build_object('name', p.polname,
      'command', case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
      'roles', array(select case r when 0 then 'public' else r::regrole::text end from unnest(p.polroles) r),
      'using', pg_get_expr(p.polqual, p.polrelid)) order by p.polname collate "C")
    from pg_policy p where p.polrelid = c.oid), '[]') as policies,
  array(select may from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) may where has_table_privilege('culprit_tenant', c.oid, may)) as "tenantMay",
  case c.relkind when 'p' then pg_get_partkeydef(c.oid) end as "partitionKey",
  array(select distinct t.tgfoid::regproc::text from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal order by 1) as triggers
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and ${IS_OWN}
order by n.nspname collate "C", c.relname collate "C"`;

const FUNCTIONS = `
select p.oid::regprocedure::text as name, coalesce(pg_get_function_result(p.oid), 'nothing') as returns, p.prosecdef as "runsAsOwner",
  coalesce(obj_description(p.oid, 'pg_proc'), '') as comment
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any($1) and not exists (
  select 1 from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
order by p.oid::regprocedure::text collate "C"`;

interface Commented {
  readonly comment: string;
}

/** What a database knows of its tables, views and functions, with their comments, in a fixed order. */
export async function readCatalogue(pool: pg.Pool): Promise<Catalogue> {
  const { rows } = await pool.query<Omit<Relation, "purpose" | "documents"> & Commented>(RELATIONS, [OWN_SCHEMAS]);
  const functions = await pool.query<Omit<CatalogueFunction, "purpose" | "documents"> & Commented>(FUNCTIONS, [
    OWN_SCHEMAS,
  ]);
  return {
    relations: rows.map(({ comment, ...row }) => ({
      ...row,
      ...parts(comment),
      columns: row.columns.map((column) => ({ ...column, type: shortTypes(column.type) })),
    })),
    functions: functions.rows.map(({ comment, ...row }) => ({ ...row, ...parts(comment) })),
  };
}

/** A comment without the documents at its end, and those. */
function parts(comment: string): { purpose: string; documents: readonly string[] } {
  const [, purpose = comment, documents = ""] = /^([\s\S]*?) \[([^\]]*)\]$/.exec(comment) ?? [];
  return { purpose, documents: documents.split(", ").filter((one) => one !== "") };
}
