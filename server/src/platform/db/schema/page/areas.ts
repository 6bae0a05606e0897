/** A part of the model that is looked at together. */
export interface Area {
  readonly title: string;
  readonly intro: string;
  /** In the order in which they are explained; the views among them have no keys, so no place in the diagram. */
  readonly tables: readonly string[];
}

/** Every table and view of the schema `public`, each in one area. */
export const AREAS: readonly Area[] = [
  {
    title: "People and access",
    intro: "Who may do what. Secrets are kept as hashes; what a key or session proves is looked up here at every use.",
    tables: [
      "users",
      "user_identities",
      "login_links",
      "sessions",
      "projects",
      "project_members",
      "api_keys",
      "api_key_usage",
      "audit_log",
    ],
  },
  {
    title: "Changes",
    intro: "What people did: deployments, commits, config changes, and which revision ran where from when to when.",
    tables: [
      "repositories",
      "services",
      "dependencies",
      "topology_edges",
      "deployment_events",
      "service_revisions",
      "deployment_commit_ranges",
      "config_change_events",
      "service_paths",
      "schema_snapshots",
      "commits",
      "commit_files",
      "repository_commits",
    ],
  },
  {
    title: "Kubernetes faults",
    intro: "What clusters tell of, and what the triage agent found out about it.",
    tables: ["fault_events", "agent_executions", "triage_reports"],
  },
  {
    title: "Incidents",
    intro: "One row for each failure, and narrow tables beside it for what moves with every signal.",
    tables: [
      "incidents",
      "incident_fingerprints",
      "incident_traces",
      "incident_counters",
      "event_ids",
      "incident_occurrences",
      "incident_last_payloads",
      "incident_decisions",
      "incident_daily_totals",
      "incident_daily_stats",
    ],
  },
  {
    title: "Detection",
    intro: "What is looked for in telemetry, what fired, and the policies by which the gate approves or suppresses.",
    tables: [
      "detectors",
      "telemetry_hours",
      "sentinel_leases",
      "incident_triggers",
      "maintenance_windows",
      "gate_policies",
      "gate_shadow_decisions",
    ],
  },
  {
    title: "Investigations",
    intro: "What was read, what it speaks for, what was answered, and the patches with their proofs.",
    tables: [
      "evidence_artifacts",
      "incident_hypotheses",
      "incident_reports",
      "incident_worlds",
      "autopsy_runs",
      "autopsy_results",
    ],
  },
  {
    title: "Feedback",
    intro: "What people said. The log is the truth; the resolution columns of `incidents` follow from it.",
    tables: ["feedback_events", "incident_resolutions", "judged_hypotheses"],
  },
  {
    title: "Workflows",
    intro: "What is done about an incident, as durable executions with a checkpoint after each step.",
    tables: [
      "workflows",
      "workflow_versions",
      "workflow_actions",
      "workflow_triggers",
      "project_schedules",
      "workflow_secrets",
      "workflow_events",
      "webhook_calls",
      "trigger_ledger",
      "trigger_counts",
      "workflow_executions",
      "execution_steps",
      "execution_logs",
      "approvals",
      "recent_workflow_activity",
      "workflow_performance_stats",
      "workflow_daily_totals",
      "workflow_daily_stats",
    ],
  },
  {
    title: "Integrations and effects",
    intro: "Services outside, what they send, and what is sent to them.",
    tables: [
      "integrations",
      "github_apps",
      "github_installations",
      "integration_events",
      "deliveries",
      "callback_uses",
      "target_rates",
      "hands_off",
    ],
  },
  {
    title: "Telemetry",
    intro:
      "Metrics, spans and log records, a partition for each day. Metric points are kept as arrays; the view metric_points shows them as rows.",
    tables: [
      "metric_points",
      "metric_series",
      "metric_batches",
      "metric_blocks",
      "metric_rollups_5m",
      "metric_rollups_1h",
      "metric_days",
      "anomaly_features",
      "spans",
      "log_records",
      "log_templates",
      "scrape_targets",
    ],
  },
  {
    title: "Engines",
    intro: "What is searched by meaning, and what engines beside PostgreSQL are fed from.",
    tables: ["retrieval_points", "retrieval_vectors", "embedding_models", "runbooks", "outbox", "outbox_positions"],
  },
  {
    title: "Operations",
    intro: "What the database knows of itself.",
    tables: ["schema_migrations", "upkeep_runs", "auth_failures"],
  },
];
