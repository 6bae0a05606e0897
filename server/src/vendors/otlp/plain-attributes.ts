import type { Attributes, AttributeValue } from "./span.ts";

export type PlainAttributes = Readonly<Record<string, string | number | boolean>>;

/** What is kept of one span's, event's or log line's attributes. */
export const plainLimits = { attributes: 64, keyChars: 200, valueChars: 4_096 } as const;

/** What a metric's series may carry: 32 labels of 200 characters each. */
export const labelLimits = { labels: 32, chars: 200 } as const;

/** Spans, points and lines of a request of which something was cut, to be told to the sender. */
export interface Cuts {
  count: number;
}

/** Attributes with values of one piece: lists and maps as JSON, nothing where there is no value, within `plainLimits`. What is beyond them is counted once in `cuts`. */
export function plainAttributes(attributes: Attributes, cuts?: Cuts): PlainAttributes {
  const plain: Record<string, string | number | boolean> = {};
  let left: number = plainLimits.attributes;
  let isCut = false;
  for (const key in attributes) {
    const value = attributes[key];
    if (value === null || value === undefined) continue;
    if (left === 0) {
      isCut = true;
      break;
    }
    left -= 1;
    const isPlain = typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
    const kept = isPlain ? value : textOfValue(value);
    isCut ||= key.length > plainLimits.keyChars || (typeof kept === "string" && kept.length > plainLimits.valueChars);
    plain[cut(key, plainLimits.keyChars)] = typeof kept === "string" ? cut(kept, plainLimits.valueChars) : kept;
  }
  if (isCut && cuts !== undefined) cuts.count += 1;
  return plain;
}

/** Attributes as a series' labels, `more` before them. What is beyond the limits is counted once in `cuts`. */
export function labelsOf(
  attributes: Attributes,
  more: Readonly<Record<string, string>> = {},
  cuts?: Cuts,
): Record<string, string> {
  const labels: Record<string, string> = { ...more };
  let left = labelLimits.labels - Object.keys(more).length;
  let isCut = false;
  for (const key in attributes) {
    const value = attributes[key];
    if (value === null || value === undefined || value === "") continue;
    if (left === 0) {
      isCut = true;
      break;
    }
    left -= 1;
    const text = textOfValue(value);
    isCut ||= key.length > labelLimits.chars || text.length > labelLimits.chars;
    labels[cut(key, labelLimits.chars)] = cut(text, labelLimits.chars);
  }
  if (isCut && cuts !== undefined) cuts.count += 1;
  return labels;
}

/** A value as people would write it. */
export function textOfValue(value: AttributeValue): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function cut(text: string, chars: number): string {
  return text.length > chars ? text.slice(0, chars) : text;
}
