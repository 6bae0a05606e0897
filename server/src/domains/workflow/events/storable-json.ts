/** A value as jsonb takes it: PostgreSQL refuses NUL and lone surrogates, and one of them would refuse the whole batch. */
export function storableJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, storable));
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
