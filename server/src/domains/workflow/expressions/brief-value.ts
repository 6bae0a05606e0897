const STRING_MAX = 300;
const ENTRIES_MAX = 20;
const DEPTH_MAX = 3;

/** @returns `value` for people to see why a condition decided as it did: long texts, lists and depths cut, and said so. */
export function briefValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string")
    return value.length > STRING_MAX ? `${value.slice(0, STRING_MAX)}… (${value.length} characters)` : value;
  if (typeof value !== "object" || value === null) return value ?? null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    if (depth >= DEPTH_MAX) return `a list of ${value.length}`;
    const shown = value.slice(0, ENTRIES_MAX).map((item) => briefValue(item, depth + 1));
    return value.length > ENTRIES_MAX ? [...shown, `… (${value.length} in all)`] : shown;
  }
  const entries = Object.entries(value);
  if (depth >= DEPTH_MAX) return `a map of ${entries.length}`;
  const shown = entries.slice(0, ENTRIES_MAX).map(([key, item]) => [key.slice(0, 100), briefValue(item, depth + 1)]);
  if (entries.length > ENTRIES_MAX) shown.push(["…", `${entries.length} in all`]);
  return Object.fromEntries(shown);
}
