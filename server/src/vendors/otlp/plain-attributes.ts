import type { Attributes, AttributeValue } from "./span.ts";

export type PlainAttributes = Readonly<Record<string, string | number | boolean>>;

/** What is kept of one span's, event's or log line's attributes. */
export const plainLimits = { attributes: 64, keyChars: 200, valueChars: 4_096 } as const;

/** What a metric's series may carry: 32 labels of 200 characters each. */
export const labelLimits = { labels: 32, chars: 200 } as const;

/** Attributes with values of one piece: lists and maps as JSON, nothing where there is no value, within `plainLimits`. */
export function plainAttributes(attributes: Attributes): PlainAttributes {
  const plain: Record<string, string | number | boolean> = {};
  let left: number = plainLimits.attributes;
  for (const key in attributes) {
    const value = attributes[key];
    if (value === null || value === undefined) continue;
    if (left === 0) break;
    left -= 1;
    plain[cut(key, plainLimits.keyChars)] =
      typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
        ? value
        : cut(textOfValue(value), plainLimits.valueChars);
  }
  return plain;
}

/** Attributes as a series' labels, `more` before them. */
export function labelsOf(attributes: Attributes, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const labels: Record<string, string> = { ...more };
  let left = labelLimits.labels - Object.keys(more).length;
  for (const key in attributes) {
    const value = attributes[key];
    if (value === null || value === undefined || value === "") continue;
    if (left === 0) break;
    left -= 1;
    labels[cut(key, labelLimits.chars)] = cut(textOfValue(value), labelLimits.chars);
  }
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
