import type { ExecutionSummary } from "@culprit/contract";
import { sql } from "kysely";
import { toPublicId } from "../../../platform/ids/ids.ts";

/** Of an execution `e`, its workflow `w` and its incident `i`. */
export const executionColumns = sql`e.id, e.project_id, e.workflow_id, w.name AS workflow_name, e.workflow_version, e.status,
  e.is_waiting AND e.status IN ('pending', 'running') AS is_waiting, e.is_paused, e.wake_at, e.trigger_type, e.incident_id,
  i.title AS incident_title, e.event_id, e.parent_execution_id, e.caller_execution_id, e.caller_step, e.retry_count, e.error_message,
  e.started_at, e.completed_at, e.active_ms, e.started_at::text AS started_at_text`;

export const executionJoins = sql`JOIN workflows w ON w.id = e.workflow_id LEFT JOIN incidents i ON i.id = e.incident_id`;

export interface ExecutionRow {
  readonly id: string;
  readonly project_id: string;
  readonly workflow_id: string;
  readonly workflow_name: string;
  readonly workflow_version: number;
  readonly status: ExecutionSummary["status"];
  readonly is_waiting: boolean;
  readonly is_paused: boolean;
  readonly wake_at: Date | null;
  readonly trigger_type: string | null;
  readonly incident_id: string | null;
  readonly incident_title: string | null;
  readonly event_id: string | null;
  readonly parent_execution_id: string | null;
  readonly caller_execution_id: string | null;
  readonly caller_step: string | null;
  readonly retry_count: number;
  readonly error_message: string | null;
  readonly started_at: Date;
  readonly completed_at: Date | null;
  readonly active_ms: number;
  readonly started_at_text: string;
}

export function toExecution(row: ExecutionRow): ExecutionSummary {
  const publicId = (prefix: "exec" | "inc" | "evt", id: string | null) => (id === null ? null : toPublicId(prefix, id));
  return {
    id: toPublicId("exec", row.id),
    project_id: toPublicId("proj", row.project_id),
    workflow_id: toPublicId("wf", row.workflow_id),
    workflow_name: row.workflow_name,
    workflow_version: row.workflow_version,
    status: row.status,
    is_waiting: row.is_waiting,
    is_paused: row.is_paused,
    wake_at: row.wake_at?.toISOString() ?? null,
    trigger_type: row.trigger_type,
    incident_id: publicId("inc", row.incident_id),
    incident_title: row.incident_title,
    event_id: publicId("evt", row.event_id),
    parent_execution_id: publicId("exec", row.parent_execution_id),
    caller_execution_id: publicId("exec", row.caller_execution_id),
    caller_step: row.caller_step,
    retry_count: row.retry_count,
    error_message: row.error_message,
    started_at: row.started_at.toISOString(),
    completed_at: row.completed_at?.toISOString() ?? null,
    duration_ms: row.completed_at === null ? null : Math.max(0, row.completed_at.getTime() - row.started_at.getTime()),
    active_ms: Math.max(0, Number(row.active_ms)),
  };
}
