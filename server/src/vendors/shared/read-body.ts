import { hash } from "node:crypto";
import type { IncomingRequest } from "../../domains/integration/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

export type Json = Readonly<Record<string, unknown>>;

/** The body as a JSON object. @throws CulpritError MALFORMED_BODY. */
export function readJson({ body }: IncomingRequest): Json {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new CulpritError("MALFORMED_BODY", "The body is not JSON.", { cause });
  }
  if (!isRecord(value)) throw new CulpritError("MALFORMED_BODY", "The body is not a JSON object.");
  return value;
}

/** The fields of a form that was sent. */
export function readForm({ body }: IncomingRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
}

/** The id of a delivery whose sender gives none: the same bytes are the same delivery. */
export function hashOfBody({ body }: IncomingRequest): string {
  return hash("sha256", body);
}

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object at a path of keys, or an empty one. */
export function recordAt(value: unknown, ...path: readonly string[]): Json {
  let here: unknown = value;
  for (const key of path) here = isRecord(here) ? here[key] : undefined;
  return isRecord(here) ? here : {};
}

/** The text at a key: numbers and booleans too, as text; null where there is none or it is empty. */
export function textAt(value: unknown, key: string): string | null {
  const found = isRecord(value) ? value[key] : undefined;
  if (typeof found === "string") return found === "" ? null : found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : null;
}

/** The objects of the list at a key. */
export function recordsAt(value: unknown, key: string): readonly Json[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

/** The texts of a map, such as labels; other values as JSON. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, typeof one === "string" ? one : JSON.stringify(one)]),
  );
}

/** The moment that a text or a number of seconds or milliseconds names; null for none and for Go's zero time. */
export function momentOf(value: unknown): Date | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const number = Number(value);
  const isNumber = value !== "" && Number.isFinite(number);
  const date = new Date(isNumber ? (number < 1e11 ? number * 1000 : number) : value);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1970 ? null : date;
}
