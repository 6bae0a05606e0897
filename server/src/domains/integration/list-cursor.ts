import { CulpritError } from "../../platform/errors/culprit-error.ts";

/** Where a page of a list ended: the text of what it is sorted by, and the id. */
export interface ListPlace {
  readonly key: string;
  readonly id: string;
}

/** A page of rows, of which one more than `limit` was read, and the cursor of the next. */
export function pageOf<Row extends { readonly id: string; readonly cursor_key: string }>(
  rows: readonly Row[],
  limit: number,
): { readonly page: readonly Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    page,
    nextCursor: hasMore ? Buffer.from(JSON.stringify([last.cursor_key, last.id])).toString("base64url") : null,
  };
}

/** @throws CulpritError INVALID_REQUEST for a text that is no cursor of a list here. */
export function placeOf(cursor: string | undefined): ListPlace | null {
  if (cursor === undefined) return null;
  try {
    const place = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown;
    const [key, id, ...rest] = Array.isArray(place) ? (place as unknown[]) : [];
    if (typeof key === "string" && typeof id === "string" && /^[-0-9a-f]{36}$/.test(id) && rest.length === 0)
      return { key, id };
  } catch {
    // Said below.
  }
  throw new CulpritError("INVALID_REQUEST", "cursor is not one that this list gave. Leave it out to start anew.", {
    details: { field: "cursor", provided: cursor },
  });
}

/** The same for lists that are sorted by an instant. */
export function instantPlaceOf(cursor: string | undefined): ListPlace | null {
  const place = placeOf(cursor);
  if (place === null || /^[-0-9: .+]{10,40}$/.test(place.key)) return place;
  throw new CulpritError("INVALID_REQUEST", "cursor is of another list. Leave it out to start anew.", {
    details: { field: "cursor", provided: cursor },
  });
}
