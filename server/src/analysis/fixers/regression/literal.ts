/**
 * A JavaScript value as data: what a run in the sandbox hands out. It is turned into source text here, on our side,
 * from its parts alone, so that nothing a project answers can become code of a test.
 */
export type Recorded =
  | { readonly t: "json"; readonly v: string | number | boolean | null }
  | { readonly t: "undefined" }
  | { readonly t: "number"; readonly v: "NaN" | "Infinity" | "-Infinity" | "-0" }
  | { readonly t: "bigint"; readonly v: string }
  | { readonly t: "date"; readonly v: number }
  | { readonly t: "array"; readonly v: readonly Recorded[] }
  | { readonly t: "object"; readonly v: readonly (readonly [string, Recorded])[] }
  | { readonly t: "map"; readonly v: readonly (readonly [Recorded, Recorded])[] }
  | { readonly t: "set"; readonly v: readonly Recorded[] }
  | { readonly t: "opaque" };

/** JavaScript source of a recorded value; null where part of it could not be recorded. */
export function literalOf(value: Recorded): string | null {
  switch (value.t) {
    case "json":
      return JSON.stringify(value.v);
    case "undefined":
      return "undefined";
    case "number":
      return ["NaN", "Infinity", "-Infinity", "-0"].includes(value.v) ? value.v : null;
    case "bigint":
      return /^-?\d{1,200}$/.test(value.v) ? `${value.v}n` : null;
    case "date":
      return typeof value.v === "number" ? `new Date(${JSON.stringify(value.v)})` : null;
    case "array":
      return list(value.v.map(literalOf), "[", "]");
    case "object":
      return objectLiteral(value.v);
    case "map":
      return wrapped(
        "Map",
        list(
          value.v.map(([key, item]) => list([literalOf(key), literalOf(item)], "[", "]")),
          "[",
          "]",
        ),
      );
    case "set":
      return wrapped("Set", list(value.v.map(literalOf), "[", "]"));
    case "opaque":
      return null;
  }
}

function objectLiteral(entries: readonly (readonly [string, Recorded])[]): string | null {
  if (entries.length === 0) return "{}";
  const parts = entries.map(([key, item]) => {
    const text = literalOf(item);
    if (text === null || key === "__proto__") return null;
    return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${text}`;
  });
  return list(parts, "{ ", " }");
}

function list(parts: readonly (string | null)[], open: string, close: string): string | null {
  return parts.includes(null) ? null : `${open}${parts.join(", ")}${close}`;
}

function wrapped(name: string, inner: string | null): string | null {
  return inner === null ? null : `new ${name}(${inner})`;
}

/** A step into a value: a property or index, or the key of a Map. */
export type PathStep = { readonly key: string | number } | { readonly mapKey: string | number };

/** What can be claimed of an answer: all of it, or only the parts that never varied. */
export type Claim =
  | { readonly whole: Recorded }
  | { readonly parts: readonly { readonly path: readonly PathStep[]; readonly value: Recorded }[] };

/**
 * What several recordings of one answer agree on: each field by itself, so that a patch may keep fields that came with the
 * blamed change. Parts that differ (clocks, random ids, what unrelated commits changed) are left out; null where nothing
 * worth claiming is left.
 */
export function agreementOf(recordings: readonly Recorded[]): Claim | null {
  const [first, ...rest] = recordings;
  if (first === undefined) return null;
  const text = JSON.stringify(first);
  const isSame = rest.every((other) => JSON.stringify(other) === text) && literalOf(first) !== null;
  const parts: Part[] = [];
  collect(first, rest, [], parts);
  // More fields than that are told in one piece, if they can be.
  if (isSame && (parts.length === 0 || parts.length > partsMax)) return { whole: first };
  return parts.length === 0 ? null : { parts: parts.slice(0, partsMax) };
}

const partsMax = 40;
const itemsMax = 8;

interface Part {
  readonly path: readonly PathStep[];
  readonly value: Recorded;
}

function collect(value: Recorded, others: readonly Recorded[], path: readonly PathStep[], parts: Part[]): void {
  const text = JSON.stringify(value);
  const isSame = literalOf(value) !== null && others.every((other) => JSON.stringify(other) === text);
  const hasFields = (value.t === "object" && value.v.length > 0) || (value.t === "array" && isListOfObjects(value.v));
  if (path.length > 0 && isSame && !hasFields) {
    parts.push({ path, value });
    return;
  }
  if (value.t === "object") {
    for (const [key, item] of value.v) {
      const same = others.map((other) =>
        other.t === "object" ? other.v.find(([name]) => name === key)?.[1] : undefined,
      );
      if (same.every((other) => other !== undefined)) collect(item, same, [...path, { key }], parts);
    }
  } else if (value.t === "array") {
    if (others.some((other) => other.t !== "array" || other.v.length !== value.v.length)) return;
    if (hasFields) parts.push({ path: [...path, { key: "length" }], value: { t: "json", v: value.v.length } });
    for (const [at, item] of value.v.entries()) {
      const same = others.map((other) => (other.t === "array" ? other.v[at] : undefined));
      if (same.every((other) => other !== undefined)) collect(item, same, [...path, { key: at }], parts);
    }
  }
}

function isListOfObjects(items: readonly Recorded[]): boolean {
  return items.length > 0 && items.length <= itemsMax && items.every((item) => item.t === "object");
}

/** Source of the expression that a path leads to: `input[0].stock.get("mug").count`. */
export function accessOf(root: string, path: readonly PathStep[]): string {
  let text = root;
  for (const step of path) {
    if ("mapKey" in step) text += `.get(${JSON.stringify(step.mapKey)})`;
    else if (typeof step.key === "string" && /^[A-Za-z_$][\w$]*$/.test(step.key)) text += `.${step.key}`;
    else text += `[${JSON.stringify(step.key)}]`;
  }
  return text;
}
