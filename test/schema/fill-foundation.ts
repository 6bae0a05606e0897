import type pg from "pg";
import { newId } from "../../server/src/platform/ids/ids.ts";
import { insertRows } from "./insert-rows.ts";

/** Rows in every table of the first migration, as the code of its day wrote them. */
export async function fillFoundation(
  pool: pg.Pool,
): Promise<{ readonly projectId: string; readonly resolvedId: string }> {
  const [userId, projectId, serviceId, deploymentId, repositoryId] = [newId(), newId(), newId(), newId(), newId()];
  const [openId, resolvedId, eventId, runId, executionId] = [newId(), newId(), newId(), newId(), newId()];
  const at = new Date();
  const own = { project_id: projectId };
  const sha = "a".repeat(40);
  await insertRows(pool, "users", [{ id: userId, github_login: "admin" }]);
  const token = { user_id: userId, expires_at: at, token_hash: Buffer.from("hash") };
  await insertRows(pool, "login_links", [token]);
  await insertRows(pool, "sessions", [token]);
  await insertRows(pool, "projects", [
    { id: projectId, project_id: "proj_1", owner_id: userId, name: "shop", ingest_api_key: "k" },
  ]);
  await insertRows(pool, "api_keys", [
    { ...own, id: newId(), key_type: "ingest", prefix: "k", secret_hash: Buffer.from("h") },
  ]);
  await insertRows(pool, "api_key_usage", [{ ...own, id: newId(), key_type: "ingest" }]);
  await insertRows(pool, "repositories", [{ ...own, id: repositoryId, url: "https://github.com/acme/shop" }]);
  await insertRows(pool, "services", [
    { ...own, service_id: serviceId, namespace: "production", service_name: "shop" },
  ]);
  const running = { ...own, service_id: serviceId, environment: "production" };
  await insertRows(pool, "deployment_events", [
    { ...running, deployment_event_id: deploymentId, started_at: at, deploy_type: "other" },
  ]);
  await insertRows(pool, "service_revisions", [
    { ...running, id: newId(), from_at: at, mapping_confidence: 1, mapping_source: "label" },
  ]);
  await insertRows(pool, "deployment_commit_ranges", [{ deployment_event_id: deploymentId, current_revision: sha }]);
  await insertRows(pool, "config_change_events", [
    {
      ...running,
      config_change_id: newId(),
      detected_at: at,
      source: "env",
      change_kind: "env_var",
      resource_name: "shop",
      diff_payload: {},
    },
  ]);
  await insertRows(pool, "commits", [{ commit_sha: sha, repo: "acme/shop", message: "m", authored_at: at }]);
  await insertRows(pool, "repository_commits", [{ repository_id: repositoryId, commit_sha: sha }]);
  const seen = {
    occurred_at: at,
    window_start: at,
    window_end: at,
    environment: "production",
    severity: "high",
    title: "t",
  };
  await insertRows(pool, "incidents", [
    {
      ...own,
      ...seen,
      id: openId,
      incident_id: "inc_1",
      source: "otlp",
      error_message: "m",
      detector: "exception",
      trace_id: "1",
    },
  ]);
  await insertRows(pool, "incidents", [
    {
      ...{
        ...own,
        ...seen,
        id: resolvedId,
        incident_id: "inc_2",
        source: "ingest",
        error_message: "m",
        status: "resolved",
      },
      ...{ resolved_at: at, resolution_kind: "unknown", resolution_summary: "rolled back" },
    },
  ]);
  const part = { ...own, incident_id: openId };
  await insertRows(pool, "incident_fingerprints", [
    { ...part, environment: "production", version: 1, fingerprint: Buffer.from("f") },
  ]);
  await insertRows(pool, "incident_traces", [{ ...part, trace_id: "1", door: "otlp", event_count: 1 }]);
  await insertRows(pool, "incident_counters", [{ incident_id: openId, first_seen_at: at, last_seen_at: at }]);
  await insertRows(pool, "event_ids", [{ ...part, event_id: eventId, received_at: at }]);
  await pool.query(
    `create table incident_occurrences_00000000 partition of incident_occurrences for values from (minvalue) to (maxvalue)`,
  );
  await insertRows(pool, "incident_occurrences", [
    { ...part, event_id: eventId, received_at: at, occurred_at: at, door: "otlp", reason: "opened", is_counted: true },
  ]);
  await insertRows(pool, "incident_last_payloads", [
    { incident_id: openId, event_id: eventId, received_at: at, payload: {} },
  ]);
  await insertRows(pool, "incident_decisions", [
    { ...part, decision_id: newId(), decision: "opened", rationale: "r", policy_version: "1" },
  ]);
  await insertRows(pool, "evidence_artifacts", [
    { ...part, evidence_id: newId(), kind: "note", source: "manual", ref: "r" },
  ]);
  await insertRows(pool, "incident_hypotheses", [
    {
      ...part,
      hypothesis_id: newId(),
      rank: 1,
      hypothesis_type: "release",
      title: "t",
      confidence: 0.5,
      evidence_ids: [],
    },
  ]);
  await insertRows(pool, "incident_reports", [
    { ...part, report_id: newId(), verdict: "likely", summary: "s", report_markdown: "m", evidence_ids: [] },
  ]);
  await insertRows(pool, "autopsy_runs", [
    { ...part, id: runId, revision: 1, proposer: "rules", proof: "green", proof_reason: "r", duration_ms: 1 },
  ]);
  await insertRows(pool, "autopsy_results", [{ ...part, root_cause: "c", ai_fix_prompt: "p", manual_steps: "[]" }]);
  await insertRows(pool, "workflow_executions", [
    {
      ...part,
      id: executionId,
      workflow_id: "01960000-0000-7000-8000-000000000001",
      execution_id: "exec_1",
      completed_at: at,
      started_at: at,
    },
  ]);
  const log = { ...own, execution_id: executionId, level: "INFO" };
  await insertRows(pool, "execution_logs", [
    { ...log, id: newId(), message: "now", created_at: at },
    { ...log, id: newId(), message: "the first second of the year", created_at: "2026-01-01T00:00:00Z" },
  ]);
  return { projectId, resolvedId };
}
