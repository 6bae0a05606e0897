import { storableText } from "../../../platform/db/storable-json.ts";

/**
 * Rows as JSON that PostgreSQL takes: NUL and lone surrogates, of which one would refuse the whole statement, are taken out of texts and keys.
 * They are looked for only where the JSON has signs of them.
 */
export function storableRows(rows: readonly object[]): string {
  const text = JSON.stringify(rows);
  if (!/\\u0000|\\ud[89a-f]/i.test(text)) return text;
  return JSON.stringify(rows, (_, value) => {
    if (typeof value === "string") return storableText(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [storableText(key), one]));
  });
}
