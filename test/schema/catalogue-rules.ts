/**
 * What people forget in a new table: its policy, its trigger, the index of its reference. Each rule is a query for the
 * `name` of what breaks it.
 */

const OWN =
  "c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'";

export const CATALOGUE_RULES: Readonly<Record<string, string>> = {
  "every table has row-level security on and a policy for the engine, and none is FORCEd on its owner": `select c.relname as name from pg_class c where ${OWN} and (
      not c.relrowsecurity or c.relforcerowsecurity or not exists (
        select 1 from pg_policy p where p.polrelid = c.oid and p.polroles = array['culprit_engine'::regrole::oid]
          and pg_get_expr(p.polqual, c.oid) = 'true'))`,
  "no table with a project_id is without a policy that limits tenants to their projects, or it is closed to them": `select c.relname as name from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'project_id' and not a.attisdropped
      where ${OWN} and (has_table_privilege('culprit_tenant', c.oid, 'select, insert, update, delete, truncate')
        or has_any_column_privilege('culprit_tenant', c.oid, 'select, insert, update'))
      and not exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polroles = array['culprit_tenant'::regrole::oid]
        and pg_get_expr(p.polqual, c.oid) ~ 'visible_projects')`,
  "every view runs with the rights of who asks, or is a barrier that asks for the tenant itself": `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'v' and n.nspname in ('public', 'autopsy', 'triage', 'diagnosis', 'tracking')
      and not coalesce(c.reloptions @> '{security_invoker=true}', false)
      and not (coalesce(c.reloptions @> '{security_barrier=true}', false) and pg_get_viewdef(c.oid) ~ 'visible_projects')`,
  "tenants may read no partition and no materialised view directly, where no policy would hold them": `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace
      and (c.relispartition or c.relkind = 'm') and has_table_privilege('culprit_tenant', c.oid, 'select, insert, update, delete')`,
  "every column updated_at is kept by the trigger": `select c.relname as name from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at' and not a.attisdropped
      where ${OWN} and not exists (
        select 1 from pg_trigger t where t.tgrelid = c.oid and t.tgname = format('update_%s_updated_at', c.relname)
          and t.tgfoid = 'update_updated_at_column'::regproc and t.tgenabled = 'O' and t.tgtype = 19)`,
  // A partial index serves when it leaves out only rows that refer to nothing.
  "every foreign key has an index that begins with its columns, so that no delete reads a whole table": `select format('%s.%s', f.conrelid::regclass, f.conname) as name from pg_constraint f
      join pg_class c on c.oid = f.conrelid where ${OWN} and f.contype = 'f' and not exists (
        select 1 from pg_index i where i.indrelid = f.conrelid and i.indisvalid
          and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
          and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) in (
            select format('(%I IS NOT NULL)', attname) from pg_attribute where attrelid = f.conrelid and attnum = any(f.conkey))))`,
  "every foreign key to incidents or projects lets their delete pass": `select format('%s.%s', f.conrelid::regclass, f.conname) as name from pg_constraint f join pg_class c on c.oid = f.conrelid
      where ${OWN} and f.contype = 'f' and f.confrelid in ('incidents'::regclass, 'projects'::regclass) and f.confdeltype <> 'c'`,
};
