import { type Trigger, triggerSchema, type WorkflowDefinition, workflowDefinitionSchema } from "@culprit/contract";
import { z } from "zod";

/** The trigger of a row of `workflow_triggers`: its conditions are the trigger without its type. */
export function readTrigger(type: string, conditions: unknown): Trigger | { readonly unreadable: string } {
  const shape = typeof conditions === "object" && conditions !== null ? conditions : {};
  const parsed = triggerSchema.safeParse({ ...shape, type });
  return parsed.success ? parsed.data : { unreadable: z.prettifyError(parsed.error).replaceAll("\n", " ") };
}

/** The declared inputs of a stored version; none where it has none. */
export function readInputs(stored: unknown): WorkflowDefinition["inputs"] {
  return workflowDefinitionSchema.shape.inputs.parse(stored ?? undefined);
}
