import type { SchemaObjects } from "../../../analysis/change/schema-diff.ts";

/** Reads the schema of somebody's database and nothing else of it. */
export interface SchemaReader {
  /**
   * @param url where it is, with the user and password; it is never logged or stored
   * @throws CulpritError INVALID_REQUEST for an address that is none; WATCHED_DATABASE_UNAVAILABLE for one that may not be called,
   * does not answer or refuses.
   */
  read(url: string, signal: AbortSignal): Promise<SchemaObjects>;
}
