export {
  type Action,
  type ActionContext,
  type ActionGroup,
  type Catalogue,
  defineAction,
  type LogLevel,
  WrongShape,
} from "./action.ts";
export type { Step, StepContext, WorkflowDefinition } from "./definition.ts";
export { type Effect, type EffectAnswer, EffectRefused, EffectStopped, EffectUnknown, type Repeat } from "./effect.ts";
export type { Scope, Secrets } from "./expressions/scope.ts";
export { runExecution } from "./run-execution.ts";
export { type ExecutionRequest, startExecution } from "./start-execution.ts";
export { emitEvent, emitEvents, insertEvents, type WorkflowEvent } from "./events/emit-event.ts";
