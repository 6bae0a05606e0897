import type pg from "pg";
import { IS_OWN, OWN_SCHEMAS } from "../own-schemas.ts";

/** A table of the copy; partitioned ones as one. Names are as SQL takes them. */
export interface CopiedTable {
  readonly name: string;
  /** All but generated ones. */
  readonly columns: readonly string[];
}

/** What a logical copy holds: all of Culprit's tables but the list of migrations, which is in the manifest. The queue's jobs are not in it: they are made anew. */
export async function listTables(client: pg.PoolClient): Promise<CopiedTable[]> {
  const { rows } = await client.query<CopiedTable>(
    `select format('%I.%I', n.nspname, c.relname) as name,
       array(select quote_ident(attname) from pg_attribute
         where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'schema_migrations' and ${IS_OWN} order by 1`,
    [OWN_SCHEMAS],
  );
  return rows;
}

/** Every partition with its bounds, parents first. */
export async function listPartitions(
  client: pg.PoolClient,
): Promise<{ parent: string; name: string; bound: string }[]> {
  const { rows } = await client.query<{ parent: string; name: string; bound: string }>(
    `select format('%I.%I', pn.nspname, p.relname) as parent, format('%I.%I', n.nspname, c.relname) as name,
       pg_get_expr(c.relpartbound, c.oid) as bound
     from pg_inherits h join pg_class c on c.oid = h.inhrelid join pg_namespace n on n.oid = c.relnamespace
     join pg_class p on p.oid = h.inhparent join pg_namespace pn on pn.oid = p.relnamespace
     where c.relkind in ('r', 'p') and c.relispartition and ${IS_OWN} order by c.oid`,
    [OWN_SCHEMAS],
  );
  return rows;
}

/** Where each sequence stands, those of identity columns too; as text, because a bigint may be large. */
export async function listSequences(client: pg.PoolClient): Promise<{ name: string; lastValue: string }[]> {
  const { rows } = await client.query<{ name: string; lastValue: string }>(
    `select format('%I.%I', schemaname, sequencename) as name, last_value::text as "lastValue"
     from pg_sequences where schemaname = any($1) and last_value is not null order by 1`,
    [OWN_SCHEMAS],
  );
  return rows;
}
