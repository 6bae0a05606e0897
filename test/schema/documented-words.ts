/** The words that a document lists for a column, in a CHECK or beside it. Lists that end in … are open. */
const LISTS = `
D1 incidents.detector: http_error exception latency crash
D2 incidents.severity: critical high medium low
D2 fault_events.severity: critical high medium low
D3 workflow_actions.action_type: platform_detector pr_review_analyzer issue_creator ai_comment_analyzer quality_gates post_comment label_pr
D3 integration_events.event_type: pull_request.opened pull_request.synchronize pull_request.closed issues.opened push release.published
D4 deployment_events.deploy_type: helm k8s argo flux manual other
D4 config_change_events.source: k8s_deployment k8s_configmap k8s_secret k8s_replicaset db_schema
D4 config_change_events.change_kind: image_swap env_var resource_limit replica_count configmap_key secret_key db_schema_alter
D4 incidents.trigger_type: error_rate_spike p99_regression crashloop custom
D4 incident_decisions.decision: approved suppressed
D4 evidence_artifacts.kind: clickhouse_query prom_query k8s_event git_diff snapshot note
D4 evidence_artifacts.source: clickhouse prometheus k8s github manual qdrant
D4 incident_hypotheses.hypothesis_type: release traffic dependency db infra unknown
D4 commit_files.change_type: db_migration dependency config timeout_retry http_client shared_util auth test docs other
D4 feedback_events.actor_type: user system integration
D4 feedback_events.event_type: hypothesis_confirmed hypothesis_rejected root_cause_set human_note_added
D4 incidents.resolution_kind: hypothesis other unknown
D4 retrieval_points.collection: git_diff_chunks runbooks incident_summaries
D5 projects.platform: vercel
D5 incidents.environment: production preview
D5 api_key_usage.key_type: ingest
D5 api_keys.key_type: ingest`;

export const DOCUMENTED_WORDS: readonly { readonly column: string; readonly words: readonly string[] }[] = LISTS.trim()
  .split("\n")
  .map((line) => {
    const [column = "", words = ""] = line.slice(3).split(": ");
    return { column, words: words.split(" ") };
  });
