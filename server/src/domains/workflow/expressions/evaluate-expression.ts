import { runInThisContext } from "node:vm";
import type { ParseResult } from "@marcbachmann/cel-js";
import { language } from "./environment.ts";
import { ExpressionError, toExpressionError } from "./expression-error.ts";
import { type Reading, readTree } from "./paths-of.ts";
import { isOfStrangeKeys, withoutStrangeKeys } from "./strange-keys.ts";
import { toJson } from "./to-json.ts";

export const EXPRESSION_CHARACTERS_MAX = 10_000;
const TIME_LIMIT_MS = 250;
/** Up to here, an expression without macros can't take long whatever it meets. */
const PLAIN_CHARACTERS_MAX = 1_000;
/** A macro over a longer list is watched. */
const LIST_LENGTH_MAX = 10_000;
const GROWTH_MAX = 1_000;
const PARSED_MAX = 2_000;

export interface Expression extends Reading {
  readonly text: string;
  readonly run: ParseResult;
}

const parsed = new Map<string, Expression>();

/** The expression of `text`, parsed once. @throws ExpressionError. */
export function parseExpression(text: string): Expression {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (text.length > EXPRESSION_CHARACTERS_MAX) {
    throw new ExpressionError(
      text,
      `it has ${text.length} characters, at most ${EXPRESSION_CHARACTERS_MAX} are allowed`,
      0,
    );
  }
  try {
    const run = language.parse(text);
    const check = run.check();
    if (check.error !== undefined) throw check.error;
    const expression = { text, run, ...readTree(run.ast) };
    if (expression.growth > GROWTH_MAX)
      throw new ExpressionError(
        text,
        "its lists could grow without bounds; use the names that macros bind less often",
        0,
      );
    if (parsed.size >= PARSED_MAX) parsed.delete(parsed.keys().next().value ?? "");
    parsed.set(text, expression);
    return expression;
  } catch (cause) {
    throw toExpressionError(text, cause);
  }
}

/**
 * What the expression gives as JSON, within 250 ms. Names are those of `names` and no others.
 * @throws ExpressionError which names the expression and the place.
 */
export function evaluateExpression(expression: Expression, names: ReadonlyMap<string, unknown>): unknown {
  const work = () => {
    try {
      return toJson(expression.run(names));
    } catch (cause) {
      if (!isOfStrangeKeys(cause)) throw cause;
      return toJson(expression.run(new Map([...names].map(([name, value]) => [name, withoutStrangeKeys(value)]))));
    }
  };
  try {
    return isQuick(expression, names) ? work() : withinTime(work);
  } catch (cause) {
    if (isTimeout(cause)) {
      // It was stopped in the middle of its own state.
      parsed.delete(expression.text);
      throw new ExpressionError(expression.text, `it took longer than ${TIME_LIMIT_MS} ms`, 0, cause);
    }
    if (cause instanceof RangeError) throw new ExpressionError(expression.text, "what it makes is too large", 0, cause);
    throw toExpressionError(expression.text, cause);
  }
}

const WORK = Symbol.for("culprit.expression.work");

/** Whether it can't take long, so that it needs no watchdog: 5 µs against 100 to 400. */
function isQuick(expression: Expression, names: ReadonlyMap<string, unknown>): boolean {
  const { text, depth, hasPattern, growth, paths } = expression;
  if (hasPattern || depth > 1 || text.length > PLAIN_CHARACTERS_MAX) return false;
  if (depth === 0) return true;
  return growth <= 20 && paths.every(({ root, keys }) => lengthAt(names.get(root), keys) <= LIST_LENGTH_MAX);
}

function lengthAt(value: unknown, keys: readonly (string | number)[]): number {
  let at = value;
  for (const key of keys) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return 0;
    at = (at as Record<string | number, unknown>)[key];
  }
  if (typeof at === "string") return at.length;
  return typeof at === "object" && at !== null ? Object.keys(at).length : 0;
}

/**
 * Runs `work` and stops it where it stands, in a loop or in a pattern, when its time is over: the engine's watchdog does
 * that for code that a script calls.
 */
function withinTime<T>(work: () => T): T {
  const place = globalThis as { [WORK]?: () => T };
  place[WORK] = work;
  try {
    return runInThisContext(`globalThis[Symbol.for("culprit.expression.work")]()`, { timeout: TIME_LIMIT_MS });
  } finally {
    delete place[WORK];
  }
}

function isTimeout(cause: unknown): boolean {
  return (cause as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
