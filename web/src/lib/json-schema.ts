/** As much of JSON Schema as a form is made of. What it does not know it shows as JSON, so that nothing can't be set. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export type FieldKind =
  | "text"
  | "long_text"
  | "secret"
  | "number"
  | "boolean"
  | "choice"
  /** A list of texts or numbers, one a line. */
  | "lines"
  /** An object with known fields. */
  | "group"
  | "json";

export interface SchemaField {
  readonly name: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  readonly description: string | null;
  readonly choices: readonly (string | number | boolean)[];
}

/** A name, an address or a path may be this long and is still one line. */
const longTextLength = 999;

/** The fields of an object's schema, in its order. */
export function schemaFields(schema: JsonSchema, root: JsonSchema = schema): readonly SchemaField[] {
  const object = resolveSchema(schema, root);
  const properties = asRecord(object.properties);
  const required = Array.isArray(object.required) ? object.required : [];
  return Object.entries(properties).map(([name, raw]) => {
    const field = resolveSchema(asRecord(raw), root);
    return {
      name,
      label: typeof field.title === "string" ? field.title : wordsOf(name),
      kind: kindOf(field),
      schema: field,
      // What has a default may be left out, though zod lists it among what its output always has.
      isRequired: required.includes(name) && field.default === undefined,
      description: typeof field.description === "string" ? field.description : null,
      choices: choicesOf(field),
    };
  });
}

/** The schema behind `$ref`, and behind a union with null alone. */
export function resolveSchema(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current = schema;
  for (let depth = 0; depth < 20; depth++) {
    if (typeof current.$ref === "string" && current.$ref.startsWith("#")) {
      const target = asRecord(lookUp(root, current.$ref));
      current = { ...target, ...without(current, "$ref") };
      continue;
    }
    const options = unionOf(current).filter((option) => option.type !== "null");
    const [only] = options;
    if (only === undefined || options.length !== 1 || unionOf(current).length === 1) return current;
    current = { ...without(without(current, "anyOf"), "oneOf"), ...only };
  }
  return current;
}

function kindOf(schema: JsonSchema): FieldKind {
  if (schema.writeOnly === true || schema.format === "password") return "secret";
  if (choicesOf(schema).length > 0) return "choice";
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  switch (type) {
    case "string":
      return Number(schema.maxLength ?? 0) > longTextLength && schema.format === undefined ? "long_text" : "text";
    case "number":
    case "integer":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return isPlainList(asRecord(schema.items)) ? "lines" : "json";
    case "object":
      return Object.keys(asRecord(schema.properties)).length > 0 ? "group" : "json";
    default:
      return isTextOrList(unionOf(schema)) ? "lines" : "json";
  }
}

function isPlainList(items: JsonSchema): boolean {
  return items.type === "string" || items.type === "number" || items.type === "integer";
}

function isTextOrList(options: readonly JsonSchema[]): boolean {
  return (
    options.length === 2 &&
    options.some(({ type }) => type === "string") &&
    options.some(({ type, items }) => type === "array" && asRecord(items).type === "string")
  );
}

function choicesOf(schema: JsonSchema): readonly (string | number | boolean)[] {
  if (Array.isArray(schema.enum)) return schema.enum.filter(isChoice);
  if (isChoice(schema.const)) return [schema.const];
  const options = unionOf(schema);
  const constants = options.map((option) => option.const).filter(isChoice);
  return constants.length > 0 && constants.length === options.length ? constants : [];
}

function isChoice(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function unionOf(schema: JsonSchema): readonly JsonSchema[] {
  const union = schema.anyOf ?? schema.oneOf;
  return Array.isArray(union) ? union.map(asRecord) : [];
}

function lookUp(root: JsonSchema, pointer: string): unknown {
  let value: unknown = root;
  for (const part of pointer.slice(1).split("/").filter(Boolean)) {
    value = asRecord(value)[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return value;
}

function without(schema: JsonSchema, name: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== name));
}

/** The value as a record; an empty one where it is none. */
export function asRecord(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
}

const acronyms = /\b(api|cc|cpu|html|http|id|ip|json|pr|smtp|sql|tls|ui|url|uri)\b/g;

/** `max_attempts` → `Max attempts`, `webhookUrl` → `Webhook URL`. */
export function wordsOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .toLowerCase()
    .replaceAll(acronyms, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
