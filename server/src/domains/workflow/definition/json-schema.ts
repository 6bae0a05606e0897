import { z } from "zod";
import type { Shape } from "../expressions/check-expression.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

const known = new WeakMap<z.ZodType, { input?: JsonSchema; output?: JsonSchema }>();

/** The JSON Schema (draft 2020-12) of what a schema takes or gives; what JSON can't say is left open. */
export function jsonSchemaOf(schema: z.ZodType, direction: "input" | "output"): JsonSchema {
  const kept = known.get(schema) ?? {};
  known.set(schema, kept);
  kept[direction] ??= z.toJSONSchema(schema, { io: direction, unrepresentable: "any", cycles: "ref" }) as JsonSchema;
  return kept[direction];
}

/** What is known of the keys of a value of this schema; undefined where anything may be there. */
export function shapeOf(schema: unknown): Shape | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  const { properties, additionalProperties, anyOf, oneOf, allOf, $ref, items } = schema as Record<string, unknown>;
  if (Array.isArray(allOf) || $ref !== undefined) return undefined;
  const choices = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null;
  if (choices !== null) return union(choices);
  if (items !== undefined) return undefined;
  if (typeof properties !== "object" || properties === null) return undefined;
  return {
    keys: new Map(Object.entries(properties).map(([key, value]) => [key, shapeOf(value)])),
    isOpen: additionalProperties !== undefined && additionalProperties !== false,
  };
}

function union(choices: readonly unknown[]): Shape | undefined {
  const keys = new Map<string, Shape | undefined>();
  for (const choice of choices) {
    if ((choice as { type?: unknown }).type === "null") continue;
    const shape = shapeOf(choice);
    if (shape === undefined || shape.isOpen) return undefined;
    // Of a key that several have, nothing more is said than that it is there.
    for (const [key, value] of shape.keys) keys.set(key, keys.has(key) ? undefined : value);
  }
  return keys.size === 0 ? undefined : { keys, isOpen: false };
}
