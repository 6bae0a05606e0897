import { TypeID } from "typeid-js";
import { v7 } from "uuid";
import { CulpritError } from "../errors/culprit-error.ts";

/** What a public id names: the prefix people and APIs see before the underscore. */
export const idPrefixes = [
  "inc",
  "proj",
  "repo",
  "svc",
  "dep",
  "cfg",
  "evd",
  "hyp",
  "rep",
  "run",
  "exec",
  "usr",
  "fbk",
  "wf",
  "wft",
  "evt",
  "led",
  "int",
  "dlv",
  "apr",
  "iev",
  "hof",
  "mnt",
  "scr",
  "rbk",
  "pr",
] as const;
export type IdPrefix = (typeof idPrefixes)[number];

/** A new key: UUID version 7 (RFC 9562), so that keys made later sort later. */
export function newId(): string {
  return v7();
}

/** The public form of a key, `inc_01jd…`: the same UUID in TypeID encoding, nothing stored twice. */
export function toPublicId(prefix: IdPrefix, id: string): string {
  return TypeID.fromUUID(prefix, id).toString();
}

/**
 * The key behind a public id. A bare UUID passes as it is.
 * @throws CulpritError NOT_FOUND when it is neither: an id that can't exist looks like one that does not.
 */
export function fromPublicId(prefix: IdPrefix, publicId: string): string {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(publicId)) return publicId.toLowerCase();
  try {
    return TypeID.fromString(publicId, prefix).toUUID();
  } catch (cause) {
    throw new CulpritError(
      "NOT_FOUND",
      `${JSON.stringify(publicId.slice(0, 64))} is no id of the form ${prefix}_…; see that it was copied whole.`,
      { cause },
    );
  }
}
