/** A JSON text of a repository, such as a manifest, as an object; empty where there is none or where it is anything else. */
export function readJsonObject(text: string | null): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}

/** A part of it that should be an object; empty where it is none. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
