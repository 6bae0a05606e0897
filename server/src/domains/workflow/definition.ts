/** What a step gets: the outputs of the steps before it, and a way to say what it is doing. */
export interface StepContext {
  readonly executionId: string;
  readonly projectId: string;
  readonly incidentId: string | null;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Fires when the job is to stop (shutdown, lost heartbeat); a step ends soon after. */
  readonly signal: AbortSignal;
  /** Writes a line of the execution's log. */
  progress(message: string, metadata?: Readonly<Record<string, unknown>>): Promise<void>;
}

/**
 * One durable step. Its output (JSON) is committed before the next one starts and it is not run again after that. It
 * can be run twice when the process dies between its effect and the commit, so a step is idempotent.
 */
export interface Step {
  readonly name: string;
  run(ctx: StepContext): Promise<unknown>;
}

export interface WorkflowDefinition {
  /** The name of its row in `workflows`. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** Called once when the execution has failed for good. */
  onFailed(ctx: { readonly incidentId: string | null; readonly reason: string }): Promise<void>;
}
