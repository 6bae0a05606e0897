import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { giteaOperations } from "../test/fakes/gitea/operations.ts";

/**
 * Cuts out of Gitea's API description what Culprit calls, for the fake in `test/fakes/gitea`:
 * `node scripts/trim-gitea-api.ts FILE`, where FILE is what a Gitea serves at `/swagger.v1.json` (Swagger 2.0).
 */
interface Named {
  readonly $ref?: string;
}
interface Operation {
  readonly parameters?: readonly {
    name: string;
    in: string;
    required?: boolean;
    schema?: unknown;
    type?: string;
    enum?: unknown;
  }[];
  readonly responses: Readonly<Record<string, Named>>;
}
interface Description {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly responses: Readonly<Record<string, { readonly schema?: unknown }>>;
  readonly definitions: Readonly<Record<string, unknown>>;
}

const prose = new Set(["description", "example", "summary", "title", "tags", "operationId", "consumes", "produces"]);
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("Say node scripts/trim-gitea-api.ts FILE, a copy of /swagger.v1.json.");
const whole = JSON.parse(readFileSync(file, "utf8")) as Description;
const operations = Object.fromEntries(giteaOperations.map((name) => [name, operationOf(name)]));
const schemas: Record<string, unknown> = {};
const waiting = referencesIn(operations);
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  if (schemas[name] !== undefined) continue;
  schemas[name] = bare(whole.definitions[name]);
  waiting.push(...referencesIn(schemas[name]));
}
const target = fileURLToPath(new URL("../test/fakes/gitea/api.json", import.meta.url));
writeFileSync(target, `${JSON.stringify({ source: `Gitea ${whole.info.version}`, operations, schemas })}\n`);

function operationOf(name: string): unknown {
  const [method = "", path = ""] = name.split(" ");
  const found = whole.paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`Gitea's description knows no ${name}`);
  const query = (found.parameters ?? [])
    .filter((parameter) => parameter.in === "query")
    .map((parameter) => parameter.name);
  const body = found.parameters?.find((parameter) => parameter.in === "body")?.schema ?? null;
  const answers = Object.entries(found.responses).map(([status, { $ref }]) => {
    const response = whole.responses[$ref?.replace("#/responses/", "") ?? ""];
    return [status, Number(status) < 300 ? bare(response?.schema ?? null) : null];
  });
  return { query, body: bare(body), answers: Object.fromEntries(answers) };
}

/** Without what no check needs. Below `properties` every name is a property's. */
function bare(value: unknown, areNames = false): unknown {
  if (Array.isArray(value)) return value.map((item) => bare(item));
  if (typeof value !== "object" || value === null) return value;
  const left = Object.entries(value).filter(([name]) => areNames || !(prose.has(name) || name.startsWith("x-")));
  return Object.fromEntries(
    left.map(([name, inner]) => [
      name,
      name === "$ref" && typeof inner === "string"
        ? inner.replace("#/definitions/", "#/schemas/")
        : bare(inner, !areNames && name === "properties"),
    ]),
  );
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === "$ref" && typeof inner === "string" ? [inner.replace("#/schemas/", "")] : referencesIn(inner),
  );
}
