import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import type { GiteaOperation } from "./operations.ts";

interface Operation {
  readonly query: readonly string[];
  readonly body: { readonly $ref?: string } | null;
  readonly answers: Readonly<Record<string, object | null>>;
}
interface Description {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly schemas: Readonly<Record<string, { readonly properties?: object }>>;
}

const description = JSON.parse(readFileSync(new URL("./api.json", import.meta.url), "utf8")) as Description;
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: "gitea", schemas: aimed(description.schemas) });
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a request by Gitea's description; a field that it does not know is a mistake of the caller. */
export function problemsOfRequest(
  name: GiteaOperation,
  request: { readonly query: Readonly<Record<string, string>>; readonly body: Readonly<Record<string, unknown>> },
): string[] {
  const { query, body } = operationOf(name);
  const unknown = Object.keys(request.query).filter((key) => !query.includes(key));
  const problems = unknown.map((key) => `query/${key} is no parameter of this request`);
  if (body === null) return problems;
  const known = description.schemas[body.$ref?.replace("#/schemas/", "") ?? ""]?.properties ?? {};
  const strange = Object.keys(request.body).filter((key) => !(key in known));
  return [
    ...problems,
    ...strange.map((key) => `body/${key} is no field`),
    ...problemsBy(`${name} body`, body, request.body),
  ];
}

/** What is wrong with an answer by Gitea's description. */
export function problemsOfAnswer(name: GiteaOperation, status: number, body: unknown): string[] {
  const { answers } = operationOf(name);
  if (!(status in answers)) return [`never answers ${status}`];
  const schema = answers[String(status)];
  return schema == null ? [] : problemsBy(`${name} ${status}`, schema, body);
}

function operationOf(name: GiteaOperation): Operation {
  const found = description.operations[name];
  if (found === undefined) throw new Error(`${name} is not in api.json: run node scripts/trim-gitea-api.ts`);
  return found;
}

function problemsBy(key: string, schema: object, value: unknown): string[] {
  const validate = compiled.get(key) ?? ajv.compile(aimed(schema) as object);
  compiled.set(key, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath || "it"} ${error.message ?? "is wrong"}`);
}

/** References within the description; what Go leaves out or gives as null is not required in Swagger 2.0 and may be null. */
function aimed(value: unknown, isProperty = false): unknown {
  if (Array.isArray(value)) return value.map((item) => aimed(item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    if (name === "$ref" && typeof inner === "string") return [name, inner.replace(/^#/, "gitea#")];
    if (name !== "properties") return [name, aimed(inner)];
    const properties = Object.entries(inner as object).map(([field, schema]) => [field, aimed(schema, true)]);
    return [name, Object.fromEntries(properties)];
  });
  const schema = Object.fromEntries(entries) as object;
  return isProperty ? { anyOf: [schema, { type: "null" }] } : schema;
}
