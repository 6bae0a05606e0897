/**
 * A JSON value as jsonb takes it, in keys too: without NUL, lone surrogates replaced by U+FFFD. PostgreSQL refuses both, and one
 * of them would refuse the whole statement. What JSON does not know becomes what JSON makes of it (a Date its text).
 */
export function storableJson<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value, storable));
}

function storable(_key: string, value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  return entries.every(([key]) => storableText(key) === key)
    ? value
    : Object.fromEntries(entries.map(([key, one]) => [storableText(key), one]));
}

/** The same for a text. */
export function storableText(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
