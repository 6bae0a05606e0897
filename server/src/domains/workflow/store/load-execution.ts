import { type ExecutionDelivery, type ExecutionDetail, workflowDefinitionSchema } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { type ExecutionRow, executionColumns, executionJoins, toExecution } from "./execution-columns.ts";
import { type ApprovalRow, approvalColumns, toApproval } from "./list-approvals.ts";
import { loadExecutionSteps } from "./load-execution-steps.ts";

const CHILDREN_MAX = 100;

/** All that an execution's page shows. @throws CulpritError NOT_FOUND, also where the caller may not see it. */
export async function loadExecution(db: Kysely<DB>, executionId: string): Promise<ExecutionDetail> {
  const { rows } = await sql<
    ExecutionRow & {
      inputs: Record<string, unknown>;
      result: { outputs?: unknown };
      trigger_data: unknown;
      definition: unknown;
    }
  >`SELECT ${executionColumns}, e.inputs, e.result, e.trigger_data, v.definition
    FROM workflow_executions e ${executionJoins}
    LEFT JOIN workflow_versions v ON v.workflow_id = e.workflow_id AND v.version = e.workflow_version
    WHERE e.id = ${executionId}`.execute(db);
  const row = rows[0];
  if (row === undefined)
    throw new CulpritError("NOT_FOUND", `There is no execution ${toPublicId("exec", executionId)} that you can see.`);
  const definition = workflowDefinitionSchema.safeParse(row.definition);
  const { rows: children } = await sql<ExecutionRow>`
    SELECT ${executionColumns} FROM workflow_executions e ${executionJoins}
    WHERE e.parent_execution_id = ${executionId} OR e.caller_execution_id = ${executionId}
    ORDER BY e.started_at DESC, e.id DESC LIMIT ${CHILDREN_MAX}`.execute(db);
  const { rows: approvals } = await sql<ApprovalRow>`
    SELECT ${approvalColumns} WHERE a.execution_id = ${executionId} ORDER BY a.created_at, a.approval_id`.execute(db);
  return {
    ...toExecution(row),
    definition: definition.success ? definition.data : null,
    inputs: row.inputs,
    outputs: row.result.outputs ?? null,
    trigger_data: row.trigger_data,
    steps: [...(await loadExecutionSteps(db, executionId))],
    approvals: approvals.map(toApproval),
    deliveries: await loadDeliveries(db, executionId),
    children: children.map(toExecution),
  };
}

async function loadDeliveries(db: Kysely<DB>, executionId: string): Promise<ExecutionDelivery[]> {
  const { rows } = await sql<DeliveryRow>`
    SELECT d.delivery_id, d.step_path, d.kind, d.recipient, d.integration_id, n.name AS integration_name, d.status, d.repeat,
      d.attempt_count, d.request, d.response, d.external_ref, d.error_message, d.created_at, d.sent_at, d.settled_by, d.settled_at
    FROM deliveries d LEFT JOIN integrations n ON n.id = d.integration_id
    WHERE d.execution_id = ${executionId} ORDER BY d.created_at, d.delivery_id`.execute(db);
  return rows.map(({ delivery_id, integration_id, created_at, sent_at, settled_at, ...rest }) => ({
    ...rest,
    id: toPublicId("dlv", delivery_id),
    integration_id: integration_id === null ? null : toPublicId("int", integration_id),
    created_at: created_at.toISOString(),
    sent_at: sent_at?.toISOString() ?? null,
    settled_at: settled_at?.toISOString() ?? null,
  }));
}

type DeliveryRow = Omit<ExecutionDelivery, "id" | "created_at" | "sent_at" | "settled_at"> & {
  readonly delivery_id: string;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly settled_at: Date | null;
};
