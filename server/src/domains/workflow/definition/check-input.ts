import type { z } from "zod";
import { suggestion } from "../expressions/check-expression.ts";
import { type FieldPath, type Finding, failure } from "./finding.ts";
import { jsonSchemaOf } from "./json-schema.ts";

/**
 * What is wrong with the inputs of a step as far as it shows before templates are filled: a literal that the action
 * refuses, an input that is missing, one that it doesn't have.
 */
export function checkInput(
  schema: z.ZodType,
  given: Readonly<Record<string, unknown>>,
  path: FieldPath,
): readonly Finding[] {
  const findings: Finding[] = [];
  const { properties, additionalProperties } = jsonSchemaOf(schema, "input");
  const names = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  if (names.length > 0 || additionalProperties === false) {
    for (const key of Object.keys(given)) {
      if (names.includes(key) || (additionalProperties !== undefined && additionalProperties !== false)) continue;
      findings.push({
        ...failure([...path, key], `There is no input \`${key}\`${suggestion(key, names)}`),
        isAboutKey: true,
      });
    }
  }
  for (const issue of issuesOf(schema, given)) {
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) continue;
    const at = issue.path as (string | number)[];
    if (isTemplated(given, at)) continue;
    const isMissing = valueAt(given, at) === undefined;
    const message = isMissing && at.length > 0 ? `The input \`${at.join(".")}\` is missing.` : `${issue.message}.`;
    findings.push(failure([...path, ...at], message));
  }
  return findings;
}

function issuesOf(schema: z.ZodType, given: unknown): readonly z.core.$ZodIssue[] {
  try {
    return schema.safeParse(given).error?.issues ?? [];
  } catch {
    // A refinement that reckons with a value which is still a template.
    return [];
  }
}

/** Whether what an issue is about is a template, lies in one, or holds one: then nothing is known of it yet. */
function isTemplated(given: unknown, path: readonly (string | number)[]): boolean {
  let at = given;
  for (const key of path) {
    if (typeof at === "string") return at.includes("${{");
    if (typeof at !== "object" || at === null) return false;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at !== undefined && path.length > 0 && JSON.stringify(at).includes("${{");
}

function valueAt(given: unknown, path: readonly (string | number)[]): unknown {
  let at = given;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}
