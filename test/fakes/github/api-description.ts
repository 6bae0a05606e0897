import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import type { GitHubOperation } from "./operations.ts";

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly $ref?: string }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const description = JSON.parse(readFileSync(new URL("./api.json", import.meta.url), "utf8")) as Description;
const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: "array", validateFormats: false });
const strictAjv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
for (const each of [ajv, strictAjv]) {
  each.addSchema({ $id: "github", components: withNulls(description.components) });
}
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a request by GitHub's description; empty when nothing is. Numbers in `path` and `query` may be text. */
export function problemsOfRequest(
  name: GitHubOperation,
  request: { readonly path: object; readonly query: object; readonly body: unknown },
): string[] {
  const operation = operationOf(name);
  const parameters = (operation.parameters ?? []).map((parameter) => resolve<Parameter>(parameter));
  const problems = (["path", "query"] as const).flatMap((place) => {
    const own = parameters.filter((parameter) => parameter.in === place);
    const validate = validator(ajv, `${name} ${place}`, () => ({
      type: "object",
      properties: Object.fromEntries(own.map((parameter) => [parameter.name, parameter.schema])),
      required: own.filter((parameter) => parameter.required === true).map((parameter) => parameter.name),
      additionalProperties: false,
    }));
    return problemsBy(validate, structuredClone(request[place]), place);
  });
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  if (schema === undefined) return problems;
  const validate = validator(strictAjv, `${name} body`, () => schema);
  return [...problems, ...problemsBy(validate, request.body, "body"), ...unknownFields(schema, request.body)];
}

/** What is wrong with an answer by GitHub's description. */
export function problemsOfAnswer(name: GitHubOperation, status: number, body: unknown): string[] {
  const answer = operationOf(name).responses[String(status)];
  if (answer === undefined) return status >= 400 ? [] : [`${name} never answers ${status}`];
  const schema = resolve<Content>(answer).content?.["application/json"]?.schema;
  if (schema === undefined) return body === null ? [] : [`${name} answers ${status} without a body`];
  return problemsBy(
    validator(strictAjv, `${name} ${status}`, () => schema),
    body,
    "answer",
  );
}

/** The schema of a component, its reference followed. */
export function schemaOf(name: string): Schema {
  return resolve<Schema>({ $ref: `#/components/schemas/${name}` });
}

/** What a reference points to; anything else is given back. */
export function resolve<T>(value: { readonly $ref?: string }): T {
  if (value.$ref === undefined) return value as T;
  const [kind = "", name = ""] = value.$ref.replace("#/components/", "").split("/");
  return description.components[kind]?.[name] as T;
}

function operationOf(name: GitHubOperation): Operation {
  const [method = "", path = ""] = name.split(" ");
  const operation = description.paths[path]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${name} is not in api.json: run node scripts/trim-github-api.ts`);
  return operation;
}

function validator(by: Ajv, key: string, schema: () => unknown): ValidateFunction {
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const made = by.compile(withNulls(schema()) as object);
  compiled.set(key, made);
  return made;
}

function problemsBy(validate: ValidateFunction, value: unknown, place: string): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) => `${place}${error.instancePath} ${error.message ?? "is wrong"} ${JSON.stringify(error.params)}`,
  );
}

/** A field that GitHub does not know is ignored there in silence, so here it is a mistake of the caller. */
function unknownFields(schema: Schema, body: unknown): string[] {
  const { properties } = schema;
  if (properties === undefined || typeof body !== "object" || body === null) return [];
  return Object.keys(body)
    .filter((field) => properties[field] === undefined)
    .map((field) => `body/${field} is no field of this request`);
}

/** OpenAPI 3.0's `nullable` and its references as JSON Schema has them. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...rest } = value as Record<string, unknown>;
  const converted = Object.fromEntries(
    Object.entries(rest).map(([name, inner]) => [
      name,
      name === "$ref" && typeof inner === "string" ? inner.replace(/^#/, "github#") : withNulls(inner),
    ]),
  );
  return nullable === true ? { anyOf: [converted, { type: "null" }] } : converted;
}
