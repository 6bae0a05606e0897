import type { Condition } from "@culprit/contract";
import { briefValue } from "./brief-value.ts";
import { compare } from "./compare.ts";
import { evaluateExpression, parseExpression } from "./evaluate-expression.ts";
import { ExpressionError } from "./expression-error.ts";
import { namesOfScope } from "./names-of-scope.ts";
import type { Path } from "./paths-of.ts";
import type { Scope } from "./scope.ts";

const SEEN_MAX = 30;

export interface CompiledCondition {
  /** In words for people: what is asked. */
  readonly text: string;
  /**
   * The decision, and the values of what it read, cut to a size that can be stored.
   * @throws ExpressionError when it names what isn't there, fails, takes too long, or gives no boolean.
   */
  evaluate(scope: Scope): { readonly value: boolean; readonly seen: Record<string, unknown> };
}

/** @returns the condition, ready to be asked any number of times. @throws ExpressionError when it can't be read. */
export function compileCondition(condition: Condition): CompiledCondition {
  if (typeof condition === "object" && "op" in condition) {
    return {
      text: `${words(condition.left)} ${condition.op} ${words(condition.right)}`,
      evaluate(scope) {
        const seen: Record<string, unknown> = {};
        const value = compare(condition, namesOfScope(scope), seen);
        return {
          value,
          seen: Object.fromEntries(Object.entries(seen).map(([name, part]) => [name, briefValue(part)])),
        };
      },
    };
  }
  const text = bareExpression(typeof condition === "string" ? condition : condition.if);
  const expression = parseExpression(text);
  return {
    text,
    evaluate(scope) {
      const names = namesOfScope(scope);
      const value = evaluateExpression(expression, names);
      if (typeof value !== "boolean") {
        throw new ExpressionError(text, `it gives ${words(briefValue(value))}, a condition gives true or false`, 0);
      }
      return { value, seen: valuesAt(expression.paths, names) };
    },
  };
}

/** A condition that was written as one whole template, as on GitHub, is the expression in it. */
export function bareExpression(text: string): string {
  const match = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text);
  return (match?.[1] ?? text).trim();
}

function valuesAt(paths: readonly Path[], names: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const seen = new Map<string, unknown>();
  for (const { root, keys } of paths) {
    if (seen.size >= SEEN_MAX) break;
    let at = names.get(root);
    for (const key of keys) {
      const isThere = typeof at === "object" && at !== null && Object.hasOwn(at, key);
      at = isThere ? (at as Record<string | number, unknown>)[key] : undefined;
    }
    seen.set([root, ...keys].join("."), at === undefined ? "(missing)" : briefValue(at));
  }
  return Object.fromEntries(seen);
}

function words(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
