-- Nothing had a comment before.
DO $$
DECLARE
  c record;
BEGIN
  FOR c IN
    SELECT DISTINCT d.classoid::regclass::text AS catalogue, d.objsubid <> 0 AS is_column, k.relkind, p.prokind,
      CASE d.classoid WHEN 'pg_proc'::regclass THEN d.objoid::regprocedure::text WHEN 'pg_namespace'::regclass THEN quote_ident(s.nspname)
        ELSE concat_ws('.', d.objoid::regclass::text, (
          SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = d.objoid AND attnum = d.objsubid AND d.objsubid > 0)) END AS name
    FROM pg_description d
    LEFT JOIN pg_class k ON d.classoid = 'pg_class'::regclass AND k.oid = d.objoid
    LEFT JOIN pg_proc p ON d.classoid = 'pg_proc'::regclass AND p.oid = d.objoid
    LEFT JOIN pg_namespace s ON d.classoid = 'pg_namespace'::regclass AND s.oid = d.objoid AND s.nspname <> 'public'
    JOIN pg_namespace n ON n.oid = coalesce(k.relnamespace, p.pronamespace, s.oid)
    WHERE n.nspname IN ('public', 'autopsy', 'triage', 'diagnosis', 'tracking') AND coalesce(k.relkind, 'r') IN ('r', 'p', 'v', 'm')
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
  LOOP
    EXECUTE format('COMMENT ON %s %s IS NULL', CASE
      WHEN c.catalogue = 'pg_namespace' THEN 'SCHEMA' WHEN c.catalogue = 'pg_proc' THEN 'ROUTINE' WHEN c.is_column THEN 'COLUMN'
      WHEN c.relkind = 'v' THEN 'VIEW' WHEN c.relkind = 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, c.name);
  END LOOP;
END;
$$;
