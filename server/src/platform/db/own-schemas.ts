/** The schemas that hold Culprit's own tables and views; those of the documents may be missing. The queue keeps `pgboss` by itself. */
export const OWN_SCHEMAS: readonly string[] = ["public", "autopsy", "triage", "diagnosis", "tracking"];

/** SQL: `c` (a row of pg_class) in namespace `n` is Culprit's own, not an extension's; `$1` holds `OWN_SCHEMAS`. */
export const IS_OWN = `n.nspname = any($1) and not exists (
  select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;
