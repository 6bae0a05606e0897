DO $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    ALTER FUNCTION pg_catalog.jsonb_contains(jsonb, jsonb) NOT LEAKPROOF;
  END IF;
END;
$$;
DROP VIEW incident_daily_stats, workflow_daily_stats;
REVOKE ALL ON ALL TABLES IN SCHEMA autopsy, triage, diagnosis, tracking, public FROM culprit_engine, culprit_tenant;
REVOKE ALL ON SCHEMA autopsy, triage, diagnosis, tracking FROM culprit_engine, culprit_tenant;
DO $$
DECLARE
  p record;
BEGIN
  FOR p IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', p.tablename);
  END LOOP;
END;
$$;
DROP FUNCTION may_run_workflow(uuid, uuid), builtin_workflow_id(text), visible_projects(), culprit_project_id(), culprit_user_id();
-- The roles stay: they belong to the server, and its other databases may use them.
