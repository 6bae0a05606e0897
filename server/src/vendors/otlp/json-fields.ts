import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { type Attributes, type AttributeValue, otlpLimits } from "./span.ts";

/*
 * Fields of OTLP/JSON: ids are hex, 64-bit integers text or number, names camel case.
 * See https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. Each reader throws CulpritError INVALID_REQUEST with the field.
 */

export type Json = Readonly<Record<string, unknown>>;

/** The request's root. @throws CulpritError MALFORMED_BODY when the body is no JSON. */
export function parseRequest(body: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new CulpritError("MALFORMED_BODY", "The body is not valid JSON.", { details: { field: "body" }, cause });
  }
  return object(value, "body");
}

/** The resource's attributes of a part that has one. */
export function resourceOf(part: Json, field: string): Attributes {
  const resource = isAbsent(part.resource) ? {} : object(part.resource, `${field}.resource`);
  return toAttributes(resource.attributes, `${field}.resource.attributes`);
}

/** A list of KeyValue as an object. */
export function toAttributes(value: unknown, field: string): Attributes {
  const entries: [string, AttributeValue][] = [];
  listAt(value, field)
    .slice(0, otlpLimits.attributes)
    .forEach((entry, index) => {
      const pair = object(entry, `${field}[${index}]`);
      if (typeof pair.key !== "string") throw invalid(`${field}[${index}].key`, "it must be a text");
      entries.push([pair.key, toValue(pair.value, `${field}[${index}].value`, 0)]);
    });
  return Object.fromEntries(entries);
}

/** An AnyValue. */
export function toValue(value: unknown, field: string, depth = 0): AttributeValue {
  if (isAbsent(value) || depth >= otlpLimits.valueDepth) return null;
  const any = object(value, field);
  if (typeof any.stringValue === "string") return any.stringValue;
  if (typeof any.boolValue === "boolean") return any.boolValue;
  if (typeof any.intValue === "number" || typeof any.intValue === "string")
    return integer(any.intValue, `${field}.intValue`);
  if (typeof any.doubleValue === "number" || typeof any.doubleValue === "string") return Number(any.doubleValue);
  if (typeof any.bytesValue === "string") return any.bytesValue;
  if (any.arrayValue !== undefined) {
    const { values } = object(any.arrayValue, `${field}.arrayValue`);
    const listed = listAt(values, `${field}.arrayValue.values`).slice(0, otlpLimits.attributes);
    return listed.map((item, index) => toValue(item, `${field}.arrayValue.values[${index}]`, depth + 1));
  }
  if (any.kvlistValue !== undefined) {
    const { values } = object(any.kvlistValue, `${field}.kvlistValue`);
    const pairs = listAt(values, `${field}.kvlistValue.values`).slice(0, otlpLimits.attributes);
    const entries = pairs.map((item, index): [string, AttributeValue] => {
      const pair = object(item, `${field}.kvlistValue.values[${index}]`);
      return [
        typeof pair.key === "string" ? pair.key : "",
        toValue(pair.value, `${field}.kvlistValue.values[${index}].value`, depth + 1),
      ];
    });
    return Object.fromEntries(entries);
  }
  return null;
}

function integer(value: number | string, field: string): AttributeValue {
  const number = Number(value);
  if (!Number.isInteger(number)) throw invalid(field, "it must be a whole number");
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Nanoseconds since 1970 as milliseconds; 0 where there are none. */
export function millis(value: unknown, field: string): number {
  if (isAbsent(value)) return 0;
  const nanos = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  if (!Number.isFinite(nanos) || nanos < 0) throw invalid(field, "it must be nanoseconds since 1970");
  return nanos / 1e6;
}

/** An enum by number or name; 0 where there is none. */
export function enumValue(value: unknown, names: readonly string[], field: string): number {
  if (isAbsent(value)) return 0;
  const number = typeof value === "string" ? names.indexOf(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0)
    throw invalid(field, `it must be a number or one of ${names.join(", ")}`);
  return number;
}

/** An id of just so many hex digits, in lower case. */
export function hex(value: unknown, digits: number, field: string): string {
  if (typeof value !== "string" || value.length !== digits || !/^[0-9a-f]+$/i.test(value)) {
    throw invalid(field, `it must be ${digits} hex digits (JSON does not use base 64 here)`);
  }
  return value.toLowerCase();
}

/** A list; an absent one is empty. */
export function listAt(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(field, "it must be a list");
  return value;
}

/** An object, which must be there. */
export function object(value: unknown, field: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(field, "it must be an object");
  return value as Json;
}

/** Whether a value is null, undefined or the empty text. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** The error for a field that is not as OTLP says. */
export function invalid(field: string, why: string): CulpritError {
  return new CulpritError("INVALID_REQUEST", `${field} is not as OTLP says: ${why}.`, { details: { field } });
}

/** A number, also as text (`"12"`, `"NaN"`, `"Infinity"`); `fallback` where there is none. */
export function numberAt(value: unknown, fallback: number, field: string): number {
  if (isAbsent(value)) return fallback;
  const number = typeof value === "number" ? value : typeof value === "string" ? Number(value) : Number.NaN;
  if (Number.isNaN(number) && value !== "NaN") throw invalid(field, "it must be a number");
  return number;
}

/** A text; an absent one is empty. */
export function textAt(value: unknown): string {
  return typeof value === "string" ? value : "";
}
