import { type ActionDescription, workflowDefinitionSchema } from "@culprit/contract";
import { z } from "zod";
import type { ActionTypes } from "./action-types.ts";
import { describeActions } from "./describe-actions.ts";
import type { JsonSchema } from "./json-schema.ts";
import { isRecord } from "./sugar.ts";

/**
 * The JSON Schema (draft 2020-12) of a workflow's file, for editors: they complete field names, actions and their inputs,
 * and show what each is. Templates may stand in the place of any input, so types of inputs are not enforced here.
 */
export function workflowJsonSchema(actions: ActionTypes): JsonSchema {
  const base = z.toJSONSchema(workflowDefinitionSchema, { io: "input", unrepresentable: "any", cycles: "ref" });
  const described = describeActions(actions);
  const schema: Record<string, unknown> = {
    ...base,
    $id: "https://culprit.dev/workflow.schema.json",
    title: "Culprit workflow",
    description: "A workflow in .culprit/workflows/*.yml. `culprit workflow validate FILE` checks more.",
    properties: {
      ...base.properties,
      on: {
        description:
          "What starts it, as on GitHub: the name of an event, a list of names, or a map from names to what must match.",
        anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }, { type: "object" }],
      },
    },
  };
  return mapSteps(schema, described) as JsonSchema;
}

/** Wherever the schema of a step stands, its `uses` lists the actions and its `with` their inputs. */
function mapSteps(value: unknown, described: readonly ActionDescription[]): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSteps(item, described));
  if (!isRecord(value)) return value;
  const mapped = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapSteps(item, described)]));
  const { properties } = mapped;
  if (!isRecord(properties) || properties.uses === undefined || properties.with === undefined) return mapped;
  return {
    ...mapped,
    // An id is made of the name or the action where it is left out.
    required: ["uses"],
    properties: {
      ...properties,
      uses: {
        type: "string",
        description: "The action.",
        oneOf: described.map(({ name, title, summary }) => ({ const: name, title, description: summary })),
      },
    },
    allOf: described.map(({ name, input }) => ({
      if: { properties: { uses: { const: name } }, required: ["uses"] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word.
      then: { properties: { with: inputsOf(input) } },
    })),
  };
}

function inputsOf(input: Readonly<Record<string, unknown>>): JsonSchema {
  const { properties, required, additionalProperties } = input;
  if (!isRecord(properties)) return { type: "object" };
  const described = Object.entries(properties).map(([name, schema]) => {
    const { description, default: usual, enum: choices, type } = isRecord(schema) ? schema : {};
    const words = [description, type === undefined ? undefined : `Type: ${String(type)}.`].filter(Boolean).join(" ");
    return [
      name,
      {
        ...(words === "" ? {} : { description: words }),
        ...(usual === undefined ? {} : { default: usual }),
        ...(choices === undefined ? {} : { examples: choices }),
      },
    ];
  });
  return {
    type: "object",
    properties: Object.fromEntries(described),
    ...(Array.isArray(required) && required.length > 0 ? { required } : {}),
    ...(additionalProperties === undefined || additionalProperties === false ? { additionalProperties: false } : {}),
  };
}
