import { createHash } from "node:crypto";
import type { QdrantClient } from "@qdrant/js-client-rest";
import {
  retrievalCollections,
  type VectorCopy,
  type VectorIndex,
} from "../../domains/investigation/retrieval/retrieval-port.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

/*
 * The documented collections are aliases: `git_diff_chunks` leads to the collection of the model that is searched with, such as
 * `git_diff_chunks--small-3-1f2e3d4c`, so that a new model is built beside it and takes over by moving the alias. Payloads are the documented ones and
 * `project_id`, by which every search is limited. Words stay in PostgreSQL.
 */

export interface QdrantSettings {
  readonly url: string;
  readonly apiKey: string;
}

const TIMEOUT_MS = 20_000;
const SEPARATOR = "--";

/** Qdrant as the index that is searched and as the copy that the outbox feeds. The client is loaded when it is first used. */
export function qdrantVectors(settings: QdrantSettings): { readonly index: VectorIndex; readonly copy: VectorCopy } {
  let opened: Promise<QdrantClient> | undefined;
  const ready = new Set<string>();
  const ask = async <T>(act: (client: QdrantClient) => Promise<T>): Promise<T> => {
    opened ??= import("@qdrant/js-client-rest").then(
      ({ QdrantClient: Client }) =>
        new Client({
          ...{ url: settings.url, timeout: TIMEOUT_MS, checkCompatibility: false },
          ...(settings.apiKey === "" ? {} : { apiKey: settings.apiKey }),
        }),
    );
    try {
      return await act(await opened);
    } catch (cause) {
      throw unavailable(cause, settings);
    }
  };
  const names = async () => (await ask((client) => client.getCollections())).collections.map(({ name }) => name);
  const own = async () =>
    (await names()).filter((name) => retrievalCollections.some((one) => name.startsWith(one + SEPARATOR)));
  const aliases = async () =>
    new Map((await ask((client) => client.getAliases())).aliases.map((one) => [one.alias_name, one.collection_name]));

  /** All collections of a model, so that one without points is found empty and not missing. */
  const prepareModel = async (model: string, size: number) => {
    if (ready.has(model)) return;
    const known = await aliases();
    for (const collection of retrievalCollections) {
      const name = nameOf(collection, model);
      if (!(await ask((client) => client.collectionExists(name))).exists) {
        await ask((client) => client.createCollection(name, { vectors: { size, distance: "Cosine" } }));
        await ask((client) =>
          client.createPayloadIndex(name, { field_name: "project_id", field_schema: "keyword", wait: true }),
        );
      }
      if (!known.has(collection)) await pointAlias(collection, name, false);
    }
    ready.add(model);
  };
  const pointAlias = (alias: string, name: string, isMoved: boolean) =>
    ask((client) =>
      client.updateCollectionAliases({
        actions: [
          ...(isMoved ? [{ delete_alias: { alias_name: alias } }] : []),
          { create_alias: { alias_name: alias, collection_name: name } },
        ],
      }),
    );

  return {
    index: {
      engine: "qdrant",
      async search({ projectId, collection, model, vector, filter, limit }) {
        const must = Object.entries({ ...filter, project_id: projectId }).map(([key, value]) => ({
          key,
          match: { value },
        }));
        const { points } = await ask((client) =>
          client.query(nameOf(collection, model), { query: [...vector], filter: { must }, limit, with_payload: false }),
        );
        return points.map(({ id, score }) => ({ pointId: String(id), similarity: score }));
      },
      async activate(model) {
        const [existing, known] = [await own(), await aliases()];
        for (const collection of retrievalCollections) {
          const name = nameOf(collection, model);
          if (existing.includes(name) && known.get(collection) !== name)
            await pointAlias(collection, name, known.has(collection));
        }
        for (const name of existing)
          if (!name.endsWith(SEPARATOR + slugOf(model))) await ask((client) => client.deleteCollection(name));
        ready.clear();
      },
      async check() {
        try {
          const { version } = await ask((client) => client.versionInfo());
          return { engine: "qdrant", isHealthy: true, message: `Qdrant ${version} answers.` };
        } catch (error) {
          return {
            engine: "qdrant",
            isHealthy: false,
            message: error instanceof Error ? error.message : String(error),
          };
        }
      },
      close: async () => undefined,
    },
    copy: {
      engine: "qdrant",
      prepare: async () => ready.clear(),
      async clear() {
        ready.clear();
        const [name] = await own();
        if (name === undefined) return { isEmpty: true };
        await ask((client) => client.deleteCollection(name));
        return { isEmpty: false };
      },
      async write(vectors) {
        for (const [name, group] of Map.groupBy(vectors, ({ collection, model }) => nameOf(collection, model))) {
          const [first] = group;
          if (first !== undefined) await prepareModel(first.model, first.dimensions);
          const points = group.map(({ pointId: id, vector, payload, projectId }) => ({
            id,
            vector: [...vector],
            payload: { ...payload, project_id: projectId },
          }));
          await ask((client) => client.upsert(name, { wait: true, points }));
        }
      },
      async remove(points) {
        const existing = await own();
        for (const [collection, group] of Map.groupBy(points, (point) => point.collection))
          for (const name of existing.filter((one) => one.startsWith(collection + SEPARATOR)))
            await ask((client) => client.delete(name, { wait: true, points: group.map(({ pointId }) => pointId) }));
      },
    },
  };
}

function nameOf(collection: string, model: string): string {
  return collection + SEPARATOR + slugOf(model);
}

/** Readable, and different for different models. */
function slugOf(model: string): string {
  const readable = model
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 40);
  return `${readable}-${createHash("sha256").update(model).digest("hex").slice(0, 8)}`;
}

function unavailable(cause: unknown, { url, apiKey }: QdrantSettings): CulpritError {
  const {
    status,
    data,
    message = String(cause),
  } = cause as { status?: number; data?: { status?: { error?: string } }; message?: string };
  const words = data?.status?.error ?? message;
  const what =
    status === 401 || status === 403
      ? "Check QDRANT_API_KEY."
      : status === 404
        ? "It holds no vectors of this model yet; if it was emptied, run culprit engines rebuild qdrant."
        : "Check that it runs and that QDRANT_URL is right.";
  const safe = apiKey === "" ? words : words.replaceAll(apiKey, "[key]");
  return new CulpritError(
    "ENGINE_UNAVAILABLE",
    `Qdrant at ${URL.canParse(url) ? new URL(url).host : "QDRANT_URL"}: ${safe}. ${what}`,
  );
}
