-- Two roles that own nothing and bypass nothing. Requests run as `culprit_tenant`, which sees the projects of the user
-- or key in `culprit.user_id` and `culprit.project_id` (SET LOCAL, so a transaction pooler may stand in between); intake
-- and workers run as `culprit_engine`, which sees all. A role of the whole server is made once and shared by its
-- databases. Tables are not FORCEd: their owner migrates and makes backups.

DO $$
DECLARE
  name text;
  remedy CONSTANT text := format('CREATE ROLE culprit_engine NOLOGIN; CREATE ROLE culprit_tenant NOLOGIN; GRANT culprit_engine, culprit_tenant TO %I; (leave out what is there already)', current_user);
BEGIN
  FOREACH name IN ARRAY ARRAY['culprit_engine', 'culprit_tenant'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', name);
      EXCEPTION
        -- Another database of this server was migrated at the same moment.
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'the role % is missing and % may not make it. Ask an administrator: %', name, current_user, remedy;
      END;
    END IF;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', name, current_user);
      EXCEPTION WHEN insufficient_privilege THEN
        IF NOT pg_has_role(current_user, name, 'MEMBER') THEN
          RAISE EXCEPTION '% is not a member of %. Ask an administrator: %', current_user, name, remedy;
        END IF;
      END;
    END IF;
  END LOOP;
END;
$$;

-- The user and the project that the transaction speaks for; null where none was set.
CREATE FUNCTION culprit_user_id() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('culprit.user_id', true), '')::uuid $$;
CREATE FUNCTION culprit_project_id() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('culprit.project_id', true), '')::uuid $$;

-- The projects that the transaction may see: those that its user owns or is a member of; narrowed to its project, or that
-- project alone where a key speaks. Runs as the owner, because the policies ask it.
CREATE FUNCTION visible_projects() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  of_user CONSTANT uuid := public.culprit_user_id();
  of_project CONSTANT uuid := public.culprit_project_id();
BEGIN
  IF of_user IS NULL AND of_project IS NULL THEN
    RETURN '{}';
  END IF;
  RETURN ARRAY(
    SELECT p.id FROM public.projects p
    WHERE p.deleted_at IS NULL AND (of_project IS NULL OR p.id = of_project)
      AND (of_user IS NULL OR p.owner_id = of_user
        OR EXISTS (SELECT 1 FROM public.project_members m WHERE m.project_id = p.id AND m.user_id = of_user)));
END;
$$;

-- The built-in workflow of that name: a tenant starts it, though it lies in no project and so is not among its rows.
CREATE FUNCTION builtin_workflow_id(workflow_name text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$ SELECT id FROM public.workflows WHERE project_id IS NULL AND name = workflow_name $$;

-- Whether a project may run a workflow: its own, or a built-in one.
CREATE FUNCTION may_run_workflow(workflow uuid, project uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$ SELECT EXISTS (SELECT 1 FROM public.workflows w WHERE w.id = workflow AND (w.project_id IS NULL OR w.project_id = project)) $$;

-- Every table: the engine sees all; a tenant what its projects hold; and a role that the owner of the database granted
-- SELECT to by hand, as document 1's read-only user, may read all but secrets. The sub-selects are evaluated once a query.
DO $$
DECLARE
  t record;
  is_secret boolean;
  tenant_rows text;
  own_references text;
BEGIN
  FOR t IN
    SELECT c.oid, c.relname AS name,
      EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'project_id' AND NOT a.attisdropped) AS has_project
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> 'schema_migrations'
  LOOP
    is_secret := t.name IN ('api_keys', 'sessions', 'login_links', 'user_identities', 'integrations');
    tenant_rows := CASE
      WHEN t.name IN ('sessions', 'login_links', 'user_identities', 'outbox', 'outbox_positions', 'event_ids', 'incident_traces') THEN NULL
      WHEN t.name = 'projects' THEN 'id = ANY ((SELECT visible_projects())::uuid[])'
      WHEN t.name = 'users' THEN 'id = (SELECT culprit_user_id()) OR id IN (SELECT owner_id FROM projects) OR id IN (SELECT user_id FROM project_members)'
      WHEN t.name = 'commits' THEN 'EXISTS (SELECT 1 FROM repository_commits r WHERE r.commit_sha = commits.commit_sha)'
      WHEN t.name = 'commit_files' THEN 'EXISTS (SELECT 1 FROM repository_commits r WHERE r.commit_sha = commit_files.commit_sha)'
      WHEN t.has_project THEN 'project_id = ANY ((SELECT visible_projects())::uuid[])'
    END;
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.name);
    EXECUTE format('CREATE POLICY engine_policy ON %I TO culprit_engine USING (true)', t.name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO culprit_engine', t.name);
    IF NOT is_secret THEN
      EXECUTE format('CREATE POLICY reader_policy ON %I FOR SELECT USING ((SELECT current_user <> ''culprit_tenant''))', t.name);
    END IF;
    CONTINUE WHEN tenant_rows IS NULL;
    -- A foreign key is checked as the owner, so it would take a row of another project.
    SELECT string_agg(CASE f.confrelid WHEN 'workflows'::regclass
        THEN format(' AND may_run_workflow(%I.%I, %1$I.project_id)', t.name, a.attname)
        ELSE format(' AND (%I.%I IS NULL OR EXISTS (SELECT 1 FROM %s p WHERE p.%I = %1$I.%2$I AND p.project_id = %1$I.project_id))',
          t.name, a.attname, f.confrelid::regclass, k.attname) END, '' ORDER BY f.conname)
    INTO own_references
    FROM pg_constraint f
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
    JOIN pg_attribute k ON k.attrelid = f.confrelid AND k.attnum = f.confkey[1]
    WHERE f.conrelid = t.oid AND f.contype = 'f' AND f.conparentid = 0 AND cardinality(f.conkey) = 1 AND f.confrelid <> t.oid
      AND EXISTS (SELECT 1 FROM pg_attribute p WHERE p.attrelid = f.confrelid AND p.attname = 'project_id' AND NOT p.attisdropped)
      AND f.confrelid <> 'projects'::regclass;
    EXECUTE format('CREATE POLICY %I ON %I TO culprit_tenant USING (%s)%s',
      CASE t.name WHEN 'integrations' THEN 'integration_access_policy' ELSE 'tenant_policy' END, t.name, tenant_rows,
      ' WITH CHECK (' || tenant_rows || own_references || ')');
    EXECUTE format('GRANT SELECT ON %I TO culprit_tenant', t.name);
    -- Forks share their commits: the engine reads them from git, and no tenant claims or invents one.
    IF t.name NOT IN ('users', 'commits', 'commit_files', 'repository_commits') THEN
      EXECUTE format('GRANT INSERT ON %I TO culprit_tenant', t.name);
    END IF;
    IF t.name NOT IN ('users', 'commits', 'commit_files', 'repository_commits', 'audit_log', 'feedback_events', 'incident_decisions') THEN
      EXECUTE format('GRANT UPDATE, DELETE ON %I TO culprit_tenant', t.name);
    END IF;
  END LOOP;
END;
$$;

-- What a tenant may add beyond what it sees: its own project, which it also reads back before `visible_projects` knows it.
CREATE POLICY tenant_reads_own_projects ON projects FOR SELECT TO culprit_tenant
  USING (owner_id = (SELECT culprit_user_id()) AND (SELECT culprit_project_id()) IS NULL AND deleted_at IS NULL);
CREATE POLICY tenant_makes_projects ON projects FOR INSERT TO culprit_tenant WITH CHECK (owner_id = (SELECT culprit_user_id()));
-- A built-in workflow lies in no project; who ran it sees it, because document 3's views join its name.
CREATE POLICY tenant_reads_built_in_workflows ON workflows FOR SELECT TO culprit_tenant
  USING (project_id IS NULL AND EXISTS (SELECT 1 FROM workflow_executions e WHERE e.workflow_id = workflows.id));

-- Materialised views know no policies; these views are how they are read.
CREATE VIEW workflow_daily_stats WITH (security_barrier = true) AS
SELECT * FROM workflow_daily_totals
WHERE project_id = ANY ((SELECT visible_projects())::uuid[]) OR (SELECT current_user <> 'culprit_tenant');
CREATE VIEW incident_daily_stats WITH (security_barrier = true) AS
SELECT * FROM incident_daily_totals
WHERE project_id = ANY ((SELECT visible_projects())::uuid[]) OR (SELECT current_user <> 'culprit_tenant');

GRANT SELECT ON recent_workflow_activity, workflow_performance_stats, incident_resolutions, workflow_daily_stats,
  incident_daily_stats TO culprit_engine, culprit_tenant;
GRANT USAGE ON SCHEMA autopsy, triage, diagnosis, tracking TO culprit_engine, culprit_tenant;
GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA autopsy, triage, diagnosis, tracking TO culprit_engine, culprit_tenant;

-- Document 3's query on `config @> …` uses its index under row-level security only if the operator can't leak what it
-- reads; it does not, but PostgreSQL lets a superuser alone say so. Elsewhere that query of a tenant reads its workflows.
DO $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    ALTER FUNCTION pg_catalog.jsonb_contains(jsonb, jsonb) LEAKPROOF;
  END IF;
END;
$$;
