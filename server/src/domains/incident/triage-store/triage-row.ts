import type { IncidentStatus, Severity, TriageIncident } from "@culprit/contract";
import { sql } from "kysely";
import { toTriageStatus } from "./triage-words.ts";

/** The columns of document 2, of `incidents` as `i`. */
export const triageColumns = sql`i.id, i.fault_id, i.status, i.created_at, i.started_at, i.completed_at, i.exit_code, i.failure_reason,
  i.cluster, i.subscription_id, i.resource_api_version, i.resource_kind, i.resource_name, i.resource_namespace, i.resource_uid,
  i.fault_type, i.severity, i.context, i.fault_timestamp`;

/** What a CHECK promises of every row of a fault. */
export interface TriageRow {
  id: string;
  fault_id: string | null;
  status: IncidentStatus;
  created_at: Date;
  started_at: Date | null;
  completed_at: Date | null;
  exit_code: number | null;
  failure_reason: string | null;
  cluster: string;
  subscription_id: string;
  resource_api_version: string;
  resource_kind: string;
  resource_name: string;
  resource_namespace: string;
  resource_uid: string;
  fault_type: string;
  severity: Severity;
  context: string;
  fault_timestamp: Date;
}

/** A row in document 2's names and words. */
export function toTriageIncident(row: TriageRow): TriageIncident {
  return {
    incidentId: row.id,
    faultId: row.fault_id,
    status: toTriageStatus(row.status),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    completedAt: row.completed_at?.toISOString() ?? null,
    exitCode: row.exit_code,
    failureReason: row.failure_reason,
    cluster: row.cluster,
    subscriptionId: row.subscription_id,
    resource: {
      apiVersion: row.resource_api_version,
      kind: row.resource_kind,
      name: row.resource_name,
      namespace: row.resource_namespace,
      uid: row.resource_uid,
    },
    faultType: row.fault_type,
    severity: row.severity,
    context: row.context,
    timestamp: row.fault_timestamp.toISOString(),
  };
}
