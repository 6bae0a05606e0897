import { Environment, EvaluationError } from "@marcbachmann/cel-js";
import { allowSearch, allowText, countOf } from "./bound-work.ts";
import { toJson, toText } from "./to-json.ts";

/**
 * The language of conditions and templates: CEL (github.com/google/cel-spec) with numbers as JSON has them, so that
 * `event.count + 1` and `event.ratio * 2` both work, and a few functions for texts and lists.
 */
export const language = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 2_000, maxDepth: 100, maxListElements: 500, maxMapEntries: 500, maxCallArguments: 20 },
});

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};
for (const [operator, reckon] of Object.entries(arithmetic)) {
  for (const [left, right] of [
    ["int", "double"],
    ["double", "int"],
    ["double", "double"],
  ]) {
    // The language has these three already; `%` it has not.
    if (left === right && operator !== "%") continue;
    language.registerOperator(`${left} ${operator} ${right}: double`, (a, b) => reckon(Number(a), Number(b)));
  }
}

const missing = new Set(["no_such_key", "unknown_variable", "index_out_of_bounds"]);

/** Only its first argument may be missing, so it has to be run here and not before the call. */
language.registerFunction("default(ast, ast): dyn", ({ args }: { args: readonly unknown[] }) => ({
  async: false,
  typeCheck(
    checker: { check(node: unknown, ctx: unknown): unknown; getType(name: string): unknown },
    _macro: unknown,
    ctx: unknown,
  ) {
    for (const arg of args) checker.check(arg, ctx);
    return checker.getType("dyn");
  },
  evaluate(evaluator: { run(node: unknown, ctx: unknown): unknown }, _macro: unknown, ctx: unknown) {
    try {
      const value = evaluator.run(args[0], ctx);
      if (value !== null) return value;
    } catch (error) {
      if (!(error instanceof EvaluationError) || !missing.has(error.code)) throw error;
    }
    return evaluator.run(args[1], ctx);
  },
}));

const entriesOf = (list: unknown): readonly unknown[] =>
  Array.isArray(list) ? list : list instanceof Set ? [...list] : [];
/** @returns whether an item of a list is `part`; the JSON of `part` is made once, not for each item. */
function sameAs(part: unknown): (item: unknown) => boolean {
  const json = typeof part === "object" && part !== null ? JSON.stringify(toJson(part)) : null;
  return (item) => {
    // An integer literal is a bigint, an integer of JSON a number.
    if (typeof item === "bigint" || typeof part === "bigint")
      return typeof item !== "string" && typeof part !== "string" && Number(item) === Number(part);
    if (item === part) return true;
    return json !== null && typeof item === "object" && item !== null && JSON.stringify(toJson(item)) === json;
  };
}

function joined(list: unknown, between: string): string {
  const texts: string[] = [];
  let characters = 0;
  for (const item of entriesOf(list)) {
    const text = toText(toJson(item));
    characters += text.length + (texts.length === 0 ? 0 : between.length);
    allowText("join", characters);
    texts.push(text);
  }
  return texts.join(between);
}

function replaced(text: string, from: string, to: string): string {
  allowSearch(text, from);
  allowText("replace", text.length + countOf(text, from) * (to.length - from.length));
  return text.split(from).join(to);
}

/** Of each function: what it gives, for docs/workflows.md. */
export const functions: Readonly<Record<string, string>> = {
  "default(x, y)": "`x`, or `y` where `x` is missing or null",
  "truncate(text, n)": "the first `n` characters, with `…` as the last where something was cut",
  "contains(x, y)": "whether the text `x` holds the text `y`, the list an item `y`, or the map a key `y`",
  "startsWith(text, s), endsWith(text, s)": "whether a text begins or ends with another",
  "join(list, s)": "the items as one text with `s` between them",
  "lower(text), upper(text)": "the text in small or capital letters",
  "replace(text, a, b)": "the text with every `a` made a `b`",
  "json(x)": "`x` as JSON text",
  "round(n)": "the nearest integer",
  "keys(map)": "the keys of a map",
  "first(list), last(list)": "an end of the list, null where it is empty",
};

language
  .registerFunction("truncate(dyn, int): string", (value, most) => {
    const text = toText(toJson(value));
    const characters = [...text.slice(0, 2 * Number(most) + 2)];
    return characters.length > Number(most) ? `${characters.slice(0, Math.max(0, Number(most) - 1)).join("")}…` : text;
  })
  .registerFunction("contains(dyn, dyn): bool", (whole, part) => {
    if (typeof whole === "string") {
      const text = toText(toJson(part));
      allowSearch(whole, text);
      return whole.includes(text);
    }
    if (Array.isArray(whole) || whole instanceof Set) return entriesOf(whole).some(sameAs(part));
    return typeof whole === "object" && whole !== null && Object.hasOwn(whole, String(part));
  })
  .registerFunction("startsWith(string, string): bool", (text: string, start: string) => text.startsWith(start))
  .registerFunction("endsWith(string, string): bool", (text: string, end: string) => text.endsWith(end))
  .registerFunction("join(list, string): string", joined)
  .registerFunction("lower(string): string", (text: string) => text.toLowerCase())
  .registerFunction("upper(string): string", (text: string) => text.toUpperCase())
  .registerFunction("replace(string, string, string): string", replaced)
  .registerFunction("json(dyn): string", (value) => JSON.stringify(toJson(value)))
  .registerFunction("round(double): int", (value: number) => BigInt(Math.round(value)))
  .registerFunction("round(int): int", (value: bigint) => value)
  .registerFunction("keys(map): list<string>", (map) => (map instanceof Map ? [...map.keys()] : Object.keys(map)))
  .registerFunction("first(list): dyn", (list) => entriesOf(list)[0] ?? null)
  .registerFunction("last(list): dyn", (list) => entriesOf(list).at(-1) ?? null);
