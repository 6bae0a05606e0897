import { EvaluationError } from "@marcbachmann/cel-js";

/*
 * The library asks a value for its `constructor` to know what it is, so a payload with a key of that name would make
 * every condition on it fail. Such payloads are rare: they are copied when that has happened, and only then.
 */

export function isOfStrangeKeys(cause: unknown): boolean {
  return cause instanceof TypeError || (cause instanceof EvaluationError && cause.code === "unsupported_type");
}

/** @returns `value` with each object that has a key `constructor` as a map. */
export function withoutStrangeKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(withoutStrangeKeys);
  const entries = Object.entries(value).map(([key, item]) => [key, withoutStrangeKeys(item)] as const);
  return Object.hasOwn(value, "constructor") ? new Map(entries) : Object.fromEntries(entries);
}
