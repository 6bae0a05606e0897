/** True for a text that the server fills: `${{ event.title }}`. */
export function isTemplate(value: unknown): value is string {
  return typeof value === "string" && value.includes(`\${{`);
}

/** What a number field holds: a number, a template as it is, or undefined where it is empty. Other text stays text, for the check to name. */
export function readNumber(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : text;
}

/** A list from a field with one entry a line; a template alone stays a template. Numbers where the list is of numbers. */
export function readLines(text: string, isNumbers: boolean): readonly (string | number)[] | string | undefined {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const [first] = lines;
  if (first === undefined) return undefined;
  if (lines.length === 1 && /^\$\{\{.*\}\}$/.test(first)) return first;
  return isNumbers ? lines.map((line) => readNumber(line) ?? line) : lines;
}

/** The text of a list field. */
export function linesText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return Array.isArray(value) ? value.map(String).join("\n") : String(value);
}

export type JsonReading = { readonly value: unknown; readonly problem: null } | { readonly problem: string };

/** What a JSON field holds; empty is undefined, a template alone is itself. */
export function readJson(text: string): JsonReading {
  const trimmed = text.trim();
  if (trimmed === "") return { value: undefined, problem: null };
  if (/^\$\{\{.*\}\}$/s.test(trimmed)) return { value: trimmed, problem: null };
  try {
    return { value: JSON.parse(trimmed) as unknown, problem: null };
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The text of a JSON field. */
export function jsonText(value: unknown): string {
  if (value === undefined) return "";
  return isTemplate(value) ? value : JSON.stringify(value, null, 2);
}

/** The record with one entry set, or left out where the value is undefined. */
export function withEntry(
  record: Readonly<Record<string, unknown>>,
  name: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (value !== undefined) return { ...record, [name]: value };
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
