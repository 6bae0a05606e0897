import { EvaluationError, ParseError, TypeError as TypeMismatch } from "@marcbachmann/cel-js";

/** An expression that can't be read, or that failed on the values it met. */
export class ExpressionError extends Error {
  readonly expression: string;
  /** What was wrong, without the expression. */
  readonly reason: string;
  /** Where in the expression, from 0. */
  readonly position: number;
  constructor(expression: string, reason: string, position: number, cause?: unknown) {
    const shown = expression.length > 200 ? `${expression.slice(0, 200)}…` : expression;
    super(`The expression \`${shown}\` fails at character ${position + 1}: ${reason}.`, { cause });
    this.name = "ExpressionError";
    this.expression = expression;
    this.reason = reason;
    this.position = position;
  }
}

/** What the library threw, in words of our own that name the place. Other faults pass as they are. */
export function toExpressionError(expression: string, cause: unknown): unknown {
  if (cause instanceof ExpressionError) return cause;
  if (!(cause instanceof ParseError || cause instanceof EvaluationError || cause instanceof TypeMismatch)) {
    // A string or a stack that grew over the engine's limit.
    return cause instanceof RangeError ? new ExpressionError(expression, "it needs too much memory", 0, cause) : cause;
  }
  const position = cause.range?.start ?? 0;
  return new ExpressionError(expression, reasonOf(expression, cause), position, cause);
}

function reasonOf(expression: string, error: ParseError | EvaluationError | TypeMismatch): string {
  const { code, summary, range } = error;
  const name = range === undefined ? "" : expression.slice(range.start, range.end);
  switch (code) {
    case "unknown_variable":
      return `nothing is named \`${name}\` here`;
    case "no_such_key":
      return `${leftOf(expression, range?.start)} has no \`${summary.replace(/^No such key: /, "")}\`; use has(…) or default(…, …) where it may be missing`;
    case "unexpected_token":
      return summary.replace("EOF", "the end");
    default:
      return summary.replace(/\.$/, "").slice(0, 500);
  }
}

/** The words before a key: `event.pull_request` of `event.pull_request.title`. */
function leftOf(expression: string, keyAt: number | undefined): string {
  const before = expression.slice(0, keyAt ?? 0).replace(/[.?[\s]+$/, "");
  const match = /[\w.\])"'[?]+$/.exec(before);
  return match === null ? "it" : `\`${match[0].slice(-100)}\``;
}
