import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Ajv, type ValidateFunction } from "ajv";
import { type QdrantOperation, qdrantOperations } from "./operations.ts";

/*
 * A fake of Qdrant: every request and every answer is checked against its published description (api.json, made by
 * scripts/trim-qdrant-api.ts), and it behaves: points are kept, filters hold, and a query is a real cosine search over what is stored.
 */

interface Description {
  readonly operations: Readonly<Record<QdrantOperation, { query: object; body: object | null; answer: object | null }>>;
  readonly schemas: object;
}
interface Point {
  readonly id: string;
  readonly vector: readonly number[];
  readonly payload: Readonly<Record<string, unknown>>;
}
interface Collection {
  readonly size: number;
  readonly points: Map<string, Point>;
}
interface Condition {
  readonly key: string;
  readonly match: { readonly value: unknown };
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const description = JSON.parse(readFileSync(new URL("./api.json", import.meta.url), "utf8")) as Description;
const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
const looseAjv = new Ajv({ strict: false, allErrors: true, coerceTypes: true });
for (const each of [ajv, looseAjv]) each.addSchema({ $id: "qdrant", schemas: description.schemas });
const compiled = new Map<string, ValidateFunction>();
const patterns = qdrantOperations.map((operation) => {
  const [method = "", template = ""] = operation.split(" ");
  return { operation, method, pattern: new RegExp(`^${template.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`) };
});

export interface FakeQdrant {
  readonly url: string;
  /** What was asked and what was wrong with it or with the answer; empty when nothing is. */
  readonly problems: readonly string[];
  readonly collections: ReadonlyMap<string, Collection>;
  readonly aliases: ReadonlyMap<string, string>;
  /** Forgets everything, as a Qdrant that lost its disk. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts it on a free port. With `apiKey`, requests without it are refused. */
export async function startFakeQdrant({ apiKey }: { readonly apiKey?: string } = {}): Promise<FakeQdrant> {
  const collections = new Map<string, Collection>();
  const aliases = new Map<string, string>();
  const problems: string[] = [];
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    let text = "";
    for await (const chunk of request) text += chunk;
    const url = new URL(request.url ?? "/", "http://qdrant");
    if (apiKey !== undefined && request.headers["api-key"] !== apiKey)
      return answer(401, { status: { error: "Invalid API key or JWT" }, time: 0 });
    const found = patterns.find(({ method, pattern }) => method === request.method && pattern.test(url.pathname));
    if (found === undefined) {
      problems.push(`${request.method} ${url.pathname} is not among operations.ts`);
      return answer(404, { status: { error: "Not found" }, time: 0 });
    }
    const { operation, pattern } = found;
    const name = decodeURIComponent(pattern.exec(url.pathname)?.groups?.collection_name ?? "");
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const schema = description.operations[operation];
    problems.push(...wrongWith(looseAjv, `${operation} query`, schema.query, Object.fromEntries(url.searchParams)));
    if (schema.body !== null) problems.push(...wrongWith(ajv, `${operation} body`, schema.body, body));
    else if (body !== undefined) problems.push(`${operation} takes no body`);
    try {
      const result = handle(operation, name, body);
      const sent = operation === "GET /" ? result : { result, status: "ok", time: 0.001 };
      if (schema.answer !== null) problems.push(...wrongWith(ajv, `${operation} answer`, schema.answer, sent));
      answer(200, sent);
    } catch (error) {
      answer(error instanceof Refused ? error.status : 500, {
        status: { error: String((error as Error).message) },
        time: 0,
      });
    }
  });

  const collectionOf = (name: string): Collection => {
    const found = collections.get(aliases.get(name) ?? name);
    if (found === undefined) throw new Refused(404, `Not found: Collection \`${name}\` doesn't exist!`);
    return found;
  };
  const updated = { operation_id: 1, status: "completed" };

  function handle(operation: QdrantOperation, name: string, body: unknown): unknown {
    switch (operation) {
      case "GET /":
        return { title: "qdrant - vector search engine", version: "1.19.0-fake" };
      case "GET /collections":
        return { collections: [...collections.keys()].map((one) => ({ name: one })) };
      case "GET /aliases":
        return { aliases: [...aliases].map(([alias_name, collection_name]) => ({ alias_name, collection_name })) };
      case "POST /collections/aliases": {
        type Action = {
          delete_alias?: { alias_name: string };
          create_alias?: { alias_name: string; collection_name: string };
        };
        for (const { delete_alias, create_alias } of (body as { actions: Action[] }).actions) {
          if (delete_alias !== undefined && !aliases.delete(delete_alias.alias_name))
            throw new Refused(404, "Not found: alias");
          if (create_alias === undefined) continue;
          collectionOf(create_alias.collection_name);
          aliases.set(create_alias.alias_name, create_alias.collection_name);
        }
        return true;
      }
      case "GET /collections/{collection_name}/exists":
        return { exists: collections.has(aliases.get(name) ?? name) };
      case "PUT /collections/{collection_name}": {
        if (collections.has(name)) throw new Refused(409, `Wrong input: Collection \`${name}\` already exists!`);
        const { vectors } = body as { vectors: { size: number; distance: string } };
        if (vectors.distance !== "Cosine") throw new Refused(400, "this fake knows Cosine only");
        collections.set(name, { size: vectors.size, points: new Map() });
        return true;
      }
      case "DELETE /collections/{collection_name}":
        for (const [alias, target] of aliases) if (target === name) aliases.delete(alias);
        return collections.delete(name);
      case "PUT /collections/{collection_name}/index":
        collectionOf(name);
        return updated;
      case "PUT /collections/{collection_name}/points": {
        const { size, points } = collectionOf(name);
        for (const point of (body as { points: Point[] }).points) {
          if (point.vector.length !== size)
            throw new Refused(
              400,
              `Wrong input: Vector dimension error: expected dim: ${size}, got ${point.vector.length}`,
            );
          if (!/^[0-9a-f-]{36}$/.test(point.id)) throw new Refused(400, `${point.id} is not a valid point ID`);
          points.set(point.id, point);
        }
        return updated;
      }
      case "POST /collections/{collection_name}/points/delete": {
        const { points } = collectionOf(name);
        for (const id of (body as { points: string[] }).points) points.delete(id);
        return updated;
      }
      case "POST /collections/{collection_name}/points/query":
        return { points: query(collectionOf(name), body as Parameters<typeof query>[1]) };
    }
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, problems, collections, aliases },
    reset: () => {
      collections.clear();
      aliases.clear();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function query(
  { size, points }: Collection,
  body: { query: number[]; limit?: number; filter?: { must?: Condition[] }; with_payload?: boolean },
): unknown[] {
  if (body.query.length !== size)
    throw new Refused(400, `Wrong input: Vector dimension error: expected dim: ${size}, got ${body.query.length}`);
  const passes = ({ payload }: Point) =>
    (body.filter?.must ?? []).every(({ key, match }) => payload[key] === match.value);
  return [...points.values()]
    .filter(passes)
    .map((point) => ({ id: point.id, version: 0, score: cosine(point.vector, body.query) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, body.limit ?? 10);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function wrongWith(by: Ajv, key: string, schema: object, value: unknown): string[] {
  const known = compiled.get(key);
  const validate = known ?? by.compile(schema);
  if (known === undefined) compiled.set(key, validate);
  if (validate(structuredClone(value))) return [];
  return [`${key}: ${ajv.errorsText(validate.errors)}`.slice(0, 500)];
}
