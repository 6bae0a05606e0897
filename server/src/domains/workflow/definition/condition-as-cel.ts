import { isRecord } from "./sugar.ts";

const operators: Readonly<Record<string, (left: string, right: string) => string>> = {
  eq: (a, b) => `${a} == ${b}`,
  ne: (a, b) => `${a} != ${b}`,
  gt: (a, b) => `${a} > ${b}`,
  lt: (a, b) => `${a} < ${b}`,
  gte: (a, b) => `${a} >= ${b}`,
  lte: (a, b) => `${a} <= ${b}`,
  in: (a, b) => `${a} in ${b}`,
  not_in: (a, b) => `!(${a} in ${b})`,
  contains: (a, b) => `contains(${a}, ${b})`,
};

/** A condition as one expression; null where it names a value without saying whose. */
export function conditionAsCel(condition: unknown): string | null {
  if (typeof condition === "string") return condition.replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, "$1").trim();
  if (!isRecord(condition)) return null;
  if (typeof condition.if === "string") return conditionAsCel(condition.if);
  const write = typeof condition.op === "string" ? operators[condition.op] : undefined;
  const [left, right] = [operand(condition.left), operand(condition.right)];
  return write === undefined || left === null || right === null ? null : write(left, right);
}

function operand(value: unknown): string | null {
  // JSON is CEL.
  if (typeof value !== "string" || !value.startsWith("$")) return JSON.stringify(value ?? null);
  const match = /^\$(event|inputs|incident|steps)((?:\.[A-Za-z_]\w*)+)$/.exec(value);
  if (match === null) return null;
  const [, root, keys = ""] = match;
  const [, step = "", first = "", rest = ""] = /^\.(\w+)(\.\w+)?(.*)$/.exec(keys) ?? [];
  if (root !== "steps" || first === ".outputs" || first === ".status" || first === "") return `${root}${keys}`;
  return `steps.${step}.outputs${first}${rest}`;
}
