import type { Condition } from "@culprit/contract";

const signs = {
  eq: "==",
  ne: "!=",
  gt: ">",
  lt: "<",
  gte: ">=",
  lte: "<=",
  in: "in",
  not_in: "not in",
  contains: "contains",
};

/** A condition in one line, as its author would read it aloud. */
export function conditionWords(condition: Condition): string {
  if (typeof condition === "string") return condition;
  if ("if" in condition) return condition.if;
  return `${side(condition.left)} ${signs[condition.op]} ${side(condition.right)}`;
}

function side(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
