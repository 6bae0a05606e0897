export {
  type Action,
  type ActionContext,
  type ActionGroup,
  type Catalogue,
  defineAction,
  type LogLevel,
  WrongShape,
} from "./action.ts";
export {
  CONTROL_CHANNEL,
  type ControlRequest,
  cancelExecution,
  pauseExecution,
  resumeExecution,
  retryExecution,
} from "./control/control-execution.ts";
export { type Answer, decideApproval } from "./control/decide-approval.ts";
export { type Settlement, settleDelivery } from "./control/settle-delivery.ts";
export { type ActionType, type ActionTypes, usableNames } from "./definition/action-types.ts";
export { checkDefinition, type OtherWorkflows } from "./definition/check-definition.ts";
export { type ControlStep, controlStep, controlSteps } from "./definition/control-steps.ts";
export { describeActions } from "./definition/describe-actions.ts";
export { diffLines } from "./definition/diff-lines.ts";
export { type CheckedDefinition, parseDefinition, parseDefinitionValue } from "./definition/parse-definition.ts";
export { toYaml } from "./definition/to-yaml.ts";
export { workflowJsonSchema } from "./definition/workflow-json-schema.ts";
export { type Effect, type EffectAnswer, EffectRefused, EffectStopped, EffectUnknown, type Repeat } from "./effect.ts";
export { emitEvent, emitEvents, insertEvents, type WorkflowEvent } from "./events/emit-event.ts";
export { listEvents, loadEvent } from "./events/list-events.ts";
export { replayEvents } from "./events/replay-events.ts";
export { type CompiledCondition, compileCondition } from "./expressions/compile-condition.ts";
export { functions as expressionFunctions } from "./expressions/environment.ts";
export { evaluateExpression, parseExpression } from "./expressions/evaluate-expression.ts";
export { ExpressionError } from "./expressions/expression-error.ts";
export { fillTemplates, secretNamesIn } from "./expressions/fill-templates.ts";
export type { Scope, Secrets } from "./expressions/scope.ts";
export { isNewestExecution } from "./is-newest-execution.ts";
export {
  type FileOutcome,
  isWorkflowFile,
  type RepositoryFiles,
  syncRepositoryFiles,
  WORKFLOW_FOLDER,
} from "./repository-sync/sync-files.ts";
export type { RunnerDeps } from "./run/run.ts";
export { Runner } from "./run/runner.ts";
export { type ExecutionRequest, startExecution, startExecutions } from "./start-execution.ts";
export {
  type Changed,
  type ChangeRequest,
  changeWorkflow,
  checkWorkflow,
  requireValid,
  resetWorkflow,
  setWorkflowStatus,
  type Written,
} from "./store/change-workflow.ts";
export { listApprovals } from "./store/list-approvals.ts";
export { listExecutionLogs } from "./store/list-execution-logs.ts";
export { listExecutions } from "./store/list-executions.ts";
export { listWorkflows, type WorkflowFilter } from "./store/list-workflows.ts";
export { loadExecution } from "./store/load-execution.ts";
export { loadExecutionSteps } from "./store/load-execution-steps.ts";
export { findWorkflow, loadVersion, loadWorkflow, type WorkflowKey, type WorkflowRow } from "./store/load-workflow.ts";
export {
  listReadyWorkflows,
  type ReadyFile,
  readReadyWorkflows,
  takeReadyWorkflow,
} from "./store/ready-workflows.ts";
export { type Saved, type SaveRequest, saveWorkflow } from "./store/save-workflow.ts";
export { startManually } from "./store/start-manually.ts";
export { readBuiltins, syncBuiltins } from "./store/sync-builtins.ts";
export { listVersions, showUpgrade, showVersion } from "./store/versions.ts";
export { deleteSecret, listSecrets, setSecret } from "./store/workflow-secrets.ts";
export { type CheckedInputs, checkInputs } from "./triggers/check-inputs.ts";
export { type DispatchDeps, dispatchEvents } from "./triggers/dispatch/dispatch-events.ts";
export { Dispatcher } from "./triggers/dispatch/dispatcher.ts";
export { dryRun } from "./triggers/dry-run.ts";
export { listLedger, listTriggerCounts } from "./triggers/list-ledger.ts";
export { Scheduler } from "./triggers/schedule/scheduler.ts";
export { CallRate } from "./triggers/webhook/call-rate.ts";
export { receiveWebhookCall, type WebhookDeps } from "./triggers/webhook/receive-webhook-call.ts";
export { WEBHOOK_BODY_BYTES_MAX } from "./triggers/webhook/webhook-call.ts";
export { listWebhooks, rotateWebhookSecret } from "./triggers/webhook/webhook-secret.ts";
export { SIGNATURE_HEADER, signWebhookCall } from "./triggers/webhook/webhook-signature.ts";
