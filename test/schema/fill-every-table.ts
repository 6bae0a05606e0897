import type pg from "pg";
import { newId } from "../../server/src/platform/ids/ids.ts";
import { INCIDENT_KINDS, type IncidentKind } from "./incident-kinds.ts";
import { insertRows, json } from "./insert-rows.ts";

const HOUR_MS = 3_600_000;
const STARTED_MS = Date.now();
/** The workflow that the foundation makes and every project shares. */
const BUILT_IN_WORKFLOW = "01960000-0000-7000-8000-000000000001";

export interface FilledIncident extends IncidentKind {
  readonly id: string;
  /** As documents 1 and 5 call it. */
  readonly publicId: string;
}

/** A project with rows in every table that can hold its own. */
export interface FilledProject {
  readonly label: string;
  readonly ownerId: string;
  readonly memberId: string;
  readonly projectId: string;
  readonly serviceId: string;
  readonly workflowId: string;
  readonly incidents: readonly FilledIncident[];
}

/** Partitions of the months of which the fixture has logs, besides the ones that a start makes. */
export async function makeOldLogPartitions(pool: pg.Pool): Promise<void> {
  await pool.query(`do $$ declare month timestamptz; begin
    for month in select date_trunc('month', now(), 'UTC') - make_interval(months => n) from generate_series(0, 5) n loop
      execute format('create table if not exists %I partition of execution_logs for values from (%L) to (%L)',
        'execution_logs_' || to_char(month at time zone 'UTC', 'YYYYMM'), month, month + interval '1 month');
    end loop; end $$`);
}

/**
 * Writes a user, a second one who is a member, and a project of theirs with rows in every table: an incident of each kind
 * (`incident-kinds.ts`), each with rows in every table that hangs on it. Nothing but ids differs between two projects.
 */
export async function fillProject(pool: pg.Pool, label: string): Promise<FilledProject> {
  const ids = {
    label,
    ownerId: newId(),
    memberId: newId(),
    projectId: newId(),
    serviceId: newId(),
    workflowId: newId(),
  };
  const client = await pool.connect();
  try {
    await client.query("begin");
    await fillAccess(client, ids);
    const changes = await fillChanges(client, ids);
    const incidents = await fillIncidents(client, ids, changes.deploymentId);
    await fillFindings(client, ids, incidents);
    await fillDetection(client, ids, incidents);
    await fillWorkflows(client, ids, incidents);
    await fillRest(client, ids, incidents);
    await client.query("commit");
    return { ...ids, incidents };
  } finally {
    client.release(true);
  }
}

type Ids = Omit<FilledProject, "incidents">;

/** From one moment for all rows, so that two projects never fall on two sides of midnight. */
export function hoursAgo(hours: number): Date {
  return new Date(STARTED_MS - hours * HOUR_MS);
}

async function fillAccess(client: pg.PoolClient, { label, ownerId, memberId, projectId }: Ids): Promise<void> {
  const secret = Buffer.from(newId());
  await insertRows(
    client,
    "users",
    [ownerId, memberId].map((id) => ({ id, github_login: id, avatar_url: label })),
  );
  await insertRows(client, "user_identities", [
    { provider: "github", host: "github.com", subject: ownerId, user_id: ownerId },
  ]);
  const expiry = { user_id: ownerId, expires_at: hoursAgo(-1) };
  await insertRows(client, "login_links", [{ token_hash: secret, ...expiry }]);
  await insertRows(client, "sessions", [{ token_hash: secret, ...expiry }]);
  await insertRows(client, "projects", [
    {
      ...{ id: projectId, project_id: `proj_${label}`, owner_id: ownerId, name: label, ingest_api_key: `key_${label}` },
      ...{ repo_host: "github.com", repo_owner: label, repo_name: "shop", repo_full_name: `${label}/shop` },
    },
  ]);
  await insertRows(client, "project_members", [{ project_id: projectId, user_id: memberId, role: "member" }]);
  await insertRows(client, "api_keys", [
    { id: newId(), project_id: projectId, key_type: "ingest", prefix: `key_${label}`, secret_hash: secret },
  ]);
  await insertRows(client, "api_key_usage", [
    { id: newId(), project_id: projectId, key_type: "ingest", usage_count: 7 },
  ]);
  await insertRows(client, "audit_log", [
    { id: newId(), project_id: projectId, actor_type: "user", actor_id: ownerId, action: "project.made" },
  ]);
}

async function fillChanges(
  client: pg.PoolClient,
  { label, projectId, serviceId }: Ids,
): Promise<{ readonly deploymentId: string }> {
  const own = { project_id: projectId };
  const [repositoryId, deploymentId, otherServiceId, dependencyId] = [newId(), newId(), newId(), newId()];
  const sha = projectId.replaceAll("-", "").padEnd(40, "0");
  await insertRows(client, "repositories", [{ ...own, id: repositoryId, url: `https://github.com/${label}/shop` }]);
  await insertRows(
    client,
    "services",
    Object.entries({ shop: serviceId, stock: otherServiceId }).map(([name, id]) => ({
      ...{ ...own, service_id: id, cluster_id: "prod-us-east-1", namespace: label, service_name: name },
    })),
  );
  const running = { ...own, service_id: serviceId, environment: "production" };
  await insertRows(client, "deployment_events", [
    {
      ...running,
      ...{
        deployment_event_id: deploymentId,
        started_at: hoursAgo(6),
        finished_at: hoursAgo(5.9),
        deploy_type: "helm",
      },
      ...{ revision: sha, commit_sha: sha, deployment_id: `dpl_${label}` },
    },
  ]);
  await insertRows(client, "service_revisions", [
    {
      ...{
        ...running,
        id: newId(),
        commit_sha: sha,
        from_at: hoursAgo(6),
        mapping_confidence: 1,
        mapping_source: "label",
      },
      deployment_event_id: deploymentId,
    },
  ]);
  await insertRows(client, "commits", [
    { commit_sha: sha, repo: `${label}/shop`, message: "Speed up the cart", authored_at: hoursAgo(7) },
  ]);
  await insertRows(client, "commit_files", [
    { id: newId(), commit_sha: sha, file_path: "src/cart.ts", change_type: "timeout_retry", lines_added: 3 },
  ]);
  await insertRows(client, "repository_commits", [{ ...own, repository_id: repositoryId, commit_sha: sha }]);
  await insertRows(client, "deployment_commit_ranges", [
    { ...own, deployment_event_id: deploymentId, current_revision: sha, commit_shas: [sha] },
  ]);
  await insertRows(client, "config_change_events", [
    {
      ...{
        ...own,
        config_change_id: newId(),
        service_id: serviceId,
        detected_at: hoursAgo(4),
        source: "k8s_configmap",
      },
      ...{ change_kind: "configmap_key", resource_name: "shop", diff_payload: { field: "POOL", new_value: "2" } },
    },
  ]);
  await insertRows(client, "dependencies", [
    { ...own, dependency_id: dependencyId, name: "shop-db", kind: "database", engine: "postgres" },
  ]);
  const edge = { ...own, environment: "production", from_service_id: serviceId, first_seen_at: hoursAgo(9) };
  const lastSeen = { last_seen_at: hoursAgo(0) };
  await insertRows(client, "topology_edges", [
    { ...edge, ...lastSeen, edge_id: newId(), to_service_id: otherServiceId },
  ]);
  await insertRows(client, "topology_edges", [
    { ...edge, ...lastSeen, edge_id: newId(), to_dependency_id: dependencyId },
  ]);
  await insertRows(client, "service_paths", [{ ...own, service_id: serviceId, pattern: "/src/" }]);
  await insertRows(client, "schema_snapshots", [{ ...own, target: "shop-db", taken_at: hoursAgo(4), objects: {} }]);
  return { deploymentId };
}

async function fillIncidents(
  client: pg.PoolClient,
  { label, projectId, serviceId }: Ids,
  deploymentId: string,
): Promise<FilledIncident[]> {
  const incidents = INCIDENT_KINDS.map((kind) => ({
    ...{ ...kind, id: newId() },
    publicId: label === "alpha" && kind.status === "pr_created" ? "inc_abc123" : `inc_${label}_${kind.key}`,
  }));
  for (const incident of incidents) {
    const at = hoursAgo(incident.hoursAgo);
    const isFault = incident.source === "kubernetes";
    const fault = {
      ...{ fault_id: `fault_${incident.key}`, subscription_id: "sub-1", cluster: "prod-us-east-1" },
      ...{ resource_api_version: "v1", resource_kind: "Pod", resource_name: `shop-${incident.key}` },
      ...{ resource_namespace: "shop", resource_uid: incident.id, fault_type: "CrashLoopBackOff", context: "{}" },
    };
    if (isFault)
      await insertRows(client, "fault_events", [
        {
          ...fault,
          project_id: projectId,
          severity: incident.severity,
          timestamp: at,
          received_at: at,
          last_received_at: at,
        },
      ]);
    const isResolved = incident.status === "resolved";
    await insertRows(client, "incidents", [
      {
        ...{ id: incident.id, incident_id: incident.publicId, project_id: projectId, service_id: serviceId },
        ...{
          source: incident.source,
          status: incident.status,
          severity: incident.severity,
          detector: incident.detector,
        },
        ...{
          title: incident.key,
          error_type: incident.errorType,
          error_message: `${incident.key} failed`,
          environment: "production",
        },
        ...{
          trace_id: incident.id.replaceAll("-", ""),
          deployment_event_id: deploymentId,
          deployment_id: `dpl_${label}`,
        },
        ...{ commit_sha: projectId.replaceAll("-", "").padEnd(40, "0"), file_path: "src/cart.ts", line_number: 13 },
        ...{ occurred_at: at, window_start: at, window_end: at, created_at: at, updated_at: at },
        ...(incident.status === "pr_created"
          ? { pr_url: "https://github.com/owner/repo/pull/123", pr_number: 123 }
          : {}),
        ...(isFault ? { ...fault, fault_timestamp: at, started_at: at } : {}),
        ...(isResolved
          ? {
              resolved_at: at,
              resolution_kind: "unknown",
              resolution_summary: "it went away",
              completed_at: at,
              exit_code: 0,
            }
          : {}),
      },
    ]);
  }
  return incidents;
}

async function fillFindings(
  client: pg.PoolClient,
  { projectId }: Ids,
  incidents: readonly FilledIncident[],
): Promise<void> {
  for (const incident of incidents) {
    const at = hoursAgo(incident.hoursAgo);
    const own = { project_id: projectId, incident_id: incident.id };
    const [evidenceId, runId, executionId, eventId] = [newId(), newId(), newId(), newId()];
    const now = hoursAgo(0);
    await insertRows(client, "incident_fingerprints", [
      { ...own, environment: "production", version: 1, fingerprint: Buffer.from(incident.id) },
    ]);
    await insertRows(client, "incident_traces", [{ ...own, trace_id: incident.id, door: "ingest", event_count: 1 }]);
    await insertRows(client, "incident_counters", [
      { ...own, occurrence_count: 1, first_seen_at: at, last_seen_at: at },
    ]);
    await insertRows(client, "event_ids", [{ ...own, event_id: eventId, received_at: now }]);
    await insertRows(client, "incident_occurrences", [
      {
        ...{ ...own, event_id: eventId, received_at: now, occurred_at: at, door: "ingest", reason: "opened" },
        ...{ is_counted: true, payload: { message: incident.key } },
      },
    ]);
    await insertRows(client, "incident_last_payloads", [{ ...own, event_id: eventId, received_at: now, payload: {} }]);
    await insertRows(client, "incident_decisions", [
      { ...own, decision_id: newId(), decision: "opened", rationale: "first of its kind", policy_version: "1" },
    ]);
    await insertRows(client, "evidence_artifacts", [
      { ...own, evidence_id: evidenceId, kind: "prom_query", source: "prometheus", ref: "rate(errors[5m])" },
    ]);
    const hypothesisId = newId();
    await insertRows(client, "incident_hypotheses", [
      {
        ...{ ...own, hypothesis_id: hypothesisId, rank: 1, hypothesis_type: "release", title: "the deployment" },
        ...{ confidence: 0.8, evidence_ids: [evidenceId] },
      },
    ]);
    // A circle: the incident names one of its own hypotheses.
    await client.query(
      "update incidents set resolved_hypothesis_id = $2, updated_at = $3 where id = $1 and status = 'resolved'",
      [incident.id, hypothesisId, at],
    );
    await insertRows(client, "incident_reports", [
      {
        ...own,
        report_id: newId(),
        verdict: "likely",
        summary: "s",
        report_markdown: "# r",
        evidence_ids: [evidenceId],
      },
    ]);
    await insertRows(client, "incident_worlds", [
      { ...own, revision: 1, engine_version: "1", world: Buffer.from(incident.key) },
    ]);
    await insertRows(client, "autopsy_runs", [
      { ...own, id: runId, revision: 1, proposer: "rules", proof: "not_run", proof_reason: "none", duration_ms: 5 },
    ]);
    if (incident.patch !== undefined)
      await insertRows(client, "autopsy_results", [
        {
          ...{ ...own, root_cause: `${incident.key} has a null`, patch_diff: incident.patch, ai_fix_prompt: "mend it" },
          ...{ manual_steps: json(["open the file"]), confidence_score: 0.85, autopsy_run_id: runId, created_at: at },
        },
      ]);
    const pullRequestId = newId();
    await insertRows(client, "pull_requests", [
      {
        ...{ ...own, id: pullRequestId, autopsy_run_id: runId, forge: "github", repository: "acme/shop", number: 7 },
        ...{ base_branch: "main", branch: `culprit/${incident.key}`, url: "https://github.com/acme/shop/pull/7" },
        ...{ title: "Mend it", is_own: true, mode: "manual", opened_at: at },
      },
    ]);
    await insertRows(client, "pull_request_claims", [
      { ...own, repository: "acme/shop", failure_key: `patch:${incident.key}`, holder: newId(), claimed_at: at },
    ]);
    await insertRows(client, "pull_request_decisions", [
      {
        ...{ ...own, id: newId(), autopsy_run_id: runId, pull_request_id: pullRequestId, mode: "manual" },
        ...{ outcome: "opened", reason: "Somebody asked for it.", created_at: at },
      },
    ]);
    await insertRows(client, "autopsy_answers", [
      {
        ...{
          ...own,
          id: newId(),
          revision: 1,
          root_cause: `${incident.key} has a null`,
          manual_steps: json(["open the file"]),
        },
        ...{ ai_fix_prompt: "mend it", confidence_reason: "no proof", model_used: "rules", model_outcome: "off" },
        ...{ model_reason: "none is set up", context: json({ parts: [] }), autopsy_run_id: runId, analysis_time_ms: 3 },
      },
    ]);
    await insertRows(client, "model_calls", [
      {
        ...{
          ...own,
          id: newId(),
          revision: 1,
          purpose: "autopsy",
          model: "small",
          host: "localhost",
          prompt_version: "1",
        },
        ...{ outcome: "answered", tokens_in: 10, tokens_out: 5, cost: 0, duration_ms: 3, asked_at: at },
      },
    ]);
    await insertRows(client, "agent_executions", [{ ...own, execution_id: executionId, started_at: at, exit_code: 0 }]);
    await insertRows(client, "triage_reports", [
      { ...own, report_id: newId(), execution_id: executionId, generated_at: at, report_markdown: "# triage" },
    ]);
    await insertRows(client, "feedback_events", [
      {
        ...{ ...own, feedback_event_id: newId(), created_at: at, actor_type: "user" },
        ...(incident.status === "resolved"
          ? { event_type: "incident_status_changed", payload: { from: "open", to: "resolved", reason: "it went away" } }
          : { event_type: "human_note_added", payload: { note: "seen" } }),
      },
    ]);
    await insertRows(client, "anomaly_features", [
      { ...own, ts: now, service_key: "prod/shop/shop", feature_name: "error_ratio", feature_value: 0.4 },
    ]);
  }
}

/** What the sentinel looks for and saw, and what the gate decides by: of each incident a trigger, and what a policy in shadow thought of it. */
async function fillDetection(
  client: pg.PoolClient,
  { projectId, ownerId }: Ids,
  incidents: readonly FilledIncident[],
): Promise<void> {
  const own = { project_id: projectId };
  const why = { reason: "the cart is slow on Mondays", set_by: ownerId };
  const policyId = newId();
  await insertRows(client, "detectors", [
    {
      ...{ ...own, ...why, detector_id: newId(), name: "p99", version: 1, kind: "p99_regression" },
      ...{ is_enabled: true, settings: {} },
    },
  ]);
  await insertRows(client, "maintenance_windows", [
    { ...own, ...why, window_id: newId(), starts_at: hoursAgo(2), ends_at: hoursAgo(1) },
  ]);
  await insertRows(client, "gate_policies", [
    { ...own, ...why, policy_id: policyId, version: 1, status: "shadow", policy: {} },
  ]);
  const stream = { ...own, service_key: "prod/shop/shop", environment: "production" };
  await insertRows(client, "telemetry_hours", [
    { ...stream, hour: hoursAgo(1), metric: "p99", median: 120, points: 60 },
  ]);
  await client.query(
    "insert into sentinel_leases (name, holder, until_at) values ('sentinel', 'a process', now()) on conflict do nothing",
  );
  for (const incident of incidents) {
    const at = hoursAgo(incident.hoursAgo);
    const isOver = incident.status === "resolved";
    await insertRows(client, "incident_triggers", [
      {
        ...{ ...stream, trigger_id: newId(), incident_id: incident.id, route: `/${incident.key}` },
        ...{ detector: "p99", trigger_type: "p99_regression", is_opener: true, facts: {} },
        ...{ began_at: at, fired_at: at, last_seen_at: at },
        ...{ status: isOver ? "resolved" : "firing", resolved_at: isOver ? at : null },
      },
    ]);
    await insertRows(client, "gate_shadow_decisions", [
      {
        ...{ ...own, shadow_id: newId(), policy_id: policyId, incident_id: incident.id, decided_at: at },
        ...{ decision: "suppressed", actual: "approved", rule: "low_traffic", rationale: "four requests a minute" },
      },
    ]);
  }
}

/** Executions of the project's own workflow: status, hours since the start, seconds until the end, what went wrong. */
const EXECUTIONS = [
  ["pending", 0.2, null, null],
  ["running", 0.5, null, null],
  ["completed", 2, 60, null],
  ["failed", 3, 30, "boom"],
  ["failed", 5, 30, "bang"],
  ["timeout", 240, 300, "too slow"],
  ["cancelled", 480, 5, null],
  ["completed", 2400, 60, null],
  ["failed", 2880, 60, "old"],
] as const;

async function fillWorkflows(
  client: pg.PoolClient,
  { label, projectId, workflowId, ownerId }: Ids,
  incidents: readonly FilledIncident[],
): Promise<void> {
  const own = { project_id: projectId };
  const [actionId, integrationId] = [newId(), newId()];
  await insertRows(client, "workflows", [
    { ...own, id: workflowId, name: "deploy-check", config: { enabled: true, timeout: 300 }, created_by: ownerId },
    { ...own, id: newId(), name: "nightly", config: { enabled: false }, created_by: ownerId },
  ]);
  await insertRows(client, "workflow_actions", [
    {
      ...own,
      id: actionId,
      workflow_id: workflowId,
      action_type: "quality_gates",
      action_name: "gates",
      order_index: 0,
    },
  ]);
  const triggerId = newId();
  await insertRows(client, "workflow_triggers", [
    { ...own, id: triggerId, workflow_id: workflowId, trigger_type: "event" },
  ]);
  const ofTrigger = { ...own, trigger_id: triggerId };
  await insertRows(client, "project_schedules", [{ ...ofTrigger, next_run_at: hoursAgo(-1) }]);
  await insertRows(client, "webhook_calls", [{ ...ofTrigger, signature: "00", status: 202, answer: {} }]);
  await insertRows(client, "workflow_versions", [{ ...own, workflow_id: workflowId, version: 1, definition: {} }]);
  await insertRows(client, "workflow_secrets", [{ ...own, name: "TOKEN", value_encrypted: "sealed" }]);
  await insertRows(client, "trigger_counts", [
    { ...own, workflow_id: workflowId, event_type: "push", hour: hoursAgo(1), count: 3 },
  ]);
  await insertRows(client, "hands_off", [{ ...own, hands_off_id: newId(), reason: "a freeze", set_by: ownerId }]);
  const log = { ...own, level: "INFO", message: "started", action_id: actionId };
  for (const [index, [status, hours, seconds, error]] of EXECUTIONS.entries()) {
    const [id, startedAt] = [newId(), hoursAgo(hours)];
    const completedAt = seconds === null ? null : new Date(startedAt.getTime() + seconds * 1_000);
    await insertRows(client, "workflow_executions", [
      {
        ...{
          ...own,
          id,
          workflow_id: workflowId,
          execution_id: `exec_${label}_${index}`,
          status,
          error_message: error,
        },
        ...{ started_at: startedAt, completed_at: completedAt, trigger_type: "manual" },
      },
    ]);
    await insertRows(client, "execution_logs", [{ ...log, id: newId(), execution_id: id, created_at: startedAt }]);
  }
  await insertRows(client, "integrations", [
    { ...own, id: integrationId, name: "chat", type: "slack", credentials_encrypted: "sealed", created_by: ownerId },
  ]);
  await insertRows(client, "integration_events", [
    { ...own, id: newId(), integration_id: integrationId, event_type: "push", event_id: "1", payload: {} },
  ]);
  await insertRows(client, "target_rates", [{ ...own, integration_id: integrationId, arrival_at: hoursAgo(1) }]);
  for (const incident of incidents) {
    const [id, at] = [newId(), hoursAgo(incident.hoursAgo)];
    await insertRows(client, "workflow_executions", [
      {
        ...{
          ...own,
          id,
          workflow_id: BUILT_IN_WORKFLOW,
          execution_id: `exec_${incident.id}`,
          incident_id: incident.id,
        },
        ...{ status: "completed", started_at: at, completed_at: at, trigger_type: "incident.opened" },
      },
    ]);
    await insertRows(client, "execution_logs", [
      { ...log, id: newId(), execution_id: id, created_at: at, action_id: null },
    ]);
    await insertRows(client, "deliveries", [
      {
        ...{ ...own, delivery_id: newId(), incident_id: incident.id, execution_id: id, integration_id: integrationId },
        ...{ kind: "slack.message", idempotency_key: incident.id, status: "sent" },
      },
    ]);
    await insertRows(client, "callback_uses", [
      { ...own, token_hash: incident.id, incident_id: incident.id, verb: "approve", actor: "ada in chat" },
    ]);
    const step = { ...own, execution_id: id, path: "ask" };
    await insertRows(client, "execution_steps", [
      { ...step, action_type: "approval", action_name: "ask", status: "waiting", started_at: at },
    ]);
    await insertRows(client, "approvals", [{ ...step, approval_id: newId(), message: "open the pull request?" }]);
    const event = { ...own, event_id: newId() };
    await insertRows(client, "workflow_events", [
      { ...event, event_type: "incident.opened", payload: {}, incident_id: incident.id, matched_at: at },
    ]);
    const asked = { workflow_id: workflowId, trigger_id: triggerId, execution_id: id };
    await insertRows(client, "trigger_ledger", [
      { ...event, ...asked, ledger_id: newId(), outcome: "ran", reason: "the event matched" },
    ]);
  }
}

async function fillRest(
  client: pg.PoolClient,
  { label, projectId }: Ids,
  incidents: readonly FilledIncident[],
): Promise<void> {
  const telemetry = { project_id: projectId, ts: hoursAgo(0), service_key: "prod/shop/shop" };
  await fillMetrics(client, projectId);
  await insertRows(client, "spans", [
    {
      ...{ ...telemetry, trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7", name: "GET /cart" },
      ...{ kind: "server", duration_ms: 12, status_code: "error" },
    },
  ]);
  await insertRows(client, "log_records", [{ ...telemetry, severity: "ERROR", body: `${label} failed` }]);
  await insertRows(client, "log_templates", [
    {
      ...{ project_id: projectId, service_key: "prod/shop/shop", environment: "prod", template_id: "t1" },
      ...{ template: "<*> failed", severity: "error", example: `${label} failed`, first_at: hoursAgo(1) },
    },
  ]);
  await insertRows(client, "scrape_targets", [
    {
      ...{
        id: newId(),
        project_id: projectId,
        url: `https://${label}.example.com/metrics`,
        interval_s: 15,
        timeout_s: 10,
      },
      ...{ service_key: "prod/shop/shop", environment: "prod" },
    },
  ]);
  const point = { collection: "incident_summaries", point_id: newId(), project_id: projectId };
  await insertRows(client, "retrieval_points", [{ ...point, content: "the cart failed" }]);
  await client.query(
    "insert into embedding_models (model, state, dimensions) values ('hashing', 'building', 2) on conflict do nothing",
  );
  await insertRows(client, "retrieval_vectors", [{ ...point, model: "hashing", embedding: [0.6, 0.8] }]);
  await insertRows(client, "runbooks", [
    { runbook_id: newId(), project_id: projectId, title: "The cart fails", content: "Look at its prices." },
  ]);
  await insertRows(client, "outbox", [
    { project_id: projectId, topic: "incident", key: incidents[0]?.id, payload: { status: "open" } },
  ]);
  const githubAppId = newId();
  await insertRows(client, "github_apps", [
    {
      ...{ github_app_id: githubAppId, host: `${label}.example.com`, app_id: 1, slug: "culprit", client_id: "id" },
      ...{ html_url: "https://example.com/apps/culprit", credentials_encrypted: "sealed" },
    },
  ]);
  await insertRows(client, "github_installations", [
    { github_app_id: githubAppId, installation_id: 1, project_id: projectId },
  ]);
  await insertRows(client, "upkeep_runs", [
    { run_id: newId(), kind: "check", status: "completed", started_at: hoursAgo(1) },
  ]);
  await insertRows(client, "auth_failures", [
    { kind: "address", subject: label, hour: hoursAgo(1), count: 2, last_at: hoursAgo(1) },
  ]);
  await client.query(
    "insert into outbox_positions (engine, topic) values ('qdrant', 'incident') on conflict do nothing",
  );
}

/** A series with points in a batch, in a block and in both steps of a day that is over. */
async function fillMetrics(client: pg.PoolClient, projectId: string): Promise<void> {
  const [at, day] = [hoursAgo(0), new Date(hoursAgo(0).toISOString().slice(0, 10))];
  const own = { project_id: projectId };
  const { rows } = await client.query<{ id: number }>(
    `insert into metric_series (project_id, digest, service_key, environment, metric_name, kind, labels, first_at, last_day)
     values ($1, gen_random_uuid(), 'prod/shop/shop', 'prod', 'errors', 'counter', '{"pod": "a"}', $2, $3) returning id`,
    [projectId, at, day],
  );
  const series_id = rows[0]?.id;
  await insertRows(client, "metric_batches", [
    {
      ...{ ...own, service_key: "prod/shop/shop", first_at: at, last_at: at },
      ...{ series_ids: [series_id], offsets: [0], vals: [3] },
    },
  ]);
  await insertRows(client, "metric_blocks", [
    {
      ...{ ...own, series_id, hour: day, first_at: day, last_at: new Date(day.getTime() + 15_000) },
      ...{ points: 2, gaps: [15_000], vals: [1, 2] },
    },
  ]);
  for (const table of ["metric_rollups_5m", "metric_rollups_1h"])
    await insertRows(client, table, [
      { ...own, series_id, day, steps: [0], counts: [2], mins: [1], maxs: [2], avgs: [1.5] },
    ]);
  await insertRows(client, "metric_days", [{ ...own, day, folded_at: at }]);
}
