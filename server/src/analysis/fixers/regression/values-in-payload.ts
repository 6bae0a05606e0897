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
