import { isDeepStrictEqual } from "node:util";
import type { Condition } from "@culprit/contract";
import { allowSearch } from "./bound-work.ts";
import { ExpressionError, toExpressionError } from "./expression-error.ts";
import type { Scope } from "./scope.ts";

export type Comparison = Extract<Condition, { op: string }>;

/** Document 3's comparison. @throws ExpressionError for a name that isn't there or values that have no order. */
export function compare(
  { op, left, right }: Comparison,
  names: ReadonlyMap<string, unknown>,
  seen: Record<string, unknown>,
): boolean {
  const text = JSON.stringify({ op, left, right });
  const read = (side: unknown) => {
    if (typeof side !== "string" || !side.startsWith("$")) return side;
    const value = lookUp(side.slice(1), names);
    if (value === undefined) throw new ExpressionError(text, `nothing is named \`${side}\` here`, text.indexOf(side));
    seen[side] = value;
    return value;
  };
  const a = read(left);
  const b = read(right);
  switch (op) {
    case "eq":
      return isDeepStrictEqual(a, b);
    case "ne":
      return !isDeepStrictEqual(a, b);
    case "in":
      return holds(b, a, text);
    case "not_in":
      return !holds(b, a, text);
    case "contains":
      return holds(a, b, text);
    default: {
      if (!((typeof a === "number" && typeof b === "number") || (typeof a === "string" && typeof b === "string"))) {
        throw new ExpressionError(text, `${kindOf(a)} and ${kindOf(b)} have no order`, 0);
      }
      if (op === "gt") return a > b;
      if (op === "lt") return a < b;
      return op === "gte" ? a >= b : a <= b;
    }
  }
}

function holds(whole: unknown, part: unknown, text: string): boolean {
  if (Array.isArray(whole)) return whole.some((item) => isDeepStrictEqual(item, part));
  if (typeof whole === "string" && typeof part === "string") {
    try {
      allowSearch(whole, part);
    } catch (error) {
      throw toExpressionError(text, error);
    }
    return whole.includes(part);
  }
  if (typeof whole === "object" && whole !== null) return typeof part === "string" && Object.hasOwn(whole, part);
  throw new ExpressionError(text, `${kindOf(whole)} holds nothing`, 0);
}

/**
 * `$event.x`, `$steps.a.b` (an output of step a), and a bare `$name`: an input of the workflow, else what the newest
 * step gave under that name, else a part of the event. The document merges what steps give into one context.
 */
function lookUp(path: string, names: ReadonlyMap<string, unknown>): unknown {
  const [root = "", ...keys] = path.split(".");
  if (root === "steps" && keys.length > 1 && keys[1] !== "outputs" && keys[1] !== "status")
    keys.splice(1, 0, "outputs");
  if (names.has(root)) return follow(names.get(root), keys);
  const inputs = names.get("inputs");
  const steps = Object.values((names.get("steps") ?? {}) as Scope["steps"]).reverse();
  for (const place of [inputs, ...steps.map((step) => step.outputs), names.get("event")]) {
    const value = follow(place, [root, ...keys]);
    if (value !== undefined) return value;
  }
  return undefined;
}

function follow(value: unknown, keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
