/** One of the schema documents that the tables come from. */
export interface SchemaDocument {
  readonly id: "D1" | "D2" | "D3" | "D4" | "D5";
  readonly title: string;
  /** Where its words hold. */
  readonly schema: string;
  readonly about: string;
  /** A query in its words, with what it answers. */
  readonly example: { readonly asks: string; readonly sql: string };
}

/** The five schema documents. The test of the page runs each example on rows of every kind. */
export const DOCUMENTS: readonly SchemaDocument[] = [
  {
    id: "D1",
    title: "Autopsy state",
    schema: "autopsy",
    about: "Incidents as an autopsy sees them, and its answers.",
    example: {
      asks: "What failed this month, how far is it, and what was the cause?",
      sql: `SELECT i.id, i.error_type, i.status, i.pr_url, a.root_cause, a.confidence_score
FROM incidents i LEFT JOIN autopsy_results a ON i.id = a.incident_id
WHERE i.created_at > NOW() - INTERVAL '30 days' ORDER BY i.created_at DESC LIMIT 100;`,
    },
  },
  {
    id: "D2",
    title: "Kubernetes triage state",
    schema: "triage",
    about: "Faults of clusters, their incidents, the agent's runs and reports.",
    example: {
      asks: "Which faults of this cluster are at work or went wrong, oldest first?",
      sql: `SELECT incident_id, status, fault_type, resource_kind, resource_namespace, resource_name, severity, failure_reason
FROM incidents WHERE cluster = 'prod-us-east-1' AND status IN ('investigating', 'failed', 'agent_failed')
ORDER BY created_at LIMIT 20;`,
    },
  },
  {
    id: "D3",
    title: "Workflow engine",
    schema: "public",
    about: "Workflows, their executions and logs, integrations and their events. Its names are the tables' own.",
    example: {
      asks: "Which executions failed in the last seven days, and how long did they take?",
      sql: `SELECT workflow_name, execution_id, started_at, duration_seconds, retry_count
FROM recent_workflow_activity WHERE status = 'failed';`,
    },
  },
  {
    id: "D4",
    title: "Diagnosis data models",
    schema: "diagnosis",
    about: "Services, changes, incidents with decisions, evidence, hypotheses and reports, feedback, telemetry.",
    example: {
      asks: "What is the likeliest cause of each grave incident that is not resolved?",
      sql: `SELECT i.incident_id, s.service_name, i.severity, h.hypothesis_type, h.title, h.confidence
FROM incidents i JOIN services s USING (service_id) JOIN incident_hypotheses h USING (incident_id)
WHERE i.severity <= 2 AND i.status IN ('open', 'triaged') AND h.rank = 1 ORDER BY i.severity, i.window_start;`,
    },
  },
  {
    id: "D5",
    title: "Error tracking",
    schema: "tracking",
    about: "Users, projects and their incidents, as an editor asks for them.",
    example: {
      asks: "What is open in this repository, and in which line?",
      sql: `SELECT i.incident_id, i.error_type, i.error_message, i.file_path, i.line_number, i.commit_sha
FROM projects p JOIN incidents i ON i.project_id = p.id
WHERE p.repo_full_name = 'arin/shop' AND i.status = 'open' ORDER BY i.created_at DESC LIMIT 50;`,
    },
  },
];
