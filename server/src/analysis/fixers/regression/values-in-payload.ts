import type { Recorded } from "./literal.ts";

const depthMax = 5;
const valuesMax = 20;
const described = new Set(["breadcrumbs", "exceptions", "resource", "sdk", "tags", "runtime", "contexts"]);

/** The objects that a sender attached to an error, request bodies among them: what a function may have been called with. */
export function valuesInPayload(payload: unknown): Recorded[] {
  const found: Recorded[] = [];
  visit(payload, 0, found);
  return found;
}

const hintsMax = 40;

/**
 * Plain values that the failing input may have held: what an error's message quotes or names, and the texts and numbers of
 * what was sent with it.
 */
export function hintsIn(message: string, payloads: readonly unknown[]): (string | number)[] {
  const hints = new Set<string | number>();
  for (const match of message.slice(0, 500).matchAll(/"([^"]*)"|'([^']*)'|`([^`]*)`/g))
    hints.add(match[1] ?? match[2] ?? match[3] ?? "");
  for (const word of message.slice(0, 500).split(/[\s,;()]+/)) {
    const bare = word.replace(/^["'`]|["'`.:]$/g, "");
    if (bare !== "" && hints.size < hintsMax / 2) hints.add(bare);
  }
  const collect = (value: Recorded): void => {
    if (hints.size >= hintsMax) return;
    if (value.t === "json" && (typeof value.v === "number" || (typeof value.v === "string" && value.v.length <= 80)))
      hints.add(value.v);
    if (value.t === "array") value.v.forEach(collect);
    if (value.t === "object") for (const [, item] of value.v) collect(item);
  };
  for (const value of payloads.flatMap(valuesInPayload)) collect(value);
  return [...hints];
}

function visit(value: unknown, depth: number, found: Recorded[]): void {
  if (depth > depthMax || found.length >= valuesMax) return;
  const parsed = typeof value === "string" && /^\s*[[{]/.test(value) ? parse(value) : value;
  if (typeof parsed !== "object" || parsed === null) return;
  if (depth > 0) found.push(recordJson(parsed));
  for (const [name, child] of Object.entries(parsed))
    if (depth > 0 || !described.has(name)) visit(child, depth + 1, found);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A JSON value as a recorded one. */
export function recordJson(value: unknown): Recorded {
  if (Array.isArray(value)) return { t: "array", v: value.map(recordJson) };
  if (typeof value === "object" && value !== null) {
    return { t: "object", v: Object.entries(value).map(([key, item]) => [key, recordJson(item)] as const) };
  }
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return { t: "json", v: value };
  return { t: "opaque" };
}
