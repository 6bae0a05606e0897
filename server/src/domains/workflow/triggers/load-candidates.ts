import type { WorkflowDefinition } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { Candidate, CandidateTrigger } from "./judge-event.ts";
import { readInputs, readTrigger } from "./read-trigger.ts";

export interface StoredCandidate extends Candidate {
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly inputs: WorkflowDefinition["inputs"];
}

/**
 * Every workflow with an event trigger that a project has and has not archived: its own, and the built-in ones that it has no workflow of the same
 * name in place of. One query, asked anew for each batch, so that a change holds from the next event on in every process.
 */
export async function loadCandidates(db: Kysely<DB>, projectId: string): Promise<readonly StoredCandidate[]> {
  const { rows } = await sql<CandidateRow>`
    SELECT w.id, w.name, w.status, w.version, v.definition -> 'inputs' AS inputs, t.id AS trigger_id, t.conditions, t.enabled
    FROM workflows w JOIN workflow_triggers t ON t.workflow_id = w.id AND t.trigger_type = 'event'
    LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
    WHERE w.status <> 'archived' AND (w.project_id = ${projectId} OR (w.project_id IS NULL AND NOT EXISTS (
      SELECT 1 FROM workflows own WHERE own.project_id = ${projectId} AND own.name = w.name AND own.status <> 'archived')))
    ORDER BY w.name, w.id, t.created_at, t.id`.execute(db);
  const byWorkflow = new Map<string, Omit<StoredCandidate, "triggers"> & { triggers: CandidateTrigger[] }>();
  for (const row of rows) {
    const { id: workflowId, name, status, version } = row;
    const candidate = byWorkflow.get(workflowId) ?? {
      ...{ workflowId, name, status, version },
      inputs: readInputs(row.inputs),
      triggers: [],
    };
    byWorkflow.set(workflowId, candidate);
    const trigger = readTrigger("event", row.conditions);
    candidate.triggers.push({
      triggerId: row.trigger_id,
      isEnabled: row.enabled,
      ...("unreadable" in trigger
        ? { trigger: null, unreadable: trigger.unreadable }
        : { trigger: trigger.type === "event" ? trigger : null }),
    });
  }
  return [...byWorkflow.values()];
}

interface CandidateRow {
  readonly id: string;
  readonly name: string;
  readonly status: Candidate["status"];
  readonly version: number;
  readonly inputs: unknown;
  readonly trigger_id: string;
  readonly conditions: unknown;
  readonly enabled: boolean;
}
