import type { ControlKind } from "@culprit/contract";
import { z } from "zod";

const SECONDS_MAX = 30 * 86_400;

export interface ControlStep {
  readonly title: string;
  readonly summary: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly hasSteps: boolean;
}

const person = z.string().nullable();

/** The steps that steer others, described as actions are. The runner carries them out. */
export const controlSteps = {
  delay: {
    title: "Wait",
    summary: "Waits for a time. The execution sleeps meanwhile, and the time doesn't count towards its timeout.",
    input: z.strictObject({ seconds: z.number().min(0).max(SECONDS_MAX) }),
    output: z.object({}),
    hasSteps: false,
  },
  approval: {
    title: "Ask a person",
    summary:
      "Waits for a yes or no. Nobody answering within `expires_in` seconds counts as `default`; a no fails the step.",
    input: z.strictObject({
      message: z.string().min(1).max(4000).describe("What is asked, shown to whoever answers."),
      expires_in: z
        .number()
        .int()
        .min(1)
        .max(90 * 86_400)
        .optional()
        .describe("Seconds until `default` holds."),
      default: z.enum(["approve", "reject"]).default("reject"),
    }),
    output: z.object({ decision: z.enum(["approve", "reject"]), decided_by: person, reason: person }),
    hasSteps: false,
  },
  parallel: {
    title: "Several at once",
    summary: "Runs its `steps` at the same time and goes on when all have ended.",
    input: z.strictObject({}),
    output: z.looseObject({}).describe("What each step gave, under its id."),
    hasSteps: true,
  },
  for_each: {
    title: "For each of a list",
    summary: "Runs its `steps` one after the other for each item, at most `max_parallel` items at once.",
    input: z.strictObject({
      items: z.array(z.unknown()).max(1000),
      as: z
        .string()
        .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
        .default("item")
        .describe("What templates call the item; its place in the list is `index`."),
      max_parallel: z.number().int().min(1).max(50).default(1),
    }),
    output: z.object({ items: z.array(z.unknown()).describe("What the last step gave for each item.") }),
    hasSteps: true,
  },
  run_workflow: {
    title: "Run a workflow",
    summary: "Starts another workflow of the project and, unless `wait` is false, goes on when that has completed.",
    input: z.strictObject({
      workflow: z.string().min(1).max(255).describe("Its name."),
      inputs: z.record(z.string(), z.unknown()).default({}),
      wait: z.boolean().default(true),
    }),
    output: z.object({
      execution_id: z.string(),
      status: z.string().optional(),
      outputs: z.looseObject({}).optional(),
    }),
    hasSteps: false,
  },
} as const satisfies Record<ControlKind, ControlStep>;

export function controlStep(uses: string): ControlStep | undefined {
  return Object.hasOwn(controlSteps, uses) ? controlSteps[uses as ControlKind] : undefined;
}
