import { resolve, type Schema, schemaOf } from "./api-description.ts";

/**
 * An object of GitHub's component `name`: `known`, and the least value for every other field that its description
 * requires, so that the fake's state holds only what tests are about.
 */
export function fill(name: string, known: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return fillObject(schemaOf(name), known, known.url);
}

function fillObject(schema: Schema, known: Readonly<Record<string, unknown>>, url: unknown): Record<string, unknown> {
  const merged = mergeAll(schema);
  const required = (merged.required ?? []).filter((field) => known[field] === undefined);
  const least = required.map((field) => [field, leastValue(merged.properties?.[field] ?? {}, url)]);
  return { ...Object.fromEntries(least), ...known };
}

function leastValue(given: Schema, url: unknown): unknown {
  const schema = resolve<Schema>(given);
  if (schema.nullable === true || given.nullable === true) return null;
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  const options = schema.oneOf ?? schema.anyOf;
  if (options !== undefined && schema.properties === undefined) {
    return options.some((option) => resolve<Schema>(option).nullable === true)
      ? null
      : leastValue(options[0] ?? {}, url);
  }
  switch (schema.type) {
    case "string":
      if (schema.format === "date-time") return "2026-01-01T00:00:00Z";
      if (schema.format === "date") return "2026-01-01";
      return schema.format === "uri" && typeof url === "string" ? url : "";
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return fillObject(schema, {}, url);
    default:
      return schema.properties === undefined && schema.allOf === undefined ? {} : fillObject(schema, {}, url);
  }
}

function mergeAll(given: Schema): Schema {
  const schema = resolve<Schema>(given);
  const parts = (schema.allOf ?? []).map(mergeAll);
  return {
    ...schema,
    properties: Object.assign({}, ...parts.map((part) => part.properties), schema.properties),
    required: [...parts.flatMap((part) => part.required ?? []), ...(schema.required ?? [])],
  };
}
