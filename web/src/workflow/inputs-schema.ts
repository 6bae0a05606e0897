import type { WorkflowDefinition } from "@culprit/contract";
import type { JsonSchema } from "../lib/json-schema.ts";

/** The inputs of a workflow as the JSON Schema that a form is made from. */
export function inputsSchema(inputs: WorkflowDefinition["inputs"]): JsonSchema {
  const entries = Object.entries(inputs);
  return {
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, { type, description, default: fallback, options }]) => [
        name,
        {
          ...(options ? { enum: options } : { type }),
          ...(description === undefined ? {} : { description }),
          ...(fallback === undefined ? {} : { default: fallback }),
        },
      ]),
    ),
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
  };
}
