export type { Step, StepContext, WorkflowDefinition } from "./definition.ts";
export { runExecution } from "./run-execution.ts";
export { type ExecutionRequest, startExecution } from "./start-execution.ts";
