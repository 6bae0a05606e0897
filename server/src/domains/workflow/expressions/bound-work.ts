import { type ASTNode, EvaluationError } from "@marcbachmann/cel-js";
import { childrenOf } from "./paths-of.ts";

/*
 * The watchdog of an expression can stop loops and patterns, but not one call of the engine: a search, a join, the making of a
 * text. So what such a call will cost is reckoned before it begins, and refused where it is too much.
 */

/** 1 MiB of characters; the largest event has less. */
export const MADE_CHARACTERS_MAX = 1_048_576;
/** As many as 1 MiB of pointers. */
const MADE_ITEMS_MAX = 131_072;
/** Character pairs that a search may compare: of 900,000 characters for 500, 4.5·10⁸, took 65 to 138 ms. */
const SEARCH_PAIRS_MAX = 100_000_000;
/** Forwards, the engine looks for so few characters in linear time whatever they are (Boyer-Moore): 900,000 for 250 took 3 ms. */
const LINEAR_SEARCH_CHARACTERS = 250;
const PATTERN_CHARACTERS_MAX = 1_000;
const DURATION_CHARACTERS_MAX = 100;

/** @throws EvaluationError where a text of `characters` is too large to be made. */
export function allowText(what: string, characters: number): void {
  if (characters > MADE_CHARACTERS_MAX)
    refuse(`what ${what} makes is too large: ${characters} characters, at most ${MADE_CHARACTERS_MAX} are allowed`);
}

/** @throws EvaluationError where looking for `part` in `text` could take more than time in proportion to them. */
export function allowSearch(text: string, part: string, isBackwards = false): void {
  if (!isBackwards && part.length <= LINEAR_SEARCH_CHARACTERS) return;
  if (text.length * part.length > SEARCH_PAIRS_MAX)
    refuse(`looking for a text of ${part.length} characters in one of ${text.length} is too much work`);
}

/** How often `part` is in `text`, not overlapping; between all characters where it is empty. */
export function countOf(text: string, part: string): number {
  if (part === "") return Math.max(0, text.length - 1);
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}

type Handle = (...values: unknown[]) => unknown;
/** Of a checked tree: the library keeps what a node does here. Binary nodes get (left, right), calls get (arguments). */
type CheckedNode = ASTNode & { handle?: Handle };

/** Makes the library's own operators and methods in a checked tree reckon before they work, as ours do (environment.ts). */
export function boundWork(tree: ASTNode): void {
  const node = tree as CheckedNode;
  const allow = limitOf(node);
  const { handle } = node;
  if (allow !== null && handle !== undefined) {
    node.handle = (...values) => {
      try {
        allow(values);
      } catch (error) {
        throw error instanceof EvaluationError ? error.withAst(node) : error;
      }
      return handle(...values);
    };
  }
  for (const child of childrenOf(tree)) boundWork(child);
}

function limitOf(node: ASTNode): ((values: readonly unknown[]) => void) | null {
  if (node.op === "+") return ([left, right]) => allowSum(left, right);
  const limit = node.op === "call" || node.op === "rcall" ? methods.get(`${node.op} ${node.args[0]}`) : undefined;
  return limit === undefined ? null : ([args]) => limit(...(args as readonly unknown[]));
}

const search = (isBackwards: boolean) => (text: unknown, part: unknown) => {
  if (typeof text === "string" && typeof part === "string") allowSearch(text, part, isBackwards);
};
const atMost = (most: number, what: string) => (value: unknown) => {
  if (typeof value === "string" && value.length > most)
    refuse(`${what} of ${value.length} characters is too long, at most ${most} are allowed`);
};
const pattern = atMost(PATTERN_CHARACTERS_MAX, "a pattern");
const encoded = (what: string) => (bytes: unknown) => {
  if (bytes instanceof Uint8Array) allowText(what, 2 * bytes.length);
};

const methods: ReadonlyMap<string, (...args: readonly unknown[]) => void> = new Map([
  ["rcall contains", search(false)],
  ["rcall indexOf", search(false)],
  ["rcall lastIndexOf", search(true)],
  ["rcall split", search(false)],
  ["rcall matches", (_text: unknown, asked: unknown) => pattern(asked)],
  ["rcall hex", encoded("hex()")],
  ["rcall base64", encoded("base64()")],
  ["rcall join", (list: unknown, between: unknown) => allowJoin(list, between)],
  // The library reads it by a pattern that takes the cube of its length.
  ["call duration", atMost(DURATION_CHARACTERS_MAX, "a duration")],
]);

function allowJoin(list: unknown, between: unknown): void {
  if (!Array.isArray(list)) return;
  let characters = typeof between === "string" ? between.length * (list.length - 1) : 0;
  for (const item of list) characters += typeof item === "string" ? item.length : 0;
  allowText("join", characters);
}

function allowSum(left: unknown, right: unknown): void {
  allowText("+", charactersOf(left) + charactersOf(right));
  const items = itemsOf(left) + itemsOf(right);
  if (items > MADE_ITEMS_MAX)
    refuse(`what + makes is too large: a list of ${items}, at most ${MADE_ITEMS_MAX} are allowed`);
}

function charactersOf(value: unknown): number {
  return typeof value === "string" || value instanceof Uint8Array ? value.length : 0;
}

function itemsOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return value instanceof Set ? value.size : 0;
}

function refuse(message: string): never {
  throw new EvaluationError({ code: "too_much_work", message });
}
