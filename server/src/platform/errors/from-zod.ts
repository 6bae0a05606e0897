import { type ZodError, z } from "zod";
import { nearestName } from "../names/nearest-name.ts";
import { CulpritError } from "./culprit-error.ts";

/*
 * What a schema has against a value, in words that follow the field's name: "must be …", "is missing". Set for all schemas,
 * because only here the schema is still known, and with it the keys that it takes. A schema's own words go before these.
 * The value itself is never told: it may be a secret.
 */
z.config({ customError: plainWords });

/** The first thing that is wrong: where it stands, and what it should be, to be read after its name. */
export function firstProblem(error: ZodError): { readonly path: readonly string[]; readonly reason: string } {
  const issue = error.issues[0];
  return { path: issue?.path.map(String) ?? [], reason: issue?.message ?? "does not have the documented shape" };
}

/** What a request's body, query or path has wrong, as an error of the closed list that names the first field; `of` is what was parsed as a whole. */
export function fromZod(error: ZodError, of: "body" | "query" = "body"): CulpritError {
  const { path, reason } = firstProblem(error);
  const field = path.join(".");
  return new CulpritError("INVALID_REQUEST", field === "" ? `The ${of} ${reason}.` : `${field}: ${reason}.`, {
    ...(field === "" ? {} : { details: { field } }),
    cause: error,
  });
}

function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return typeWords(String(issue.expected), issue.input);
    case "invalid_value":
      return issue.input === undefined
        ? `is missing; it must be ${oneOf(issue.values)}`
        : `must be ${oneOf(issue.values)}`;
    case "too_small":
      return sizeWords(issue, "at least", issue.minimum, issue.inclusive === false ? "more than" : null);
    case "too_big":
      return sizeWords(issue, "at most", issue.maximum, issue.inclusive === false ? "less than" : null);
    case "unrecognized_keys":
      return unknownKeyWords(issue.keys, issue.inst);
    case "invalid_format":
      return formatWords(issue.format);
    default:
      return undefined;
  }
}

function typeWords(expected: string, input: unknown): string {
  if (input === undefined) return `is missing; it must be ${kindOf(expected)}`;
  if (typeof input === "number" && !Number.isFinite(input)) return `must be ${kindOf(expected)}`;
  const given =
    input === null ? "null" : Array.isArray(input) ? "array" : input instanceof Date ? "date" : typeof input;
  return given === expected || (given === "number" && expected === "int")
    ? `must be ${kindOf(expected)}`
    : `must be ${kindOf(expected)}, not ${kindOf(given)}`;
}

function kindOf(name: string): string {
  const known: Readonly<Record<string, string>> = { record: "an object", int: "a whole number", null: "null" };
  return known[name] ?? `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function oneOf(values: readonly z.core.util.Primitive[]): string {
  const [only, ...more] = values.map(String);
  return more.length === 0 ? String(only) : `one of ${[only, ...more].join(", ")}`;
}

const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ["character", "characters"],
  array: ["item", "items"],
  set: ["item", "items"],
  map: ["entry", "entries"],
};

function sizeWords(
  { origin, exact, input }: { origin: string; exact?: boolean | undefined; input?: unknown },
  bound: string,
  limit: number | bigint,
  strict: string | null,
): string {
  const unit = units[origin];
  if (unit === undefined) return `must be ${strict ?? bound} ${limit}`;
  if (bound === "at least" && Number(limit) === 1) return "must not be empty";
  const length = typeof input === "string" || Array.isArray(input) ? `; it has ${input.length}` : "";
  return `must have ${exact === true ? "exactly" : (strict ?? bound)} ${limit} ${unit[Number(limit) === 1 ? 0 : 1]}${length}`;
}

/** Few enough to read; a schema with more is a document's, not a form's. */
const KEYS_NAMED_MAX = 40;
/** Of the sender's own. */
const UNKNOWN_NAMED_MAX = 5;
const KEY_SHOWN_CHARS = 60;

function unknownKeyWords(keys: readonly string[], schema: unknown): string {
  const shown = keys.slice(0, UNKNOWN_NAMED_MAX).map(shownKey).join(", ");
  const more = keys.length > UNKNOWN_NAMED_MAX ? ` and ${keys.length - UNKNOWN_NAMED_MAX} more` : "";
  const named = `has unknown key${keys.length > 1 ? "s" : ""} ${shown}${more}`;
  const known = schema instanceof z.core.$ZodObject ? Object.keys(schema._zod.def.shape) : [];
  if (known.length === 0 || known.length > KEYS_NAMED_MAX) return named;
  const nearest = nearestName(keys[0] ?? "", known);
  return `${named}${nearest === null ? "" : `; did you mean ${nearest}?`}${nearest === null ? "; it takes" : " It takes"} ${known.join(", ")}`;
}

function shownKey(key: string): string {
  return JSON.stringify(key.length > KEY_SHOWN_CHARS ? `${key.slice(0, KEY_SHOWN_CHARS)}…` : key);
}

function formatWords(format: string): string | undefined {
  const known: Readonly<Record<string, string>> = {
    datetime: "must be an instant with its time zone, as 2026-11-21T22:00:00Z",
    date: "must be a day, as 2026-11-21",
    url: "must be an address, as https://shop.example/metrics",
    email: "must be an e-mail address",
    uuid: "must be a UUID",
  };
  return known[format];
}
