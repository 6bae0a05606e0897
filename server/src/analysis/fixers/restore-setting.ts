import { childOf, childrenOf, type SyntaxNode } from "./syntax.ts";

/**
 * A JSON text with the keys that a change took out of it put back with their old values, all else as it is now; null where
 * the change took out none, or they are there again. `parse` gives the syntax tree of a JavaScript text.
 */
export function restoreSettings(
  texts: { readonly before: string; readonly after: string; readonly now: string },
  parse: (source: string) => SyntaxNode | null,
): { readonly text: string; readonly keys: readonly string[] } | null {
  const [before, after, now] = [texts.before, texts.after, texts.now].map(readJson);
  if (!isRecord(before) || !isRecord(after) || !isRecord(now)) return null;
  const missing = missingKeys(before, after, now, []);
  let text = texts.now;
  for (const { path, value } of missing) {
    const next = insertAt(text, path, value, parse);
    if (next === null) return null;
    text = next;
  }
  return missing.length === 0 ? null : { text, keys: missing.map(({ path }) => path.join(".")) };
}

interface Missing {
  readonly path: readonly string[];
  readonly value: unknown;
}

function missingKeys(before: JsonRecord, after: JsonRecord, now: JsonRecord, path: readonly string[]): Missing[] {
  return Object.entries(before).flatMap(([key, value]): Missing[] => {
    const here = [...path, key];
    if (!Object.hasOwn(after, key)) return Object.hasOwn(now, key) ? [] : [{ path: here, value }];
    const [inAfter, inNow] = [after[key], now[key]];
    return isRecord(value) && isRecord(inAfter) && isRecord(inNow) ? missingKeys(value, inAfter, inNow, here) : [];
  });
}

/** Writes the key behind the last one of its object, laid out as that is. */
function insertAt(
  text: string,
  path: readonly string[],
  value: unknown,
  parse: (source: string) => SyntaxNode | null,
): string | null {
  const root = parse(`(${text})`);
  let object: SyntaxNode | null = root === null ? null : objectIn(root);
  for (const key of path.slice(0, -1))
    object = object === null ? null : childOf(propertyOf(object, key) ?? object, "value");
  if (object?.type !== "ObjectExpression") return null;
  const entry = `${JSON.stringify(path.at(-1))}: ${JSON.stringify(value)}`;
  const last = childrenOf(object, "properties").at(-1);
  // The tree is that of the text in brackets.
  const at = (last === undefined ? object.start + 1 : last.end) - 1;
  if (last === undefined) return `${text.slice(0, at)} ${entry} ${text.slice(at)}`;
  const lead = /\n[ \t]*$/.exec(text.slice(0, last.start - 1))?.[0] ?? " ";
  return `${text.slice(0, at)},${lead}${entry}${text.slice(at)}`;
}

function objectIn(root: SyntaxNode): SyntaxNode | null {
  const [statement] = childrenOf(root, "body");
  let node = statement === undefined ? null : childOf(statement, "expression");
  while (node?.type === "ParenthesizedExpression") node = childOf(node, "expression");
  return node;
}

function propertyOf(object: SyntaxNode, key: string): SyntaxNode | null {
  return childrenOf(object, "properties").find((property) => childOf(property, "key")?.value === key) ?? null;
}

type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
