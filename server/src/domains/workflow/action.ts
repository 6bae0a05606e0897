import type { z } from "zod";
import type { Effect, EffectAnswer, Repeat } from "./effect.ts";

export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL";

/** What an action is told about the execution it is a step of, and how it speaks to it. */
export interface ActionContext {
  readonly executionId: string;
  readonly projectId: string;
  readonly incidentId: string | null;
  readonly workflow: { readonly id: string; readonly name: string; readonly version: number };
  /** The ids of the step and of those it lies in: `each[2].notify`. */
  readonly path: string;
  /** What started the execution; null for schedules and people. */
  readonly event: Readonly<Record<string, unknown>> | null;
  /** Fires when the step is to stop: timeout, cancel, shutdown, a lost lease. A step ends soon after. */
  readonly signal: AbortSignal;
  /** A line of the execution's log, stored with the next checkpoint. */
  log(level: LogLevel, message: string, metadata?: Readonly<Record<string, unknown>>): void;
  /** An INFO line that is stored at once, for long work. */
  progress(message: string, metadata?: Readonly<Record<string, unknown>>): void;
  /**
   * Makes an effect outside, at most once whatever crashes. The only way out for an action: hands-off, the delivery row
   * and the rule of repetition are kept here.
   * @throws EffectStopped, EffectRefused or EffectUnknown (see effect.ts).
   */
  effect(effect: Effect): Promise<EffectAnswer>;
}

export type ActionGroup = "incident" | "pull_request" | "code" | "people" | "data" | "upkeep";

/** One action of the catalogue: all that the page, the editor's form, the checks and the runner know of it. */
export interface Action<Services> {
  readonly name: string;
  readonly title: string;
  /** What it does, in one or two sentences for people. */
  readonly summary: string;
  readonly group: ActionGroup;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly repeat: Repeat;
  /** Heavy ones (an investigation, a sandbox) run only as many at once as the setting `workers` says. */
  readonly isHeavy: boolean;
  /** @throws WrongShape when the output is not of its schema: a fault of the action, never passed on. */
  run(input: unknown, ctx: ActionContext, services: Services): Promise<unknown>;
}

export type Catalogue<Services> = ReadonlyMap<string, Action<Services>>;

export class WrongShape extends Error {
  constructor(action: string, direction: "input" | "output", issues: readonly z.core.$ZodIssue[]) {
    const words = issues.slice(0, 5).map((issue) => `${issue.path.join(".") || "the whole"}: ${issue.message}`);
    super(`The ${direction} of ${action} has the wrong shape: ${words.join("; ")}.`);
    this.name = "WrongShape";
  }
}

/** Makes an action of its typed parts: what goes in and comes out is parsed, so `run` gets what its schema says. */
export function defineAction<Services>() {
  return <Input extends z.ZodType, Output extends z.ZodType>(parts: {
    readonly name: string;
    readonly title: string;
    readonly summary: string;
    readonly group: ActionGroup;
    readonly input: Input;
    readonly output: Output;
    readonly repeat: Repeat;
    readonly isHeavy?: boolean;
    run(input: z.output<Input>, ctx: ActionContext, services: Services): Promise<z.input<Output>>;
  }): Action<Services> => ({
    ...parts,
    isHeavy: parts.isHeavy ?? false,
    async run(input, ctx, services) {
      const parsed = parts.input.safeParse(input);
      if (!parsed.success) throw new WrongShape(parts.name, "input", parsed.error.issues);
      const given = parts.output.safeParse(await parts.run(parsed.data, ctx, services));
      if (!given.success) throw new WrongShape(parts.name, "output", given.error.issues);
      return given.data;
    },
  });
}
