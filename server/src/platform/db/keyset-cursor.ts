import { CulpritError } from "../errors/culprit-error.ts";

/** The place behind the last row of a page, as text for the next request. */
export function formatCursor(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString("base64url");
}

/** The keys of a cursor. @throws CulpritError INVALID_REQUEST when it is none of ours. */
export function parseCursor(cursor: string, length: number): readonly string[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(keys) && keys.length === length && keys.every((key) => typeof key === "string")) return keys;
  } catch {
    // It is said below.
  }
  throw new CulpritError("INVALID_REQUEST", "The cursor is none that this list gave; start without one.", {
    details: { field: "cursor" },
  });
}
