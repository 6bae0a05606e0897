import {
  type RunbookList,
  runbookInputSchema,
  runbookListQuerySchema,
  type SearchReply,
  searchQuerySchema,
} from "@culprit/contract";
import type { FastifyInstance } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import {
  listRunbooks,
  type Retrieval,
  removeRunbook,
  retrievalCollections,
  saveRunbook,
} from "../../../domains/investigation/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import { visibleProject } from "../visible-project.ts";

export interface SearchRouteDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly retrieval: Retrieval;
}

/** Search by meaning and by words, and the runbooks that are searched. */
export function registerSearchRoutes(app: FastifyInstance, deps: SearchRouteDeps): void {
  const { retrieval } = deps;
  const { db } = deps.database;

  app.get("/api/search", async (request): Promise<SearchReply> => {
    const { q: text, collection, service, limit } = searchQuerySchema.parse(request.query);
    const projectId = await visibleProject(request, deps);
    const filter = service === undefined ? undefined : { service_key: service };
    const asked = collection === undefined ? retrievalCollections : [collection];
    const answers = await Promise.all(
      asked.map((one) => retrieval.search({ projectId, collection: one, text, filter, limit })),
    );
    return {
      items: answers.flatMap(({ hits }) =>
        hits.map(({ point, ref, source, similarity, score }) => ({
          ...{
            collection: point.collection,
            ref,
            source,
            similarity,
            score,
            content: point.content,
            payload: point.payload,
          },
        })),
      ),
      missing: answers.find(({ missing }) => missing !== null)?.missing ?? null,
    };
  });

  app.get("/api/runbooks", async (request): Promise<RunbookList> => {
    const { limit, cursor } = runbookListQuerySchema.parse(request.query);
    const projectId = await visibleProject(request, deps);
    const rows = await listRunbooks(db, projectId, {
      limit: limit + 1,
      after: cursor === undefined ? undefined : readCursor(cursor),
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map((one) => ({
        ...{ id: toPublicId("rbk", one.id), title: one.title, service_key: one.serviceKey, tags: [...one.tags] },
        ...{ source_url: one.sourceUrl, repository_path: one.repositoryPath, updated_at: one.updatedAt.toISOString() },
      })),
      next_cursor: rows.length > limit && last !== undefined ? writeCursor(last) : null,
    };
  });

  app.post("/api/runbooks", async (request, reply) => {
    const { title, content, service_key, tags, source_url } = runbookInputSchema.parse(request.body);
    const projectId = await visibleProject(request, deps);
    const runbook = {
      title,
      content,
      serviceKey: service_key ?? null,
      tags,
      sourceUrl: source_url ?? null,
      repositoryPath: null,
    };
    return reply
      .code(201)
      .send({ id: toPublicId("rbk", await saveRunbook({ db, retrieval }, { projectId, runbook })) });
  });

  app.delete<{ Params: { id: string } }>("/api/runbooks/:id", async (request, reply) => {
    const projectId = await visibleProject(request, deps);
    await removeRunbook({ db, retrieval }, { projectId, id: fromPublicId("rbk", request.params.id) });
    return reply.code(204).send();
  });
}

function writeCursor({ title, id }: { readonly title: string; readonly id: string }): string {
  return Buffer.from(JSON.stringify([title, id])).toString("base64url");
}

function readCursor(cursor: string): { readonly title: string; readonly id: string } {
  try {
    const [title, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as [unknown, unknown];
    if (typeof title === "string" && typeof id === "string") return { title, id: fromPublicId("rbk", id) };
  } catch {}
  throw new CulpritError("INVALID_REQUEST", "The cursor is none that this list gave.", {
    details: { field: "cursor" },
  });
}
