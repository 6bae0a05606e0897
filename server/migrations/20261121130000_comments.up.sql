-- What everything is, for `\d+` at three in the morning and for docs/schema.md, which is made from it. A comment of a
-- table, view or function ends with the documents it comes from: D1 autopsy, D2 triage, D3 workflow engine, D4
-- diagnosis, D5 tracking, or Culprit where none has it. A column says so where its table unites several documents.

-- Columns that mean the same wherever they stand; what is special about one is said below.
DO $$
DECLARE
  c record;
BEGIN
  FOR c IN
    SELECT t.relname AS table_name, a.attname AS column_name, s.meaning
    FROM (VALUES
      ('id', 'Key: a UUID, version 7 where Culprit makes it, so that later rows sort later.'),
      ('project_id', 'The project that the row belongs to; row-level security decides by it.'),
      ('incident_id', 'The incident that the row belongs to, and goes with.'),
      ('environment', 'Where it ran, as the sender names it, such as production or preview.'),
      ('created_at', 'When the row was made, by the clock of the database.'),
      ('updated_at', 'When the row was last changed, by the clock of the database; a trigger sets it.')
    ) AS s(column_name, meaning)
    JOIN pg_attribute a ON a.attname = s.column_name AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_class t ON t.oid = a.attrelid
    WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition
  LOOP
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', c.table_name, c.column_name, c.meaning);
  END LOOP;
END;
$$;

-- People and access ---------------------------------------------------------------------------------------------------

COMMENT ON TABLE users IS 'A person who can sign in. [D5]';
COMMENT ON COLUMN users.github_id IS 'GitHub''s stable number of the account; null for a person without one, such as the local admin. [D5]';
COMMENT ON COLUMN users.github_login IS 'Name that is shown; GitHub''s user name where there is one. [D5]';
COMMENT ON COLUMN users.github_email IS 'E-mail address as GitHub told it; null where it did not. [D5]';
COMMENT ON COLUMN users.avatar_url IS 'URL of a picture, or null. [D5]';

COMMENT ON TABLE user_identities IS 'A person''s account at a sign-in provider; one person may have several. [Culprit]';
COMMENT ON COLUMN user_identities.provider IS 'Kind of provider, such as github, gitlab or oidc.';
COMMENT ON COLUMN user_identities.host IS 'Host of the provider, such as github.com or a self-hosted one.';
COMMENT ON COLUMN user_identities.subject IS 'The provider''s stable id of the account, never its name.';
COMMENT ON COLUMN user_identities.user_id IS 'The person that signs in by it.';
COMMENT ON COLUMN user_identities.login IS 'The account''s name when it was last seen; may change, decides nothing.';

COMMENT ON TABLE login_links IS 'A one-time sign-in link, valid for an hour; deleted a day after it ran out. [Culprit]';
COMMENT ON COLUMN login_links.token_hash IS 'SHA-256 of the token (256 random bits); the token itself is kept nowhere.';
COMMENT ON COLUMN login_links.user_id IS 'Who is signed in by it.';
COMMENT ON COLUMN login_links.expires_at IS 'From then on it signs nobody in.';
COMMENT ON COLUMN login_links.used_at IS 'When it was used up; null while it may still be used.';

COMMENT ON TABLE sessions IS 'A signed-in browser or editor, for seven days; deleted when it has run out. [Culprit]';
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the session token (256 random bits); the token itself is kept nowhere.';
COMMENT ON COLUMN sessions.user_id IS 'Who is signed in.';
COMMENT ON COLUMN sessions.expires_at IS 'From then on it is void.';

COMMENT ON TABLE projects IS 'What is watched: an application with its owner, repository and keys. [D5]';
COMMENT ON COLUMN projects.project_id IS 'Public id, proj_ and the TypeID form of `id`. [D5]';
COMMENT ON COLUMN projects.owner_id IS 'The person who owns it; cannot be deleted before another owns it. [D5]';
COMMENT ON COLUMN projects.name IS 'Name that people chose, unique among projects that are not deleted. [Culprit]';
COMMENT ON COLUMN projects.dsn_number IS 'The number at the end of its Sentry DSN, because Sentry''s SDKs take digits only. [Culprit]';
COMMENT ON COLUMN projects.repo_host IS 'Host of its forge, such as github.com; null where none is linked. [Culprit]';
COMMENT ON COLUMN projects.repo_owner IS 'Owner of its repository at the forge, or null. [D5]';
COMMENT ON COLUMN projects.repo_name IS 'Name of its repository at the forge, or null. [D5]';
COMMENT ON COLUMN projects.repo_full_name IS 'owner/name at the forge, or null; one project for each on a host among those that are not deleted. [D5]';
COMMENT ON COLUMN projects.platform IS 'Deployment platform, such as vercel, or other. [D5]';
COMMENT ON COLUMN projects.ingest_api_key IS 'Visible prefix of its first ingest key (culprit_ingest_ and 12 hex digits), never a whole key; validity is api_keys alone. [D5]';
COMMENT ON COLUMN projects.settings IS 'What it is allowed beyond the defaults: {"allowUnisolatedProof"?: boolean, "allowInstallNetwork"?: boolean}. [Culprit]';
COMMENT ON COLUMN projects.deleted_at IS 'When it was deleted softly: its incidents stay, it is seen no more; null while it lives. [D5]';

COMMENT ON TABLE project_members IS 'Who besides the owner sees a project, and what they may do. [D5]';
COMMENT ON COLUMN project_members.user_id IS 'The member.';
COMMENT ON COLUMN project_members.role IS 'admin, member or viewer.';

COMMENT ON TABLE api_keys IS 'A key that signs requests of one project; its secret is kept as a hash only. [D5]';
COMMENT ON COLUMN api_keys.key_type IS 'ingest (may send signals, nothing else) or api (may read and write its project).';
COMMENT ON COLUMN api_keys.prefix IS 'Visible beginning of the key, culprit_<type>_ and 12 hex digits; finds the row, proves nothing.';
COMMENT ON COLUMN api_keys.secret_hash IS 'SHA-256 of the whole key (192 random bits); it decides.';
COMMENT ON COLUMN api_keys.last_used_at IS 'Last use, by the clock of the database, a few seconds late; null before the first.';
COMMENT ON COLUMN api_keys.usage_count IS 'Requests that came with it.';
COMMENT ON COLUMN api_keys.revoked_at IS 'When it was revoked; it opens nothing within a second of that. Null while it is valid.';

COMMENT ON TABLE api_key_usage IS 'How much the keys of one kind of a project are used, all of them together. [D5]';
COMMENT ON COLUMN api_key_usage.key_type IS 'ingest or api.';
COMMENT ON COLUMN api_key_usage.last_used_at IS 'Last use of any of them, a few seconds late.';
COMMENT ON COLUMN api_key_usage.usage_count IS 'Requests that came with any of them, revoked ones included.';

COMMENT ON TABLE audit_log IS 'Who did what; append-only, and it outlives the project that it is about. [D3]';
COMMENT ON COLUMN audit_log.project_id IS 'The project it is about; no reference, because the row outlives it. Null for what is about none.';
COMMENT ON COLUMN audit_log.at IS 'When it was done, by the clock of the database.';
COMMENT ON COLUMN audit_log.actor_type IS 'user, key, system or integration.';
COMMENT ON COLUMN audit_log.actor_id IS 'Id of the person, key or integration; null for the system.';
COMMENT ON COLUMN audit_log.action IS 'What was done, as noun.verb, such as key.revoke.';
COMMENT ON COLUMN audit_log.target_type IS 'Kind of thing it was done to, or null.';
COMMENT ON COLUMN audit_log.target_id IS 'Id of the thing it was done to, or null.';
COMMENT ON COLUMN audit_log.details IS 'What else is worth knowing; never a secret.';

-- Changes -------------------------------------------------------------------------------------------------------------

COMMENT ON TABLE repositories IS 'A git repository of a project, mirrored for blame and proofs. [Culprit]';
COMMENT ON COLUMN repositories.url IS 'URL or local path that git is given.';
COMMENT ON COLUMN repositories.default_branch IS 'Branch that its HEAD names; null before the first fetch.';
COMMENT ON COLUMN repositories.last_fetched_at IS 'When the mirror was last brought up to date; null before.';
COMMENT ON COLUMN repositories.last_error IS 'Why the last fetch failed, at most 1000 characters; null when it did not.';

COMMENT ON TABLE services IS 'A logical service of a project, with a stable identity over its deployments. [D4]';
COMMENT ON COLUMN services.service_id IS 'Key: a UUID.';
COMMENT ON COLUMN services.cluster_id IS 'Kubernetes cluster; default where there is none.';
COMMENT ON COLUMN services.namespace IS 'Kubernetes namespace; the environment where there is none.';
COMMENT ON COLUMN services.service_name IS 'Name as signals and deployments give it; the project''s name where they give none.';

COMMENT ON TABLE dependencies IS 'What a service calls that is no service of the project: a database, a queue, somebody''s API. [D4]';
COMMENT ON COLUMN dependencies.dependency_id IS 'Key: a UUID.';
COMMENT ON COLUMN dependencies.name IS 'Host or name by which it is called.';
COMMENT ON COLUMN dependencies.kind IS 'external, database, queue, cache or other.';
COMMENT ON COLUMN dependencies.engine IS 'What runs there, such as postgresql or kafka; null where unknown.';

COMMENT ON TABLE topology_edges IS 'Which service depends on which service or dependency, and since when that is seen. [D4]';
COMMENT ON COLUMN topology_edges.edge_id IS 'Key: a UUID.';
COMMENT ON COLUMN topology_edges.from_service_id IS 'The service that depends.';
COMMENT ON COLUMN topology_edges.to_service_id IS 'The service it depends on; null where it is a dependency.';
COMMENT ON COLUMN topology_edges.to_dependency_id IS 'The dependency it depends on; null where it is a service.';
COMMENT ON COLUMN topology_edges.source IS 'How it is known: traces, kubernetes or manual.';
COMMENT ON COLUMN topology_edges.first_seen_at IS 'First call that was seen.';
COMMENT ON COLUMN topology_edges.last_seen_at IS 'Last call that was seen; an old one tells that the edge may be gone.';

COMMENT ON TABLE deployment_events IS 'A rollout: from then on a revision of a service ran in an environment. [D4]';
COMMENT ON COLUMN deployment_events.deployment_event_id IS 'Key: a UUID; dep_ in its public form.';
COMMENT ON COLUMN deployment_events.service_id IS 'The service that was deployed.';
COMMENT ON COLUMN deployment_events.started_at IS 'When the revision began to run: as reported, or when a signal first named it.';
COMMENT ON COLUMN deployment_events.finished_at IS 'When the rollout was complete; null while it goes on or where nobody said.';
COMMENT ON COLUMN deployment_events.deploy_type IS 'helm, k8s, argo, flux, manual or other.';
COMMENT ON COLUMN deployment_events.image_ref IS 'Container image with its tag or digest, or null.';
COMMENT ON COLUMN deployment_events.revision IS 'Best-effort name of what ran: the commit id, else the release; null for manual changes.';
COMMENT ON COLUMN deployment_events.commit_sha IS 'Commit that ran, 40 or 64 lower-case hex digits; null where none is known. [Culprit]';
COMMENT ON COLUMN deployment_events.release IS 'Release name as the sender gives it, or null. [Culprit]';
COMMENT ON COLUMN deployment_events.deployment_id IS 'The platform''s own id of the deployment, unique in a project; the same one again is the same deployment. [D5]';
COMMENT ON COLUMN deployment_events.origin IS 'reported (POST /api/deployments) or observed (a signal named a new release or commit). [Culprit]';
COMMENT ON COLUMN deployment_events.metadata IS 'What the reporter attached.';

COMMENT ON TABLE service_revisions IS 'Revision timeline: which revision of a service ran in an environment from when to when, without overlap. [Culprit]';
COMMENT ON COLUMN service_revisions.service_id IS 'The service that ran.';
COMMENT ON COLUMN service_revisions.commit_sha IS 'Commit that ran, 40 or 64 lower-case hex digits; null while only a release is known.';
COMMENT ON COLUMN service_revisions.release IS 'Release name, or null.';
COMMENT ON COLUMN service_revisions.from_at IS 'When it began to run.';
COMMENT ON COLUMN service_revisions.to_at IS 'When the next one took its place; null while it runs.';
COMMENT ON COLUMN service_revisions.mapping_confidence IS '0 to 1: how sure it is that this commit is what ran.';
COMMENT ON COLUMN service_revisions.mapping_source IS 'How the commit is known: reported_commit, signal_commit, release_commit, release_tag, image_tag or unknown.';
COMMENT ON COLUMN service_revisions.deployment_event_id IS 'The deployment that began it; null where none is known.';

COMMENT ON TABLE deployment_commit_ranges IS 'The commits that a deployment brought: those between the revision before and its own. [D4]';
COMMENT ON COLUMN deployment_commit_ranges.deployment_event_id IS 'The deployment.';
COMMENT ON COLUMN deployment_commit_ranges.previous_revision IS 'Commit that ran before; null where unknown, and the last 20 commits stand in.';
COMMENT ON COLUMN deployment_commit_ranges.current_revision IS 'Commit that was deployed.';
COMMENT ON COLUMN deployment_commit_ranges.is_rollback IS 'True where the deployed commit is an ancestor of the one before; commit_shas are then those taken out.';
COMMENT ON COLUMN deployment_commit_ranges.commit_shas IS 'Commit ids, newest first, at most 500.';

COMMENT ON TABLE config_change_events IS 'A change that no commit shows: a flag, a ConfigMap or Secret, a manual rollout, a database schema. [D4]';
COMMENT ON COLUMN config_change_events.config_change_id IS 'Key: a UUID; cfg_ in its public form.';
COMMENT ON COLUMN config_change_events.service_id IS 'The service it concerns; null where it concerns all.';
COMMENT ON COLUMN config_change_events.detected_at IS 'When it was made, as far as its reporter knows.';
COMMENT ON COLUMN config_change_events.source IS 'k8s_deployment, k8s_configmap, k8s_secret, k8s_replicaset, db_schema, feature_flag or api.';
COMMENT ON COLUMN config_change_events.change_kind IS 'image_swap, env_var, resource_limit, replica_count, configmap_key, secret_key, db_schema_alter, feature_flag or setting.';
COMMENT ON COLUMN config_change_events.resource_name IS 'What was changed: a deployment, ConfigMap, table or flag.';
COMMENT ON COLUMN config_change_events.diff_payload IS '{"changes": [{"field", "old_value"?, "new_value"?}]}; values of secrets are dropped before they get here.';
COMMENT ON COLUMN config_change_events.actor IS 'Who made it; null where nobody said.';
COMMENT ON COLUMN config_change_events.audit_log_ref IS 'Pointer to the raw entry of a cluster''s audit log, or null.';

COMMENT ON TABLE commits IS 'A commit, stored once however many repositories have it. [D4]';
COMMENT ON COLUMN commits.commit_sha IS 'Commit id, 40 or 64 lower-case hex digits.';
COMMENT ON COLUMN commits.repo IS 'URL or path of the repository it was first read from; repository_commits knows all.';
COMMENT ON COLUMN commits.author IS 'Author''s name, or null.';
COMMENT ON COLUMN commits.message IS 'Whole commit message.';
COMMENT ON COLUMN commits.summary IS 'One line about it: its subject, or what a model made of it; null before.';
COMMENT ON COLUMN commits.authored_at IS 'Author''s date, by the author''s clock.';

COMMENT ON TABLE commit_files IS 'A file that a commit changed, with the kind of the change and its diff. [D4]';
COMMENT ON COLUMN commit_files.commit_sha IS 'The commit.';
COMMENT ON COLUMN commit_files.file_path IS 'Path from the root of the repository, after the change.';
COMMENT ON COLUMN commit_files.change_type IS 'db_migration, dependency, config, timeout_retry, http_client, shared_util, auth, test, docs or other.';
COMMENT ON COLUMN commit_files.diff_text IS 'Unified diff of the file; null where it was too large or binary.';
COMMENT ON COLUMN commit_files.lines_added IS 'Lines added, 0 or more.';
COMMENT ON COLUMN commit_files.lines_removed IS 'Lines removed, 0 or more.';

COMMENT ON TABLE repository_commits IS 'Which repository has which commit; forks share commits. [Culprit]';
COMMENT ON COLUMN repository_commits.repository_id IS 'The repository.';
COMMENT ON COLUMN repository_commits.commit_sha IS 'The commit.';

-- Kubernetes faults ---------------------------------------------------------------------------------------------------

COMMENT ON TABLE fault_events IS 'A fault that a cluster told of: the values of its first receipt; each receipt is an occurrence of its incident. [D2]';
COMMENT ON COLUMN fault_events.fault_id IS 'The sender''s id (hash) of the fault, unique in a project; a fault that recurs keeps it.';
COMMENT ON COLUMN fault_events.subscription_id IS 'MCP subscription by which it came.';
COMMENT ON COLUMN fault_events.cluster IS 'Kubernetes cluster, such as prod-us-east-1; 1 to 255 characters, none of them a control character.';
COMMENT ON COLUMN fault_events.received_at IS 'First receipt, by our clock.';
COMMENT ON COLUMN fault_events.last_received_at IS 'Last receipt, by our clock. [Culprit]';
COMMENT ON COLUMN fault_events.repeat_count IS 'Receipts after the first. [Culprit]';
COMMENT ON COLUMN fault_events.resource_api_version IS 'Kubernetes apiVersion of the resource, such as v1 or apps/v1.';
COMMENT ON COLUMN fault_events.resource_kind IS 'Kind of the resource, such as Pod.';
COMMENT ON COLUMN fault_events.resource_name IS 'Name of the resource.';
COMMENT ON COLUMN fault_events.resource_namespace IS 'Namespace of the resource; empty for what lies in none, such as a node.';
COMMENT ON COLUMN fault_events.resource_uid IS 'Kubernetes UID of the resource.';
COMMENT ON COLUMN fault_events.fault_type IS 'Type of the fault, such as CrashLoopBackOff; an unknown one is kept as it is.';
COMMENT ON COLUMN fault_events.severity IS 'critical, high, medium or low.';
COMMENT ON COLUMN fault_events.context IS 'What else the sender told: a termination text, or samples of logs as JSON; empty for nothing.';
COMMENT ON COLUMN fault_events.timestamp IS 'When the fault occurred, by the cluster''s clock.';

-- Incidents -----------------------------------------------------------------------------------------------------------

COMMENT ON TABLE incidents IS 'One failure of one project and environment, however often it occurs; one wide row, so that lists and filters need no join. [D1, D2, D4, D5]';
COMMENT ON COLUMN incidents.id IS 'Key: a UUID, version 7. [D2, D4 incident_id; D5 id]';
COMMENT ON COLUMN incidents.incident_id IS 'Public id, inc_ and the TypeID form of `id`. [D1 id; D5]';
COMMENT ON COLUMN incidents.project_id IS 'The project that it belongs to; row-level security decides by it. [D5]';
COMMENT ON COLUMN incidents.service_id IS 'The service that failed; null until a signal names one. [D4]';
COMMENT ON COLUMN incidents.source IS 'What kind of source opened it: ingest, sentry, otlp, kubernetes, alert or manual; which columns are set follows from it. [Culprit]';
COMMENT ON COLUMN incidents.status IS 'open, suppressed, triaged, investigating, diagnosed, pr_created, failed, agent_failed or resolved; each document''s view says it in its own words. [D1, D2, D4, D5]';
COMMENT ON COLUMN incidents.severity IS 'critical, high, medium or low: the highest that was told. [D2; D4 as 1 to 4]';
COMMENT ON COLUMN incidents.title IS 'One line for people, at most 500 characters, such as TypeError: x is undefined. [Culprit]';
COMMENT ON COLUMN incidents.detector IS 'What noticed the failure: exception, http_error, latency or crash. [D1 error_type]';
COMMENT ON COLUMN incidents.error_type IS 'Type of the exception, such as TypeError; null for a failure without one. [D5]';
COMMENT ON COLUMN incidents.error_message IS 'Message of the exception, else the title. [D1, D5]';
COMMENT ON COLUMN incidents.stack_trace IS 'Stack trace as text, scrubbed of secrets; null where there is none. [D1, D5]';
COMMENT ON COLUMN incidents.frames IS 'Parsed frames of the first occurrence, failing call first: [{"file", "function", "line", "column", "isInApp"}]. [Culprit]';
COMMENT ON COLUMN incidents.file_path IS 'Where it failed: path from the root of the repository once that is known, before that as sent. [D5]';
COMMENT ON COLUMN incidents.line_number IS 'Line in that file, from 1. [D5]';
COMMENT ON COLUMN incidents.column_number IS 'Column in that line, from 1. [D5]';
COMMENT ON COLUMN incidents.trace_id IS 'OpenTelemetry trace id of the first occurrence, 32 hex digits; null where there was none. [D1]';
COMMENT ON COLUMN incidents.release IS 'Release that was running, as the sender names it, or null. [Culprit]';
COMMENT ON COLUMN incidents.commit_sha IS 'Commit that was running, 40 or 64 hex digits; null where nobody said. [D5]';
COMMENT ON COLUMN incidents.deployment_id IS 'The platform''s own id of the deployment, as text, or null. [D5]';
COMMENT ON COLUMN incidents.deployment_event_id IS 'The deployment whose revision was running; null where it is unknown. [D4]';
COMMENT ON COLUMN incidents.environment IS 'Where it failed, such as production or preview. [D5]';
COMMENT ON COLUMN incidents.occurred_at IS 'First occurrence, by the sender''s clock. [D5]';
COMMENT ON COLUMN incidents.window_start IS 'Start of the time that an investigation looks at first. [D4]';
COMMENT ON COLUMN incidents.window_end IS 'End of that time, not before its start. [D4]';
COMMENT ON COLUMN incidents.verdict IS 'Verdict of the newest investigation: confirmed, likely or inconclusive; null before the first. [Culprit]';
COMMENT ON COLUMN incidents.verdict_summary IS 'That verdict in one sentence. [Culprit]';
COMMENT ON COLUMN incidents.culprit_commit IS 'Commit that the verdict blames; null where it blames none. [Culprit]';
COMMENT ON COLUMN incidents.is_regression IS 'True once a later occurrence reopened it after it was resolved. [Culprit]';
COMMENT ON COLUMN incidents.resolved_at IS 'When it was resolved; null while it is not. Derived from feedback_events. [D4, D5]';
COMMENT ON COLUMN incidents.resolution_kind IS 'What resolved it: hypothesis, other or unknown. Derived from feedback_events. [D4]';
COMMENT ON COLUMN incidents.resolution_summary IS 'How it was resolved, in words. Derived from feedback_events. [D4]';
COMMENT ON COLUMN incidents.resolved_hypothesis_id IS 'The hypothesis that people confirmed. Derived from feedback_events. [D4]';
COMMENT ON COLUMN incidents.metadata IS 'What a platform attaches beyond the columns. [D5]';
COMMENT ON COLUMN incidents.created_at IS 'When it was opened, by the clock of the database. [D1, D2, D4, D5]';
COMMENT ON COLUMN incidents.updated_at IS 'When the row was last changed, by the clock of the database; a trigger sets it. [D1, D4]';
COMMENT ON COLUMN incidents.file_snapshots IS 'Code around the failing frames: [{"path", "content", "line_number", "column"}]; null before it was read. [D1]';
COMMENT ON COLUMN incidents.pr_url IS 'URL of the pull request that mends it, or null. [D1]';
COMMENT ON COLUMN incidents.pr_number IS 'Its number, from 1, or null. [D1]';
COMMENT ON COLUMN incidents.fault_id IS 'The fault that opened it; null for other sources, and once the fault is deleted. [D2]';
COMMENT ON COLUMN incidents.subscription_id IS 'Copied from its fault: MCP subscription. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.cluster IS 'Copied from its fault: Kubernetes cluster. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.resource_api_version IS 'Copied from its fault: apiVersion of the resource. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.resource_kind IS 'Copied from its fault: kind of the resource. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.resource_name IS 'Copied from its fault: name of the resource. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.resource_namespace IS 'Copied from its fault: namespace of the resource, empty for none. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.resource_uid IS 'Copied from its fault: Kubernetes UID of the resource. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.fault_type IS 'Copied from its fault: type of the fault. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.context IS 'Copied from its fault: a termination text, or samples of logs as JSON; empty for nothing. Null for other sources. [D2]';
COMMENT ON COLUMN incidents.fault_timestamp IS 'Copied from its fault: when it occurred, by the cluster''s clock. Null for other sources. [D2 timestamp]';
COMMENT ON COLUMN incidents.started_at IS 'When the newest investigation began; null before the first. [D2]';
COMMENT ON COLUMN incidents.completed_at IS 'When it ended, well or not; null before, and while the next one goes on. [D2]';
COMMENT ON COLUMN incidents.exit_code IS 'Exit code of the agent that did it, 0 is success; null before it ended, and where none did. [D2]';
COMMENT ON COLUMN incidents.failure_reason IS 'Why it failed; null where it did not. [D2]';
COMMENT ON COLUMN incidents.trigger_type IS 'What raised it: error_rate_spike, p99_regression, crashloop or custom. [D4]';

COMMENT ON TABLE incident_fingerprints IS 'Which incident a fingerprint means: whoever inserts the key first opens the incident. [D5]';
COMMENT ON COLUMN incident_fingerprints.version IS 'Version of the rules that made the fingerprint; a version never changes.';
COMMENT ON COLUMN incident_fingerprints.fingerprint IS 'SHA-256 (32 bytes) of the canonical text of the failure: type, message and in-app frames without line numbers.';

COMMENT ON TABLE incident_traces IS 'How often a trace told of an incident through each door, so that two doors telling of one request count once; kept for an hour. [Culprit]';
COMMENT ON COLUMN incident_traces.trace_id IS 'Trace id as sent.';
COMMENT ON COLUMN incident_traces.door IS 'The door (ingest, sentry, otlp, kubernetes); with /bare after it for failures without an exception.';
COMMENT ON COLUMN incident_traces.event_count IS 'Events of that trace, incident and door.';
COMMENT ON COLUMN incident_traces.received_at IS 'First of them, by our clock.';

COMMENT ON TABLE incident_counters IS 'How often and when an incident occurred; narrow, because it moves with every batch. [Culprit]';
COMMENT ON COLUMN incident_counters.occurrence_count IS 'Occurrences, each request counted once however many doors told of it.';
COMMENT ON COLUMN incident_counters.payload_count IS 'Payloads kept with its occurrences.';
COMMENT ON COLUMN incident_counters.last_payload_at IS 'When a payload was last kept, by our clock; null before the first.';
COMMENT ON COLUMN incident_counters.first_seen_at IS 'First receipt, by our clock.';
COMMENT ON COLUMN incident_counters.last_seen_at IS 'Last receipt, by our clock; retention counts from it.';

COMMENT ON TABLE event_ids IS 'Every acknowledged event id, so that a request sent twice counts once; kept for some days. [Culprit]';
COMMENT ON COLUMN event_ids.event_id IS 'The sender''s id of the event, unique in a project.';
COMMENT ON COLUMN event_ids.incident_id IS 'The incident it was counted to; no reference, because it is written at the rate of intake.';
COMMENT ON COLUMN event_ids.received_at IS 'When it was acknowledged, by our clock.';

COMMENT ON TABLE incident_occurrences IS 'One row for each acknowledged event of an incident, with the reason why it joined. [Culprit]';
COMMENT ON COLUMN incident_occurrences.received_at IS 'When it came in, by our clock; partitions go by it because senders'' clocks lie.';
COMMENT ON COLUMN incident_occurrences.event_id IS 'The sender''s id of the event.';
COMMENT ON COLUMN incident_occurrences.occurred_at IS 'When it happened, by the sender''s clock.';
COMMENT ON COLUMN incident_occurrences.door IS 'How it came in: ingest, sentry, otlp or kubernetes.';
COMMENT ON COLUMN incident_occurrences.reason IS 'Why it joined: opened, same_fingerprint, same_trace, reopened or late.';
COMMENT ON COLUMN incident_occurrences.is_counted IS 'False where another door told of the same request before; the true ones add up to occurrence_count.';
COMMENT ON COLUMN incident_occurrences.release IS 'Release that sent it, or null.';
COMMENT ON COLUMN incident_occurrences.commit_sha IS 'Commit that sent it, or null.';
COMMENT ON COLUMN incident_occurrences.trace_id IS 'Its trace id, or null.';
COMMENT ON COLUMN incident_occurrences.payload IS 'What was sent, scrubbed, for the first, second, fourth, eighth … occurrence; null for the others.';

COMMENT ON TABLE incident_last_payloads IS 'Newest payload of an incident, renewed at most every thirty seconds. [Culprit]';
COMMENT ON COLUMN incident_last_payloads.event_id IS 'The event it came with.';
COMMENT ON COLUMN incident_last_payloads.received_at IS 'When that came in, by our clock.';
COMMENT ON COLUMN incident_last_payloads.payload IS 'What was sent, scrubbed.';

COMMENT ON TABLE incident_decisions IS 'Each opening, merging, reopening, approving, suppressing and resolving of an incident, with its reason; append-only. [D4]';
COMMENT ON COLUMN incident_decisions.decision_id IS 'Key: a UUID.';
COMMENT ON COLUMN incident_decisions.decided_at IS 'When it was decided, by the clock of the database.';
COMMENT ON COLUMN incident_decisions.decision IS 'approved, suppressed (D4), opened, merged, reopened or resolved (Culprit).';
COMMENT ON COLUMN incident_decisions.rationale IS 'Why, in words for people.';
COMMENT ON COLUMN incident_decisions.policy_version IS 'The rules that decided, such as fingerprint/1 or status/1.';
COMMENT ON COLUMN incident_decisions.details IS 'What they decided by, such as {"eventId"} or {"policyVersion", "severity"}.';

-- Investigations ------------------------------------------------------------------------------------------------------

COMMENT ON TABLE evidence_artifacts IS 'Something that an investigation read: a reference that resolves, and a snapshot of what was read. [D4]';
COMMENT ON COLUMN evidence_artifacts.evidence_id IS 'Key: a UUID; evd_ in its public form.';
COMMENT ON COLUMN evidence_artifacts.kind IS 'clickhouse_query, prom_query, k8s_event, git_diff, snapshot, note (D4), retrieval or sql_query (Culprit).';
COMMENT ON COLUMN evidence_artifacts.source IS 'The engine that answered: clickhouse, prometheus, k8s, github, manual, qdrant (D4), pgvector, postgres or git (Culprit).';
COMMENT ON COLUMN evidence_artifacts.ref IS 'What to ask it: a query, URL, git:<sha>, blame:<sha>:<path>:<line>, or <collection>/<point id>.';
COMMENT ON COLUMN evidence_artifacts.metadata IS '{"title", "snapshot", ...}: what was read, as it was read.';

COMMENT ON TABLE incident_hypotheses IS 'A possible cause of an incident with the evidence for and against it. [D4]';
COMMENT ON COLUMN incident_hypotheses.hypothesis_id IS 'Key: a UUID; hyp_ in its public form.';
COMMENT ON COLUMN incident_hypotheses.revision IS 'Investigation of the incident it comes from, from 1; the newest is the answer. [Culprit]';
COMMENT ON COLUMN incident_hypotheses.rank IS 'Place among the hypotheses of its revision, 1 is the likeliest.';
COMMENT ON COLUMN incident_hypotheses.hypothesis_type IS 'release, traffic, dependency, db, infra, unknown (D4) or config (Culprit).';
COMMENT ON COLUMN incident_hypotheses.title IS 'The cause in one line.';
COMMENT ON COLUMN incident_hypotheses.confidence IS '0.00 to 1.00, rounded down; 1.00 only where a person confirmed it.';
COMMENT ON COLUMN incident_hypotheses.evidence_ids IS 'Evidence it cites, all of the same incident.';
COMMENT ON COLUMN incident_hypotheses.details IS '{"commitSha"?, "configChangeId"?, "for": [{"text", "evidenceId"}], "against": [...], "advice"?}.';

COMMENT ON TABLE incident_reports IS 'Report of an investigation of any incident, with the verdict; one for each revision. [D4]';
COMMENT ON COLUMN incident_reports.report_id IS 'Key: a UUID; rep_ in its public form.';
COMMENT ON COLUMN incident_reports.revision IS 'Investigation of the incident, from 1; the newest is the answer. [Culprit]';
COMMENT ON COLUMN incident_reports.model_info IS 'What made it: {"engine"} for the rules, with model and prompt version where a model helped.';
COMMENT ON COLUMN incident_reports.verdict IS 'confirmed, likely or inconclusive; code decides it from the evidence. [Culprit]';
COMMENT ON COLUMN incident_reports.summary IS 'The verdict in one sentence. [Culprit]';
COMMENT ON COLUMN incident_reports.report_markdown IS 'The report, Markdown.';
COMMENT ON COLUMN incident_reports.changed IS 'What is new against the revision before; null for the first. [Culprit]';
COMMENT ON COLUMN incident_reports.evidence_ids IS 'Evidence it cites, all of the same incident.';

COMMENT ON TABLE agent_executions IS 'A run of the triage agent about a Kubernetes incident. [D2]';
COMMENT ON COLUMN agent_executions.execution_id IS 'Key: a UUID.';
COMMENT ON COLUMN agent_executions.started_at IS 'When the agent started.';
COMMENT ON COLUMN agent_executions.completed_at IS 'When it ended; null while it runs.';
COMMENT ON COLUMN agent_executions.exit_code IS 'Exit code of its process; 0 is success, null while it runs.';
COMMENT ON COLUMN agent_executions.error_message IS 'What went wrong; empty where nothing did.';
COMMENT ON COLUMN agent_executions.log_paths IS 'Paths of its log files with commas between them; empty for none.';

COMMENT ON TABLE triage_reports IS 'What a run of the triage agent wrote. [D2]';
COMMENT ON COLUMN triage_reports.report_id IS 'Key: a UUID.';
COMMENT ON COLUMN triage_reports.execution_id IS 'The run that wrote it.';
COMMENT ON COLUMN triage_reports.generated_at IS 'When it was written.';
COMMENT ON COLUMN triage_reports.report_markdown IS 'The report (the agent''s investigation.md), Markdown.';
COMMENT ON COLUMN triage_reports.report_html IS 'The same as its sender rendered it to HTML, scrubbed of secrets but not of scripts; null where it was not rendered.';

COMMENT ON TABLE autopsy_runs IS 'Every attempt to mend an incident: the patch, and the proof of having run it. [Culprit]';
COMMENT ON COLUMN autopsy_runs.revision IS 'Repair of the incident that it belongs to, from 1; one repair may try several patches.';
COMMENT ON COLUMN autopsy_runs.proposer IS 'Who drafted the patch: revert, the name of a rule such as null-guard, or none.';
COMMENT ON COLUMN autopsy_runs.patch_kind IS 'fix (removes the cause), mitigation (hides it) or revert (undoes the change); null without a patch.';
COMMENT ON COLUMN autopsy_runs.base_commit IS 'Commit that the patch applies to: the deployed one.';
COMMENT ON COLUMN autopsy_runs.patch_diff IS 'The patch, unified diff; null where none was found.';
COMMENT ON COLUMN autopsy_runs.patch_applies IS 'Whether git applies it to base_commit; null without a patch.';
COMMENT ON COLUMN autopsy_runs.test_path IS 'Path of the regression test, or null.';
COMMENT ON COLUMN autopsy_runs.test_diff IS 'The regression test, unified diff, or null.';
COMMENT ON COLUMN autopsy_runs.proof IS 'green (the test failed before and passes after, nothing got worse), red (it did not) or not_run.';
COMMENT ON COLUMN autopsy_runs.proof_reason IS 'Why, in words for people.';
COMMENT ON COLUMN autopsy_runs.proof_steps IS 'What was run: [{"name", "command", "exit_code", "duration_ms", "outcome", "log"}].';
COMMENT ON COLUMN autopsy_runs.isolation IS 'What kept the run from the machine: bwrap, unshare or none.';
COMMENT ON COLUMN autopsy_runs.duration_ms IS 'How long the attempt took, in milliseconds.';
COMMENT ON COLUMN autopsy_runs.model_used IS 'Model that drafted the patch; null where rules did.';
COMMENT ON COLUMN autopsy_runs.prompt_version IS 'Version of the prompt it was asked with; null where rules did.';

COMMENT ON TABLE autopsy_results IS 'The current answer about how to mend an incident, one for each. [D1]';
COMMENT ON COLUMN autopsy_results.id IS 'Key: a number that counts up.';
COMMENT ON COLUMN autopsy_results.root_cause IS 'The cause in words: the verdict''s sentence.';
COMMENT ON COLUMN autopsy_results.patch_diff IS 'The patch, unified diff; begins with # patch_failed: where its proof was red. Null without a patch.';
COMMENT ON COLUMN autopsy_results.ai_fix_prompt IS 'A prompt for a coding tool, with all that is known.';
COMMENT ON COLUMN autopsy_results.manual_steps IS 'What a person would do: an array of sentences.';
COMMENT ON COLUMN autopsy_results.confidence_score IS '0 to 1: confidence of the first hypothesis; null without one.';
COMMENT ON COLUMN autopsy_results.model_used IS 'Model that made it, or rules.';
COMMENT ON COLUMN autopsy_results.analysis_time_ms IS 'How long it took, in milliseconds.';
COMMENT ON COLUMN autopsy_results.autopsy_run_id IS 'The attempt it shows, with the proof. [Culprit]';
COMMENT ON COLUMN autopsy_results.created_at IS 'When the incident first got an answer, by the clock of the database.';

-- Feedback ------------------------------------------------------------------------------------------------------------

COMMENT ON TABLE feedback_events IS 'What people and integrations said about an incident: the source of truth for its resolution; append-only. [D4]';
COMMENT ON COLUMN feedback_events.feedback_event_id IS 'Key: a UUID.';
COMMENT ON COLUMN feedback_events.created_at IS 'When it was said, by the clock of the database at that statement; the log is read in this order.';
COMMENT ON COLUMN feedback_events.actor_type IS 'user, system or integration.';
COMMENT ON COLUMN feedback_events.actor_id IS 'Id of the person, or what the program is called; null for Culprit itself.';
COMMENT ON COLUMN feedback_events.event_type IS 'hypothesis_confirmed, hypothesis_rejected, root_cause_set, incident_status_changed, human_note_added, evidence_attached or identity_mapping_corrected.';
COMMENT ON COLUMN feedback_events.payload IS 'What was said, by event_type, such as {"hypothesis_id", "note"?}, {"from", "to", "reason"?} or {"note_markdown"}; scrubbed.';

COMMENT ON VIEW incident_resolutions IS 'What feedback_events says about how each incident ended; the resolution columns of incidents follow from it. [D4]';
COMMENT ON COLUMN incident_resolutions.incident_id IS 'The incident.';
COMMENT ON COLUMN incident_resolutions.resolved_at IS 'When it was resolved; null while it is not.';
COMMENT ON COLUMN incident_resolutions.resolution_kind IS 'hypothesis, other or unknown; null while nothing is known.';
COMMENT ON COLUMN incident_resolutions.resolution_summary IS 'How, in words.';
COMMENT ON COLUMN incident_resolutions.resolved_hypothesis_id IS 'The hypothesis that was confirmed and not rejected since.';

-- Workflows -----------------------------------------------------------------------------------------------------------

COMMENT ON TABLE workflows IS 'A workflow: what is done when something happens. [D3]';
COMMENT ON COLUMN workflows.project_id IS 'The project whose workflow it is; null for a built-in one, which all share. [Culprit]';
COMMENT ON COLUMN workflows.name IS 'Name, unique in a project.';
COMMENT ON COLUMN workflows.description IS 'What it is for, or null.';
COMMENT ON COLUMN workflows.status IS 'active, inactive (switched off for now), archived (no longer used) or draft (being made).';
COMMENT ON COLUMN workflows.config IS 'Its settings, such as {"max_concurrent_executions", "timeout" (s), "retry_policy": {"max_attempts", "delay" (s)}, "notifications"}.';
COMMENT ON COLUMN workflows.created_by IS 'Who made it, or null.';

COMMENT ON TABLE workflow_actions IS 'A step of a workflow, in order. [D3]';
COMMENT ON COLUMN workflow_actions.project_id IS 'The project that its workflow belongs to; null where that is built in. [Culprit]';
COMMENT ON COLUMN workflow_actions.workflow_id IS 'The workflow.';
COMMENT ON COLUMN workflow_actions.action_type IS 'What it does, such as issue_creator, quality_gates or post_comment.';
COMMENT ON COLUMN workflow_actions.action_name IS 'Name for people.';
COMMENT ON COLUMN workflow_actions.config IS 'Its settings, by action_type.';
COMMENT ON COLUMN workflow_actions.order_index IS 'Place among the steps of the workflow, from 0.';
COMMENT ON COLUMN workflow_actions.conditions IS 'When it is run; null for always.';

COMMENT ON TABLE workflow_triggers IS 'What starts a workflow. [D3]';
COMMENT ON COLUMN workflow_triggers.project_id IS 'The project that its workflow belongs to; null where that is built in. [Culprit]';
COMMENT ON COLUMN workflow_triggers.workflow_id IS 'The workflow.';
COMMENT ON COLUMN workflow_triggers.trigger_type IS 'event, schedule, webhook or manual.';
COMMENT ON COLUMN workflow_triggers.conditions IS 'Which events or times, by trigger_type.';
COMMENT ON COLUMN workflow_triggers.enabled IS 'False where it is switched off.';

COMMENT ON TABLE workflow_executions IS 'A run of a workflow: a job with a checkpoint after each step. [D3]';
COMMENT ON COLUMN workflow_executions.workflow_id IS 'The workflow that runs.';
COMMENT ON COLUMN workflow_executions.execution_id IS 'Public id, exec_ and the TypeID form of `id`.';
COMMENT ON COLUMN workflow_executions.incident_id IS 'The incident it is about; null for one about none. [Culprit]';
COMMENT ON COLUMN workflow_executions.status IS 'pending, running, completed, failed, timeout or cancelled.';
COMMENT ON COLUMN workflow_executions.started_at IS 'When it was asked for, by the clock of the database.';
COMMENT ON COLUMN workflow_executions.completed_at IS 'When it ended, however it did; null before.';
COMMENT ON COLUMN workflow_executions.result IS 'Checkpoints, {"steps": {"<name>": output}}; a step that is there is not run again.';
COMMENT ON COLUMN workflow_executions.error_message IS 'Why its last failed try failed; null where none did.';
COMMENT ON COLUMN workflow_executions.retry_count IS 'Tries that failed.';
COMMENT ON COLUMN workflow_executions.parent_execution_id IS 'The execution that it repeats or is part of, or null.';
COMMENT ON COLUMN workflow_executions.trigger_type IS 'What started it, such as gate, manual or new_evidence.';
COMMENT ON COLUMN workflow_executions.trigger_data IS 'What that told, such as {"reason"}.';

COMMENT ON TABLE execution_logs IS 'A line of the log of a workflow execution. [D3]';
COMMENT ON COLUMN execution_logs.execution_id IS 'The execution.';
COMMENT ON COLUMN execution_logs.level IS 'DEBUG, INFO, WARNING, ERROR or CRITICAL.';
COMMENT ON COLUMN execution_logs.message IS 'The line.';
COMMENT ON COLUMN execution_logs.metadata IS 'What goes with it, such as {"durationMs"}; null for nothing.';
COMMENT ON COLUMN execution_logs.action_id IS 'The step of the workflow''s table that wrote it; null where steps are code.';
COMMENT ON COLUMN execution_logs.step_name IS 'Name of the step that wrote it; null outside of steps.';
COMMENT ON COLUMN execution_logs.created_at IS 'When it was written, by the clock of the database; partitions go by it.';

COMMENT ON VIEW recent_workflow_activity IS 'Executions of the last seven days with the names of their workflows. [D3]';
COMMENT ON COLUMN recent_workflow_activity.workflow_name IS 'Name of the workflow.';
COMMENT ON COLUMN recent_workflow_activity.execution_id IS 'Public id of the execution.';
COMMENT ON COLUMN recent_workflow_activity.status IS 'Status of the execution.';
COMMENT ON COLUMN recent_workflow_activity.started_at IS 'When it was asked for.';
COMMENT ON COLUMN recent_workflow_activity.completed_at IS 'When it ended; null before.';
COMMENT ON COLUMN recent_workflow_activity.duration_seconds IS 'From the one to the other, in seconds; null before the end.';
COMMENT ON COLUMN recent_workflow_activity.retry_count IS 'Tries that failed.';
COMMENT ON COLUMN recent_workflow_activity.trigger_type IS 'What started it.';

COMMENT ON VIEW workflow_performance_stats IS 'How each workflow did in the last thirty days. [D3]';
COMMENT ON COLUMN workflow_performance_stats.workflow_id IS 'The workflow.';
COMMENT ON COLUMN workflow_performance_stats.workflow_name IS 'Its name.';
COMMENT ON COLUMN workflow_performance_stats.total_executions IS 'Executions that began in that time.';
COMMENT ON COLUMN workflow_performance_stats.successful_executions IS 'Those that completed.';
COMMENT ON COLUMN workflow_performance_stats.failed_executions IS 'Those that failed.';
COMMENT ON COLUMN workflow_performance_stats.avg_duration_seconds IS 'Mean time from start to end of those that ended, in seconds, to two places.';
COMMENT ON COLUMN workflow_performance_stats.last_execution_at IS 'When the last one began.';

COMMENT ON MATERIALIZED VIEW workflow_daily_totals IS 'Executions of each workflow by day, of all projects; as fresh as the last culprit db maintain, read it through workflow_daily_stats. [D3]';
COMMENT ON COLUMN workflow_daily_totals.project_id IS 'The project.';
COMMENT ON COLUMN workflow_daily_totals.workflow_id IS 'The workflow.';
COMMENT ON COLUMN workflow_daily_totals.day IS 'Day on which they began, in UTC.';
COMMENT ON COLUMN workflow_daily_totals.total_executions IS 'Executions that began then.';
COMMENT ON COLUMN workflow_daily_totals.successful_executions IS 'Those that completed.';
COMMENT ON COLUMN workflow_daily_totals.failed_executions IS 'Those that failed.';
COMMENT ON COLUMN workflow_daily_totals.avg_duration_seconds IS 'Mean time from start to end of those that ended, in seconds, to two places.';
COMMENT ON VIEW workflow_daily_stats IS 'workflow_daily_totals of the projects that the reader may see. [D3]';

COMMENT ON MATERIALIZED VIEW incident_daily_totals IS 'Incidents of each project and environment by day, of all projects; as fresh as the last culprit db maintain, read it through incident_daily_stats. [D3, D5]';
COMMENT ON COLUMN incident_daily_totals.project_id IS 'The project.';
COMMENT ON COLUMN incident_daily_totals.environment IS 'Where they occurred.';
COMMENT ON COLUMN incident_daily_totals.day IS 'Day on which they were opened, in UTC.';
COMMENT ON COLUMN incident_daily_totals.opened IS 'Incidents that were opened then.';
COMMENT ON COLUMN incident_daily_totals.resolved IS 'Those of them that are resolved.';
COMMENT ON COLUMN incident_daily_totals.avg_resolution_seconds IS 'Mean time from opening to resolving of those, in seconds.';
COMMENT ON VIEW incident_daily_stats IS 'incident_daily_totals of the projects that the reader may see. [D3, D5]';

-- Integrations and effects --------------------------------------------------------------------------------------------

COMMENT ON TABLE integrations IS 'A connection of a project to a service outside. [D3]';
COMMENT ON COLUMN integrations.name IS 'Name, unique in a project.';
COMMENT ON COLUMN integrations.type IS 'github, linear, slack, axolo, teams, discord, jira, sentry or datadog.';
COMMENT ON COLUMN integrations.config IS 'Its settings, by type; no secrets.';
COMMENT ON COLUMN integrations.enabled IS 'False where it is switched off.';
COMMENT ON COLUMN integrations.health_status IS 'healthy, degraded, unhealthy or unknown, as the last check found it.';
COMMENT ON COLUMN integrations.last_health_check IS 'When that was; null before the first.';
COMMENT ON COLUMN integrations.credentials_encrypted IS 'Its secrets, AES-256-GCM with the key of CULPRIT_SECRET; null where it needs none.';
COMMENT ON COLUMN integrations.created_by IS 'Who made it, or null; the document''s policy names this column, membership decides. [Culprit]';

COMMENT ON TABLE integration_events IS 'An event that an integration sent, and how far it is worked off. [D3]';
COMMENT ON COLUMN integration_events.integration_id IS 'The integration.';
COMMENT ON COLUMN integration_events.event_type IS 'What happened, in the sender''s words, such as pull_request.opened.';
COMMENT ON COLUMN integration_events.event_id IS 'The sender''s id of the delivery; the same one again is not a second event. Null where it gives none.';
COMMENT ON COLUMN integration_events.payload IS 'What was sent.';
COMMENT ON COLUMN integration_events.status IS 'pending, processing, completed, failed or ignored.';
COMMENT ON COLUMN integration_events.processed_at IS 'When it was worked off; null before.';
COMMENT ON COLUMN integration_events.error_message IS 'Why it failed, or null.';
COMMENT ON COLUMN integration_events.retry_count IS 'Tries that failed.';

COMMENT ON TABLE deliveries IS 'An effect on the world outside, such as a message or a pull request, with what became of it. [Culprit]';
COMMENT ON COLUMN deliveries.delivery_id IS 'Key: a UUID.';
COMMENT ON COLUMN deliveries.incident_id IS 'The incident it is about, or null.';
COMMENT ON COLUMN deliveries.execution_id IS 'The execution that wanted it, or null.';
COMMENT ON COLUMN deliveries.integration_id IS 'The integration it goes through, or null.';
COMMENT ON COLUMN deliveries.kind IS 'What it is, such as slack_message or pull_request.';
COMMENT ON COLUMN deliveries.idempotency_key IS 'Names the effect within its project; the same one again is not a second effect.';
COMMENT ON COLUMN deliveries.status IS 'pending, sent, failed, unknown (perhaps sent: nobody answered) or cancelled.';
COMMENT ON COLUMN deliveries.attempt_count IS 'Attempts to send it.';
COMMENT ON COLUMN deliveries.request IS 'What is sent; no secrets.';
COMMENT ON COLUMN deliveries.response IS 'What was answered, or null.';
COMMENT ON COLUMN deliveries.external_ref IS 'What the other side calls it: a message''s timestamp, a pull request''s number.';
COMMENT ON COLUMN deliveries.error_message IS 'Why the last attempt failed, or null.';
COMMENT ON COLUMN deliveries.sent_at IS 'When it was sent; null before.';

-- Telemetry -----------------------------------------------------------------------------------------------------------

COMMENT ON TABLE metric_points IS 'A value of a metric at an instant. [D4]';
COMMENT ON COLUMN metric_points.ts IS 'When it was measured, by the sender''s clock.';
COMMENT ON COLUMN metric_points.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN metric_points.metric_name IS 'Name of the metric.';
COMMENT ON COLUMN metric_points.value IS 'The value, in the metric''s unit.';
COMMENT ON COLUMN metric_points.labels IS 'Labels: text to text.';

COMMENT ON TABLE anomaly_features IS 'How unusual something was around an incident: a feature derived from telemetry. [D4]';
COMMENT ON COLUMN anomaly_features.ts IS 'The instant it speaks of.';
COMMENT ON COLUMN anomaly_features.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN anomaly_features.feature_name IS 'Name of the feature.';
COMMENT ON COLUMN anomaly_features.feature_value IS 'Its value.';

COMMENT ON TABLE spans IS 'A span of a trace. [Culprit]';
COMMENT ON COLUMN spans.ts IS 'When it began, by the sender''s clock.';
COMMENT ON COLUMN spans.trace_id IS 'Trace id, 32 hex digits.';
COMMENT ON COLUMN spans.span_id IS 'Span id, 16 hex digits.';
COMMENT ON COLUMN spans.parent_span_id IS 'Span that it is part of; null for the root.';
COMMENT ON COLUMN spans.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN spans.name IS 'Name of the operation.';
COMMENT ON COLUMN spans.kind IS 'OpenTelemetry span kind, such as server or client.';
COMMENT ON COLUMN spans.duration_ms IS 'How long it took, in milliseconds, 0 or more.';
COMMENT ON COLUMN spans.status_code IS 'unset, ok or error.';
COMMENT ON COLUMN spans.attributes IS 'Attributes, scrubbed.';
COMMENT ON COLUMN spans.events IS 'Events of the span, scrubbed.';

COMMENT ON TABLE log_records IS 'A log record. [Culprit]';
COMMENT ON COLUMN log_records.ts IS 'When it was written, by the sender''s clock.';
COMMENT ON COLUMN log_records.service_key IS 'cluster/namespace/service.';
COMMENT ON COLUMN log_records.severity IS 'Severity as the sender names it.';
COMMENT ON COLUMN log_records.body IS 'The message, scrubbed.';
COMMENT ON COLUMN log_records.trace_id IS 'Trace it was written in, 32 hex digits, or null.';
COMMENT ON COLUMN log_records.span_id IS 'Span it was written in, 16 hex digits, or null.';
COMMENT ON COLUMN log_records.attributes IS 'Attributes, scrubbed.';

-- Engines beside PostgreSQL -------------------------------------------------------------------------------------------

COMMENT ON TABLE retrieval_points IS 'A piece of text that is found by its meaning or its words. [D4]';
COMMENT ON COLUMN retrieval_points.collection IS 'git_diff_chunks, runbooks or incident_summaries.';
COMMENT ON COLUMN retrieval_points.point_id IS 'Key in its collection: a UUID; evidence cites <collection>/<point id>.';
COMMENT ON COLUMN retrieval_points.content IS 'The text.';
COMMENT ON COLUMN retrieval_points.payload IS 'What goes with it, by collection, such as {"repo", "sha", "path", "hunk_id"}.';
COMMENT ON COLUMN retrieval_points.embedding_model IS 'What made the embedding; null without one.';
COMMENT ON COLUMN retrieval_points.embedding IS 'The vector; its length is the model''s. Null where there is no model.';

COMMENT ON TABLE outbox IS 'Facts for the engines beside PostgreSQL, in the order in which they were written. [Culprit]';
COMMENT ON COLUMN outbox.id IS 'Key: a number that counts up.';
COMMENT ON COLUMN outbox.topic IS 'What the fact is about.';
COMMENT ON COLUMN outbox.key IS 'Which thing it is about; a later fact of the same key replaces an earlier one.';
COMMENT ON COLUMN outbox.payload IS 'The fact.';

COMMENT ON TABLE outbox_positions IS 'How far each engine has read each topic of the outbox. [Culprit]';
COMMENT ON COLUMN outbox_positions.engine IS 'The engine, such as neo4j or qdrant.';
COMMENT ON COLUMN outbox_positions.topic IS 'The topic.';
COMMENT ON COLUMN outbox_positions.last_id IS 'Last row of the outbox that it has; 0 before the first.';

-- Operations ----------------------------------------------------------------------------------------------------------

COMMENT ON TABLE schema_migrations IS 'Which migrations this database has. [Culprit]';
COMMENT ON COLUMN schema_migrations.version IS 'Time stamp of its file, YYYYMMDDhhmmss; migrations run in this order.';
COMMENT ON COLUMN schema_migrations.name IS 'Name of its file after the time stamp.';
COMMENT ON COLUMN schema_migrations.is_breaking IS 'True where an older Culprit must not run on this database any more.';
COMMENT ON COLUMN schema_migrations.checksum IS 'Checksum of the file that ran, to notice a changed one.';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When it ran, by the clock of the database.';
COMMENT ON FUNCTION update_updated_at_column() IS 'Trigger: sets updated_at at each UPDATE. [D3]';
COMMENT ON FUNCTION cleanup_old_execution_logs(integer) IS 'Deletes execution logs older than so many days and says how many went. [D3]';
COMMENT ON FUNCTION derive_resolutions(uuid[]) IS 'Writes the resolution columns of the named incidents anew from feedback_events and says how many changed. [D4]';
COMMENT ON FUNCTION derive_from_feedback() IS 'Trigger: after new feedback_events, the resolution columns of their incidents follow in the same transaction. [D4]';
COMMENT ON FUNCTION refuse_rewriting_history() IS 'Trigger: refuses UPDATE and DELETE on an append-only table, except in retention and by cascade. [D4]';
COMMENT ON FUNCTION refuse_missing_evidence() IS 'Trigger: refuses a hypothesis or report that names evidence which is not on its incident. [D4]';
COMMENT ON FUNCTION culprit_user_id() IS 'The user that the transaction speaks for (SET LOCAL culprit.user_id), or null. [Culprit]';
COMMENT ON FUNCTION culprit_project_id() IS 'The project that the transaction is narrowed to (SET LOCAL culprit.project_id), or null. [Culprit]';
COMMENT ON FUNCTION may_run_workflow(uuid, uuid) IS 'Whether a project may run a workflow, its own or a built-in one; row-level security asks it. [Culprit]';
COMMENT ON FUNCTION visible_projects() IS 'Ids of the projects that the transaction may see; row-level security asks it. [Culprit]';
COMMENT ON FUNCTION builtin_workflow_id(text) IS 'Id of the built-in workflow of that name, which lies in no project. [Culprit]';

-- The documents' own schemas ------------------------------------------------------------------------------------------

COMMENT ON SCHEMA autopsy IS 'Document 1 in its own words. [D1]';
COMMENT ON SCHEMA triage IS 'Document 2 in its own words. [D2]';
COMMENT ON SCHEMA diagnosis IS 'Document 4 in its own words. [D4]';
COMMENT ON SCHEMA tracking IS 'Document 5 in its own words. [D5]';

COMMENT ON FUNCTION autopsy.delete_autopsy_result() IS 'Trigger: a DELETE on the view deletes the row behind it. [D1]';

COMMENT ON COLUMN autopsy.incidents.id IS 'Public id, inc_ and the TypeID form of the key.';
COMMENT ON COLUMN autopsy.incidents.error_type IS 'What noticed the failure: http_error, exception, latency or crash; public.incidents calls it detector.';
COMMENT ON COLUMN autopsy.incidents.status IS 'detected, analyzing, pr_created or resolved.';
COMMENT ON COLUMN autopsy.autopsy_results.incident_id IS 'Public id of the incident.';
COMMENT ON COLUMN triage.incidents.incident_id IS 'Key of the incident, a UUID.';
COMMENT ON COLUMN triage.incidents.status IS 'pending, investigating, resolved, failed or agent_failed.';
COMMENT ON COLUMN triage.incidents.timestamp IS 'When its fault occurred, by the cluster''s clock; public.incidents calls it fault_timestamp.';
COMMENT ON COLUMN diagnosis.incidents.incident_id IS 'Key of the incident, a UUID.';
COMMENT ON COLUMN diagnosis.incidents.status IS 'open, triaged, resolved or suppressed.';
COMMENT ON COLUMN diagnosis.incidents.severity IS '1 (critical) to 4 (low).';
COMMENT ON COLUMN tracking.incidents.status IS 'open or resolved.';

-- A view says of itself and its columns what the table behind it does, where nothing was said above.
DO $$
DECLARE
  c record;
BEGIN
  FOR c IN
    SELECT v.oid::regclass AS view_name, n.nspname AS schema_name, v.relname AS table_name
    FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace
    WHERE n.nspname IN ('autopsy', 'triage', 'diagnosis', 'tracking') AND v.relkind = 'v'
  LOOP
    EXECUTE format('COMMENT ON VIEW %s IS %L', c.view_name, format('%s as document %s has it; reads and deletes go to public.%s. [D%s]',
      c.table_name, array_position(ARRAY['autopsy', 'triage', NULL, 'diagnosis', 'tracking'], c.schema_name),
      c.table_name, array_position(ARRAY['autopsy', 'triage', NULL, 'diagnosis', 'tracking'], c.schema_name)));
  END LOOP;
  FOR c IN
    SELECT v.oid::regclass AS view_name, a.attname AS column_name,
      regexp_replace(col_description(t.oid, b.attnum), ' \[[^]]*\]$', '')
        || CASE WHEN a.atttypid = 'timestamp'::regtype THEN ' In UTC, without a zone.' ELSE '' END AS meaning
    FROM pg_class v
    JOIN pg_namespace n ON n.oid = v.relnamespace
    JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_class t ON t.relnamespace = 'public'::regnamespace
      AND t.relname = CASE n.nspname WHEN 'public' THEN replace(v.relname, '_daily_stats', '_daily_totals') ELSE v.relname END
    JOIN pg_attribute b ON b.attrelid = t.oid AND b.attname = a.attname
    WHERE v.relkind = 'v' AND n.nspname IN ('public', 'autopsy', 'triage', 'diagnosis', 'tracking')
      AND col_description(v.oid, a.attnum) IS NULL AND col_description(t.oid, b.attnum) IS NOT NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.view_name, c.column_name, c.meaning);
  END LOOP;
END;
$$;
