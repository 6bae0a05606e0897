import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { qdrantOperations } from "../test/fakes/qdrant/operations.ts";

/**
 * Cuts out of Qdrant's published API description what Culprit calls, for the fake in `test/fakes/qdrant`: `node scripts/trim-qdrant-api.ts`. The
 * description is read from the types that Qdrant generates of it and ships with its client; they become JSON Schema again.
 */
const require = createRequire(join(dirname(fileURLToPath(import.meta.url)), "../server/package.json"));
const folder = dirname(require.resolve("@qdrant/js-client-rest")).replace(/dist.*$/, "");
const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
const source = readFileSync(join(folder, "dist/types/openapi/generated_schema.d.ts"), "utf8");
const target = fileURLToPath(new URL("../test/fakes/qdrant/api.json", import.meta.url));

/** A node of the syntax tree, as far as it is read here. */
interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

const { program } = parseSync("schema.d.ts", source);
const interfaces = new Map(
  (program.body as unknown as Node[]).flatMap((statement) => {
    const declaration = statement.declaration as Node | null;
    if (declaration?.type !== "TSInterfaceDeclaration") return [];
    return [[(declaration.id as { name: string }).name, membersOf(declaration.body as Node)] as const];
  }),
);

const schemas: Record<string, unknown> = {};
const waiting: string[] = [];
const operations = Object.fromEntries(qdrantOperations.map((name) => [name, describe(name)]));
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  if (schemas[name] !== undefined) continue;
  schemas[name] = toSchema(member(member(interfaces.get("components"), "schemas"), name));
}
const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(
  target,
  `${JSON.stringify({ package: `@qdrant/js-client-rest@${version}`, operations, schemas: sorted })}\n`,
);

/** The schemas of an operation's query, body and answer of success. */
function describe(operation: string): unknown {
  const [method = "", path = ""] = operation.split(" ");
  const reference = member(member(interfaces.get("paths"), path), method.toLowerCase());
  const name = (((reference.indexType as Node).literal as Node).value as string) ?? "";
  const own = member(interfaces.get("operations"), name);
  const optional = (from: Node | undefined, key: string) => (from === undefined ? undefined : find(from, key));
  const json = (content: Node | undefined) => optional(optional(content, "content"), "application/json");
  const body = json(optional(own, "requestBody"));
  const answer = json(optional(optional(own, "responses"), "200"));
  const query = optional(optional(own, "parameters"), "query");
  return {
    query:
      query === undefined
        ? { type: "object", additionalProperties: false }
        : { ...(toSchema(query) as object), additionalProperties: false },
    body: body === undefined ? null : toSchema(body),
    answer: answer === undefined ? null : toSchema(answer),
  };
}

function membersOf(body: Node): Node {
  return { type: "TSTypeLiteral", members: body.body };
}

function find(type: Node, key: string): Node | undefined {
  for (const one of (type.members ?? []) as Node[]) {
    if (one.type === "TSPropertySignature" && keyOf(one) === key)
      return (one.typeAnnotation as Node).typeAnnotation as Node;
  }
  return undefined;
}

function member(type: Node | undefined, key: string): Node {
  const found = type === undefined ? undefined : find(type, key);
  if (found === undefined) throw new Error(`Qdrant's description knows no ${key}`);
  return found;
}

function keyOf(property: Node): string {
  const { name, value } = property.key as { name?: string; value?: string | number };
  return String(name ?? value);
}

/** A type as JSON Schema. */
function toSchema(type: Node): unknown {
  switch (type.type) {
    case "TSStringKeyword":
      return { type: "string" };
    case "TSNumberKeyword":
      return { type: "number" };
    case "TSBooleanKeyword":
      return { type: "boolean" };
    case "TSNullKeyword":
      return { type: "null" };
    case "TSUnknownKeyword":
    case "TSAnyKeyword":
      return {};
    case "TSNeverKeyword":
    case "TSUndefinedKeyword":
      return { not: {} };
    case "TSLiteralType":
      return { const: (type.literal as Node).value };
    case "TSArrayType":
      return { type: "array", items: toSchema(type.elementType as Node) };
    case "TSTupleType":
      return { type: "array", items: (type.elementTypes as Node[]).map(toSchema) };
    case "TSParenthesizedType":
      return toSchema(type.typeAnnotation as Node);
    case "TSUnionType":
      return unionOf((type.types as Node[]).flatMap(flat));
    case "TSIntersectionType":
      return { allOf: (type.types as Node[]).map(toSchema) };
    case "TSIndexedAccessType": {
      const name = ((type.indexType as Node).literal as Node).value as string;
      waiting.push(name);
      return { $ref: `qdrant#/schemas/${name}` };
    }
    case "TSTypeReference": {
      const name = (type.typeName as { name: string }).name;
      const [first, second] = ((type.typeArguments as Node).params ?? []) as Node[];
      if (name === "Record" && second !== undefined) return { type: "object", additionalProperties: toSchema(second) };
      if (name === "OneOf" && first !== undefined) return { oneOf: (first.elementTypes as Node[]).map(toSchema) };
      throw new Error(`no schema for ${name}`);
    }
    case "TSTypeLiteral":
      return objectOf(type.members as Node[]);
    default:
      throw new Error(`no schema for ${type.type}`);
  }
}

/** `(Record<string, unknown> | null)` is how the generator writes that something may be null. */
function flat(type: Node): Node[] {
  const inner = type.type === "TSParenthesizedType" ? (type.typeAnnotation as Node) : type;
  if (inner.type !== "TSUnionType") return [inner];
  const types = inner.types as Node[];
  const isAny = (one: Node) => one.type === "TSTypeReference" && (one.typeName as { name: string }).name === "Record";
  return types.length === 2 && types.some(isAny) && types.some(({ type: kind }) => kind === "TSNullKeyword")
    ? types.filter((one) => !isAny(one))
    : types.flatMap(flat);
}

function unionOf(types: readonly Node[]): unknown {
  return { anyOf: types.filter(({ type }) => type !== "TSUndefinedKeyword").map(toSchema) };
}

function objectOf(members: readonly Node[]): unknown {
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  let rest: unknown;
  for (const one of members) {
    const annotation = one.typeAnnotation as Node | null;
    if (annotation === null || annotation === undefined) continue;
    if (one.type === "TSIndexSignature") rest = toSchema(annotation.typeAnnotation as Node);
    if (one.type !== "TSPropertySignature") continue;
    properties[keyOf(one)] = toSchema(annotation.typeAnnotation as Node);
    if (one.optional !== true) required.push(keyOf(one));
  }
  return {
    type: "object",
    properties,
    ...(required.length === 0 ? {} : { required }),
    ...(rest === undefined ? {} : { additionalProperties: rest }),
  };
}
