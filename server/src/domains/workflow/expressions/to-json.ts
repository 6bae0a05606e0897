import { Optional } from "@marcbachmann/cel-js";

/** The most that one expression may give: nodes of JSON, and characters of text in them. */
const NODES_MAX = 100_000;
const TEXT_MAX = 4_000_000;
const DEPTH_MAX = 60;

/** @returns what CEL made as plain JSON: integers as numbers, times as ISO 8601. @throws RangeError over the limits. */
export function toJson(value: unknown): unknown {
  let nodes = 0;
  let text = 0;
  const convert = (part: unknown, depth: number): unknown => {
    nodes += 1;
    if (nodes > NODES_MAX || depth > DEPTH_MAX) throw new RangeError("the result is too large");
    switch (typeof part) {
      case "string":
        text += part.length;
        if (text > TEXT_MAX) throw new RangeError("the result is too large");
        return part;
      case "bigint":
        // Beyond 2^53 a JSON number would be another number.
        return Number.isSafeInteger(Number(part)) ? Number(part) : String(part);
      case "number":
        return Number.isFinite(part) ? part : null;
      case "boolean":
        return part;
      case "object":
        break;
      default:
        return null;
    }
    if (part === null) return null;
    if (part instanceof Date) return part.toISOString();
    if (part instanceof Uint8Array) return Buffer.from(part).toString("base64");
    if (part instanceof Optional) return part.hasValue() ? convert(part.value(), depth + 1) : null;
    if (Array.isArray(part)) return part.map((item) => convert(item, depth + 1));
    if (part instanceof Set) return [...part].map((item) => convert(item, depth + 1));
    if (part instanceof Map) return fromEntries(part, convert, depth);
    const prototype = Object.getPrototypeOf(part);
    if (prototype === Object.prototype || prototype === null) return fromEntries(Object.entries(part), convert, depth);
    // Durations, unsigned integers, names of types.
    return String(part);
  };
  return convert(value, 0);
}

function fromEntries(
  entries: Iterable<readonly [unknown, unknown]>,
  convert: (part: unknown, depth: number) => unknown,
  depth: number,
): Record<string, unknown> {
  // fromEntries defines properties, so a key `__proto__` is a key and nothing more.
  return Object.fromEntries([...entries].map(([key, value]) => [String(key), convert(value, depth + 1)]));
}

/** @returns `value` inside a longer text: strings as they are, nothing for null, JSON for lists and maps. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
