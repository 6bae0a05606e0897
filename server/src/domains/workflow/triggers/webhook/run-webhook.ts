import type { Transaction } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../../../platform/ids/ids.ts";
import type { Queue } from "../../../../platform/queue/queue.ts";
import { compileCondition } from "../../expressions/compile-condition.ts";
import { ExpressionError } from "../../expressions/expression-error.ts";
import { fillTemplates } from "../../expressions/fill-templates.ts";
import type { Scope } from "../../expressions/scope.ts";
import { startExecutions } from "../../start-execution.ts";
import { checkInputs } from "../check-inputs.ts";
import { eventForTemplates } from "../event-for-templates.ts";
import { readTrigger } from "../read-trigger.ts";
import { type LedgerRow, writeLedger } from "../write-ledger.ts";
import type { WebhookTrigger } from "./load-webhook-trigger.ts";
import { WEBHOOK_EVENT } from "./webhook-call.ts";

export interface StoredCall {
  readonly eventId: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Asks a webhook trigger about a stored call and starts its workflow, with a row of the ledger either way. Inputs of the
 * workflow are taken from `inputs` of the body.
 * @returns what the caller is answered: 202 and the filled `response`, or 200 and why nothing ran.
 */
export async function runWebhook(
  tx: Transaction<DB>,
  { queue, publicUrl }: { readonly queue: Queue; readonly publicUrl: () => string },
  found: WebhookTrigger,
  { eventId, payload }: StoredCall,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const executionId = newId();
  const scope = scopeOf(found, payload, executionId, publicUrl());
  const judged = judge(found, scope);
  const row: LedgerRow = {
    ...{ projectId: found.projectId, workflowId: found.workflowId, triggerId: found.triggerId, eventId },
    ...{ executionId: null, outcome: judged.inputs === null ? "did_not_run" : "ran" },
    ...{ reason: judged.reason, details: judged.details },
  };
  const notRun = async (reason: string) => {
    await writeLedger(tx, [{ ...row, outcome: "did_not_run", reason }]);
    return { status: 200, body: { event_id: toPublicId("evt", eventId), execution_id: null, reason } };
  };
  if (judged.inputs === null) return notRun(judged.reason);
  const started = await startExecutions(tx, queue, [
    {
      ...{ id: executionId, projectId: found.projectId, workflow: { id: found.workflowId }, inputs: judged.inputs },
      ...{ trigger: { type: "webhook", data: { event: scope.event } }, eventId },
    },
  ]);
  if (started.length === 0) return notRun("It would have run, but the workflow was switched off at that moment.");
  const answer = answerOf(judged.response, scope, eventId);
  const details = answer.error === null ? judged.details : { ...judged.details, response_error: answer.error };
  await writeLedger(tx, [{ ...row, executionId, details }]);
  return { status: 202, body: answer.body };
}

interface Judged {
  readonly reason: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Null where it does not run. */
  readonly inputs: Readonly<Record<string, unknown>> | null;
  readonly response: Readonly<Record<string, unknown>> | undefined;
}

function judge(found: WebhookTrigger, scope: Scope): Judged {
  const trigger = readTrigger("webhook", found.conditions);
  const no = (reason: string, details: Judged["details"] = {}): Judged => ({
    reason,
    details,
    inputs: null,
    response: undefined,
  });
  if (!("type" in trigger) || trigger.type !== "webhook")
    return no("The conditions of the trigger can't be read. Save the workflow again.");
  if (!found.isEnabled) return no("It would have run, but this trigger is switched off.");
  if (found.status !== "active") return no(`It would have run, but the workflow is ${found.status}.`);
  let details: Judged["details"] = {};
  if (trigger.if !== undefined) {
    try {
      const condition = compileCondition(trigger.if);
      const { value, seen } = condition.evaluate(scope);
      details = { condition: condition.text, values: seen };
      if (!value) return no(`Its condition is false: ${condition.text}`, details);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return no(`Its condition failed: ${error.reason}.`, { condition: trigger.if, error: error.message });
    }
  }
  const { body } = scope.event;
  const given = isRecord(body) && isRecord(body.inputs) ? body.inputs : {};
  const checked = checkInputs(found, given);
  if (!checked.ok) {
    const words = checked.problems.map(({ message }) => message).join(" ");
    return no(`The inputs in the call are wrong: ${words}`, { ...details, problems: checked.problems });
  }
  const held = trigger.if === undefined ? "" : ", and its condition holds";
  return { reason: `Its webhook was called${held}.`, details, inputs: checked.inputs, response: trigger.response };
}

function answerOf(
  response: Judged["response"],
  scope: Scope,
  eventId: string,
): { body: unknown; error: string | null } {
  const plain = { event_id: toPublicId("evt", eventId), execution_id: scope.execution.id };
  if (response === undefined) return { body: plain, error: null };
  try {
    return { body: fillTemplates(response, scope), error: null };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { body: plain, error: error.message };
  }
}

function scopeOf(found: WebhookTrigger, payload: StoredCall["payload"], executionId: string, publicUrl: string): Scope {
  const id = toPublicId("exec", executionId);
  return {
    event: eventForTemplates(WEBHOOK_EVENT, payload),
    inputs: {},
    steps: {},
    workflow: { id: toPublicId("wf", found.workflowId), name: found.workflowName, version: found.version },
    execution: { id, trigger: "webhook", url: `${publicUrl}/executions/${id}` },
    project: { id: toPublicId("proj", found.projectId), name: found.projectName },
    incident: null,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
