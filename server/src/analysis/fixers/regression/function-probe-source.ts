import { literalOf, type Recorded } from "./literal.ts";
import { recorderSource } from "./recorder-source.ts";
import { importLine, loadExpression, runnerImports, testFunction } from "./test-frame.ts";
import type { TestStyle } from "./test-style.ts";

/** An exported function and the module it comes from, as a test names it. */
export interface ProbedFunction {
  readonly exportName: string;
  readonly module: string;
}

/** What a call gave. */
export type CallOutcome =
  | { readonly kind: "value"; readonly value: Recorded; readonly isPromise: boolean }
  | {
      readonly kind: "error";
      readonly name: string;
      readonly message: string;
      readonly stack: string;
      readonly isPromise: boolean;
    };

/** An input under which the failure happens. */
export interface FailingInput {
  readonly args: readonly Recorded[];
  /** How many values were changed to get there; 0 for one that a test or a payload held already. */
  readonly changes: number;
}

const triesMax = 4_000;
const foundMax = 16;

/**
 * Source of a probe that looks for an input under which the function fails as it did in production: the inputs it is
 * given, then each with one value taken away or replaced. Writes `FailingInput[]`, the smallest change first.
 */
export function searchProbeSource(
  style: TestStyle,
  target: ProbedFunction,
  inputs: readonly (readonly Recorded[])[],
  failure: { readonly name: string | null; readonly message: string; readonly functionName: string | null },
  hints: readonly (string | number)[] = [],
): string {
  return frame(style, [
    recorderSource,
    cloneSource,
    `const wanted = ${JSON.stringify(failure)};`,
    `const hints = ${JSON.stringify(hints)};`,
    `const inputs = ${inputsSource(inputs)};`,
    matchSource,
    `${testFunction(style)}("probe", async () => {`,
    `  ${targetLine(style, target)}`,
    "  const found = [];",
    "  let tries = 0;",
    "  const fails = async (args) => {",
    "    tries += 1;",
    "    try { await target(...args); return false; } catch (error) { return matches(error); }",
    "  };",
    "  const keep = (args, changes) => found.push({ args: args.map((arg) => record(arg)), changes });",
    "  for (const make of inputs) if (await fails(make())) keep(make(), 0);",
    "  for (const make of inputs) {",
    `    if (found.length >= ${foundMax} || tries > ${triesMax}) break;`,
    "    for (const change of changesOf(make())) {",
    `      if (found.length >= ${foundMax} || tries > ${triesMax}) break;`,
    "      const args = make();",
    "      change(args);",
    "      const kept = args.map((arg) => record(arg));",
    "      if (await fails(args)) found.push({ args: kept, changes: 1 });",
    "    }",
    "  }",
    "  writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify(found));",
    ending(style),
  ]);
}

/** Source of a probe that calls the function once with each input and writes a `CallOutcome[]`. */
export function callProbeSource(
  style: TestStyle,
  target: ProbedFunction,
  inputs: readonly (readonly Recorded[])[],
): string {
  return frame(style, [
    recorderSource,
    `const inputs = ${inputsSource(inputs)};`,
    `${testFunction(style)}("probe", async () => {`,
    `  ${targetLine(style, target)}`,
    "  const outcomes = [];",
    "  for (const make of inputs) {",
    "    let isPromise = false;",
    "    try {",
    "      const result = target(...make());",
    '      isPromise = typeof result?.then === "function";',
    '      outcomes.push({ kind: "value", value: record(await result), isPromise });',
    "    } catch (error) {",
    '      outcomes.push({ kind: "error", ...recordError(error), isPromise });',
    "    }",
    "  }",
    "  writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify(outcomes));",
    ending(style),
  ]);
}

function frame(style: TestStyle, parts: readonly string[]): string {
  return [...runnerImports(style), importLine(style, ["writeFileSync"], "node:fs"), ...parts, ""].join("\n");
}

function targetLine(style: TestStyle, target: ProbedFunction): string {
  const loaded = `const loaded = ${loadExpression(style, target.module)};`;
  const name = JSON.stringify(target.exportName);
  return `${loaded} const target = ${target.exportName === "default" ? "loaded.default ?? loaded" : `loaded[${name}] ?? loaded.default?.[${name}]`};`;
}

function ending(style: TestStyle): string {
  if (style.runner === "node") return "  setImmediate(() => process.exit(0));\n});";
  return style.runner === "mocha" ? "}).timeout(20000);" : "}, 20000);";
}

function inputsSource(inputs: readonly (readonly Recorded[])[]): string {
  const literals = inputs.flatMap((args) => {
    const texts = args.map(literalOf);
    return texts.includes(null) ? [] : [`() => [${texts.join(", ")}]`];
  });
  return `[${literals.join(",\n")}]`;
}

/**
 * Whether an error is the one of production. Numbers in a message, and texts in quotes where the engine does not quote names,
 * come from the input, which is another one here.
 */
const matchSource = `
function shapeOf(message) {
  const quotes = wanted.name === "TypeError" || wanted.name === "ReferenceError" ? message : message.replace(/"[^"]*"|'[^']*'/g, "?");
  return quotes.replace(/-?\\d+(?:\\.\\d+)?/g, "#");
}
function matches(error) {
  const got = recordError(error);
  return (wanted.name === null || got.name === wanted.name) && shapeOf(got.message) === shapeOf(wanted.message);
}`;

/**
 * Every way to change one value inside the arguments: what production's message and payloads hold in its place, another
 * number, a text instead of a number, a part of a text, or nothing; and two arguments in each other's place.
 */
const cloneSource = `
function numbersIn(root) {
  const found = [];
  const visit = (value, depth) => {
    if (typeof value === "number" && found.length < 8 && !found.includes(value)) found.push(value);
    else if (typeof value === "object" && value !== null && depth < 5) for (const item of value instanceof Map ? value.values() : Object.values(value)) visit(item, depth + 1);
  };
  visit(root, 0);
  return found;
}
function changesOf(root) {
  const changes = [];
  const visit = (value, reach, depth) => {
    if (depth > 6 || changes.length > 2000 || typeof value !== "object" || value === null) return;
    const keys = value instanceof Map ? [...value.keys()] : Object.keys(value);
    for (const key of keys.slice(0, 60)) {
      const read = (owner) => (owner instanceof Map ? owner.get(key) : owner[key]);
      const write = (owner, next) => (owner instanceof Map ? owner.set(key, next) : (owner[key] = next));
      const remove = (owner) => (owner instanceof Map ? owner.delete(key) : Array.isArray(owner) ? owner.splice(Number(key), 1) : delete owner[key]);
      const current = read(value);
      const others = [];
      if (typeof current === "string") {
        const words = current.split(/(\\s+|[,;|/])/);
        others.push(...hints.filter((hint) => typeof hint === "string"), "?", "unknown", current.toUpperCase(), current.toLowerCase(), words[0], words.at(-1), current + current, current.slice(0, -1), current.slice(1));
        if (current.trim() !== "" && Number.isFinite(Number(current))) others.push(Number(current));
      }
      if (typeof current === "number") others.push(String(current), ...hints.filter((hint) => typeof hint === "number"), ...numbersIn(root), current + 1, current - 1, current * 1000, 1e15);
      if (Array.isArray(current) && current.length > 0) others.push([], current.slice(0, 1), current.slice(0, -1));
      for (const next of [...others, undefined, null, "", 0, -1]) if (next !== current) changes.push((args) => write(reach(args), next));
      changes.push((args) => remove(reach(args)));
    }
    for (const key of keys.slice(0, 60)) {
      const next = value instanceof Map ? value.get(key) : value[key];
      visit(next, (args) => { const owner = reach(args); return owner instanceof Map ? owner.get(key) : owner[key]; }, depth + 1);
    }
  };
  for (let at = 0; at + 1 < Math.min(root.length, 4); at += 1) changes.push((args) => { [args[at], args[at + 1]] = [args[at + 1], args[at]]; });
  visit(root, (args) => args, 0);
  return changes;
}`;
