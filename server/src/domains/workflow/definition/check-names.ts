import type { Condition } from "@culprit/contract";
import {
  checkExpression,
  checkTemplate,
  type ExpressionProblem,
  type Known,
  suggestion,
} from "../expressions/check-expression.ts";
import { bareExpression } from "../expressions/compile-condition.ts";
import { type FieldPath, type Finding, failure } from "./finding.ts";

/** What is wrong with the templates anywhere in a value. */
export function checkTemplates(value: unknown, known: Known, path: FieldPath): readonly Finding[] {
  if (typeof value === "string") return toFindings(checkTemplate(value, known), path);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    checkTemplates(item, known, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** What is wrong with a condition. */
export function checkCondition(condition: Condition, known: Known, path: FieldPath): readonly Finding[] {
  if (typeof condition === "string") return toFindings(checkExpression(bareExpression(condition), known), path);
  if ("if" in condition) return toFindings(checkExpression(bareExpression(condition.if), known), [...path, "if"]);
  return (["left", "right"] as const).flatMap((side) => {
    const value = condition[side];
    const step = typeof value === "string" ? /^\$steps\.([^.]+)/.exec(value)?.[1] : undefined;
    const steps = known.get("steps");
    if (step === undefined || steps === undefined || steps.keys.has(step)) return [];
    return [
      failure([...path, side], `No step before it is called \`${step}\`${suggestion(step, [...steps.keys.keys()])}`),
    ];
  });
}

const toFindings = (problems: readonly ExpressionProblem[], path: FieldPath): readonly Finding[] =>
  problems.map(({ message }) => failure(path, message));
