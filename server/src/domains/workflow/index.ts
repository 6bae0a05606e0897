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
export { type Effect, type EffectAnswer, EffectRefused, EffectStopped, EffectUnknown, type Repeat } from "./effect.ts";
export { emitEvent, emitEvents, insertEvents, type WorkflowEvent } from "./events/emit-event.ts";
export { type CompiledCondition, compileCondition } from "./expressions/compile-condition.ts";
export { ExpressionError } from "./expressions/expression-error.ts";
export { fillTemplates, secretNamesIn } from "./expressions/fill-templates.ts";
export type { Scope, Secrets } from "./expressions/scope.ts";
export type { RunnerDeps } from "./run/run.ts";
export { Runner } from "./run/runner.ts";
export { type ExecutionRequest, startExecution, startExecutions } from "./start-execution.ts";
export { loadExecutionSteps } from "./store/load-execution-steps.ts";
export { type CheckedInputs, checkInputs } from "./triggers/check-inputs.ts";
export { type DispatchDeps, dispatchEvents } from "./triggers/dispatch-events.ts";
export { Dispatcher } from "./triggers/dispatcher.ts";
export { Scheduler } from "./triggers/schedule/scheduler.ts";
export { syncTriggers } from "./triggers/sync-triggers.ts";
