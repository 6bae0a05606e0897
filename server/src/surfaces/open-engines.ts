import { setTimeout as delay } from "node:timers/promises";
import {
  type ChangeDeps,
  openProjectRepository,
  postgresTopology,
  type Topology,
  topologyProjection,
  untilFilled,
} from "../domains/change/index.ts";
import {
  advanceModel,
  createRetrieval,
  type Embedder,
  exactVectors,
  HASHING_MODEL,
  hashingEmbedder,
  indexProjection,
  type Retrieval,
  rebuildModel,
  retrievalProjection,
  syncRunbooks,
  type VectorIndex,
} from "../domains/investigation/index.ts";
import type { Config } from "../platform/config/options.ts";
import type { Database } from "../platform/db/open-database.ts";
import type { EngineCheck } from "../platform/engines/engine-check.ts";
import { describeEngine, type Projection } from "../platform/engines/projection.ts";
import { forgetLeftEngines, Projector, projectionStatus } from "../platform/engines/projector.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import type { Log } from "../platform/log/log.ts";
import { providerEmbedder } from "../vendors/embeddings/provider-embedder.ts";
import { neo4jClient, neo4jCopy, neo4jTopology } from "../vendors/neo4j/index.ts";
import { findPgvector, pgvectorIndex } from "../vendors/pgvector/pgvector-index.ts";
import { qdrantVectors } from "../vendors/qdrant/qdrant-vectors.ts";

const FORGET_AFTER_DAYS = 14;
const HOUR_MS = 3_600_000;
/** Between looks for points without a vector; the built-in embedder makes them at once. */
const EMBED_EVERY_MS = 15_000;
const EMBED_WAIT_MS = 1_000;
const BACKOFF_MS_MAX = 60_000;

/** The engines beside the database as the settings name them, and what feeds them. */
export interface Engines {
  readonly topology: Topology;
  readonly retrieval: Retrieval;
  /** What can be built anew: `index`, `embeddings`, and `neo4j` and `qdrant` where they are named. */
  readonly names: readonly string[];
  /** How each of them stands. Never throws. */
  checks(): Promise<readonly EngineCheck[]>;
  /** @throws CulpritError ENGINE_UNAVAILABLE for one that is named and does not answer. */
  refuseUnreachable(): Promise<void>;
  /** Feeds them until the returned function is called. */
  work(): () => Promise<void>;
  /** Builds one anew and returns when it is complete. Another process may do the work. @throws CulpritError NOT_FOUND. */
  rebuild(name: string, onProgress: (line: string) => void): Promise<void>;
  /** Goes on with what is not complete and returns when it is. */
  catchUp(name: string): Promise<void>;
  /** Reads the runbooks of a project's repository again. @returns how many there are; null without a repository that can be read. */
  syncRunbooks(projectId: string): Promise<number | null>;
  close(): Promise<void>;
}

/** Opens what the settings name; nothing is asked yet but the database. */
export async function openEngines(
  config: Config,
  deps: { readonly database: Database; readonly log: Log; readonly git: ChangeDeps["git"] },
): Promise<Engines> {
  const { database, log } = deps;
  const client =
    config.neo4jUrl === ""
      ? null
      : neo4jClient({
          url: config.neo4jUrl,
          user: config.neo4jUser,
          password: config.neo4jPassword,
          database: config.neo4jDatabase,
        });
  const qdrant = config.qdrantUrl === "" ? null : qdrantVectors({ url: config.qdrantUrl, apiKey: config.qdrantApiKey });
  const { index, note } = qdrant === null ? await localVectors(database) : { index: qdrant.index, note: null };
  const embedder = embedderOf(config);
  const embedders = (model: string): Embedder | null =>
    model === embedder.model
      ? embedder
      : model === HASHING_MODEL
        ? hashingEmbedder()
        : // An earlier model of the same provider: asked until the new one took over.
          config.embeddingUrl === ""
          ? null
          : providerEmbedder({ model, url: config.embeddingUrl, apiKey: config.embeddingApiKey });
  const retrieval = createRetrieval({ database, index, embedders, localModel: HASHING_MODEL });
  const readRunbooks = async (projectId: string): Promise<number | null> => {
    const opened = await openProjectRepository({ database, git: deps.git }, projectId);
    if (opened.kind !== "open") return null;
    const { git } = opened.repository;
    const commit = await git.resolveCommit("HEAD");
    return commit === null ? null : syncRunbooks({ db: database.db, retrieval }, { projectId, git, commit });
  };
  const projections: Projection[] = [
    indexProjection({ database, retrieval, syncRunbooks: async (projectId) => void (await readRunbooks(projectId)) }),
    ...(client === null ? [] : [topologyProjection(database, neo4jCopy(client))]),
    ...(qdrant === null ? [] : [retrievalProjection(database, qdrant.copy)]),
  ];
  const projectors = new Map(
    projections.map((projection) => [projection.engine, new Projector({ database, projection, log })]),
  );
  const statusOf = (engine: string) => {
    const projection = projections.find((one) => one.engine === engine);
    return projection === undefined ? null : projectionStatus(database, projection);
  };
  const record = postgresTopology(database);
  const topology =
    client === null
      ? record
      : untilFilled(neo4jTopology(client), record, async () => (await statusOf("neo4j"))?.state === "ready");
  const isIndexComplete = async () => {
    const status = await statusOf("qdrant");
    return status === null || (status.state === "ready" && status.waiting === 0);
  };
  const advance = () => advanceModel({ database, embedder, index, isIndexComplete });

  const checks = async (): Promise<readonly EngineCheck[]> => {
    const [own, search] = await Promise.all([topology.check(), retrieval.check()]);
    const found = [
      describeEngine({ ...own, serves: "topology" }, client === null ? null : ((await statusOf("neo4j")) ?? null)),
      describeEngine(
        { ...search, serves: "search", message: note === null ? search.message : `${search.message} ${note}` },
        qdrant === null ? null : ((await statusOf("qdrant")) ?? null),
      ),
    ];
    const indexing = (await statusOf("index")) ?? null;
    return [
      ...found,
      describeEngine(
        {
          engine: "index",
          serves: "search",
          isHealthy: true,
          message: "Commits, runbooks and incidents are made searchable.",
        },
        indexing,
      ),
    ];
  };
  const projectorOf = (name: string): Projector => {
    const projector = projectors.get(name);
    if (projector === undefined)
      throw new CulpritError(
        "NOT_FOUND",
        `There is no engine ${JSON.stringify(name)} in these settings; there are: ${[...projectors.keys(), "embeddings"].join(", ")}.`,
      );
    return projector;
  };
  const embedAll = async (onProgress: (line: string) => void) => {
    for (;;) {
      const worked = await advance();
      if (worked === "done") return;
      onProgress((await retrieval.check()).message);
      if (worked === "waiting") {
        await projectors.get("qdrant")?.catchUp();
        await delay(50);
      }
    }
  };

  return {
    ...{ topology, retrieval, names: [...projectors.keys(), "embeddings"], checks },
    async refuseUnreachable() {
      const asked = [...(client === null ? [] : [topology.check()]), ...(qdrant === null ? [] : [index.check()])];
      const away = (await Promise.all(asked)).filter(({ isHealthy }) => !isHealthy);
      if (away.length > 0) throw new CulpritError("ENGINE_UNAVAILABLE", away.map(({ message }) => message).join(" "));
    },
    work() {
      const ending = new AbortController();
      for (const projector of projectors.values()) projector.start();
      const embedding = keepEmbedding(advance, log, ending.signal);
      const forget = async () => {
        for (const engine of await forgetLeftEngines(database, FORGET_AFTER_DAYS))
          log.warn(
            { engine },
            "an engine that nobody fed for two weeks is forgotten; it is filled anew when it is named again",
          );
      };
      const timer = setInterval(
        () => void forget().catch((err: unknown) => log.warn({ err }, "left engines can't be looked for")),
        HOUR_MS,
      ).unref();
      return async () => {
        clearInterval(timer);
        ending.abort();
        await Promise.all([...projectors.values()].map((projector) => projector.stop()));
        await embedding;
      };
    },
    async rebuild(name, onProgress) {
      if (name === "embeddings") {
        await rebuildModel(database.db, embedder.model);
        await embedAll(onProgress);
        return;
      }
      const projector = projectorOf(name);
      await projector.rebuild();
      await projector.catchUp(({ state, rowsDone, rowsTotal }) =>
        onProgress(`${name} is ${state}: ${rowsDone} of ${rowsTotal}`),
      );
    },
    async catchUp(name) {
      if (name === "embeddings") await embedAll(() => undefined);
      else await projectorOf(name).catchUp();
    },
    syncRunbooks: readRunbooks,
    close: async () => {
      await topology.close();
      await retrieval.close();
    },
  };
}

/** pgvector where the server has it, else this process, and why. */
async function localVectors(
  database: Database,
): Promise<{ readonly index: VectorIndex; readonly note: string | null }> {
  const found = await findPgvector(database);
  return "version" in found
    ? { index: pgvectorIndex(database, found.version), note: null }
    : { index: exactVectors(database), note: found.reason };
}

function embedderOf({ embeddingModel, embeddingUrl, embeddingApiKey }: Config): Embedder {
  if (embeddingModel === "") return hashingEmbedder();
  if (embeddingUrl === "")
    throw new CulpritError(
      "CONFIG_INVALID",
      `EMBEDDING_MODEL is ${JSON.stringify(embeddingModel)}, but EMBEDDING_URL does not say where it is.`,
      {
        details: { field: "embeddingUrl" },
      },
    );
  return providerEmbedder({ model: embeddingModel, url: embeddingUrl, apiKey: embeddingApiKey });
}

/** Makes the vectors that are lacking; a failure stands in the model's row and is tried again with back-off. */
async function keepEmbedding(
  advance: () => Promise<"worked" | "waiting" | "done">,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  let backoffMs = EMBED_WAIT_MS;
  while (!signal.aborted) {
    let restMs = 0;
    try {
      const worked = await advance();
      restMs = worked === "worked" ? 0 : worked === "waiting" ? EMBED_WAIT_MS : EMBED_EVERY_MS;
      backoffMs = EMBED_WAIT_MS;
    } catch (err) {
      if (backoffMs === EMBED_WAIT_MS) log.error({ err }, "vectors can't be made; words are searched meanwhile");
      restMs = backoffMs;
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MS_MAX);
    }
    if (restMs > 0) await delay(restMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
