import { runInThisContext } from "node:vm";
import type { ParseResult } from "@marcbachmann/cel-js";
import { boundWork } from "./bound-work.ts";
import { language } from "./environment.ts";
import { ExpressionError, toExpressionError } from "./expression-error.ts";
import { type Reading, readTree } from "./paths-of.ts";
import { isOfStrangeKeys, withoutStrangeKeys } from "./strange-keys.ts";
import { toJson } from "./to-json.ts";
import { weightOf } from "./weight.ts";

export const EXPRESSION_CHARACTERS_MAX = 10_000;
/** Of one evaluation, in wall time. */
export const EXPRESSION_MS_MAX = 250;
/** A longer expression is watched. */
const PLAIN_CHARACTERS_MAX = 1_000;
/** One that reads more characters and parts of values is watched: without macros it takes time in proportion to them. */
const WEIGHT_MAX = 20_000;
/** With a macro, what is in it may read all of it anew for each item. */
const MACRO_WEIGHT_MAX = 1_000;
const WATCHED_GROWTH = 20;
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
    boundWork(run.ast);
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
 * What the expression gives as JSON. Names are those of `names` and no others. It is stopped after 250 ms wherever it is, but for a
 * single call of the engine (a search, a join), which takes some tens of ms at most and is refused beforehand where it would
 * take more (bound-work.ts); what reads little is not watched, as it can't take long.
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
      throw new ExpressionError(expression.text, `it took longer than ${EXPRESSION_MS_MAX} ms`, 0, cause);
    }
    if (cause instanceof RangeError) throw new ExpressionError(expression.text, "what it makes is too large", 0, cause);
    // Of the library, on values that it does not expect: `bytes(x).json()` of what is no JSON.
    if (cause instanceof SyntaxError || cause instanceof TypeError)
      throw new ExpressionError(expression.text, `it fails on what it met: ${cause.message.slice(0, 200)}`, 0, cause);
    throw toExpressionError(expression.text, cause);
  }
}

const WORK = Symbol.for("culprit.expression.work");

/** Whether it can't take long, so that it needs no watchdog: 5 µs against 100 to 400. */
function isQuick(expression: Expression, names: ReadonlyMap<string, unknown>): boolean {
  const { text, depth, isHeavy, growth, paths } = expression;
  if (isHeavy || depth > 1 || growth > WATCHED_GROWTH || text.length > PLAIN_CHARACTERS_MAX) return false;
  let left = depth === 0 ? WEIGHT_MAX : MACRO_WEIGHT_MAX;
  for (const { root, keys } of paths) {
    left -= weightOf(valueAt(names.get(root), keys), left);
    if (left < 0) return false;
  }
  return true;
}

function valueAt(value: unknown, keys: readonly (string | number)[]): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/**
 * Runs `work` and stops it where it stands, in a loop or in a pattern, when its time is over: the engine's watchdog does
 * that for code that a script calls.
 */
function withinTime<T>(work: () => T): T {
  const place = globalThis as { [WORK]?: () => T };
  place[WORK] = work;
  try {
    return runInThisContext(`globalThis[Symbol.for("culprit.expression.work")]()`, { timeout: EXPRESSION_MS_MAX });
  } finally {
    delete place[WORK];
  }
}

function isTimeout(cause: unknown): boolean {
  return (cause as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
