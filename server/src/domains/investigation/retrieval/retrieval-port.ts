import type { EngineCheck } from "../../../platform/engines/engine-check.ts";

/*
 * Search by meaning and by words over three collections. PostgreSQL is the record (`retrieval_points`, `retrieval_vectors`) and always searches
 * the words; vectors are compared by a `VectorIndex`: this process, pgvector or Qdrant. Both answers are fused by rank. All three pass
 * `retrieval-conformance.ts`. A hit becomes evidence: `ref` is `<collection>/<point_id>`.
 */

export const retrievalCollections = ["git_diff_chunks", "runbooks", "incident_summaries"] as const;
export type RetrievalCollection = (typeof retrievalCollections)[number];

export const SEARCH_MAX = 50;

export interface RetrievalPoint {
  readonly id: string;
  readonly projectId: string;
  readonly collection: RetrievalCollection;
  readonly content: string;
  /** The documented payload of the collection. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface RetrievalQuery {
  readonly projectId: string;
  readonly collection: RetrievalCollection;
  readonly text: string;
  /** Values that the payload must have. */
  readonly filter?: Readonly<Record<string, string>> | undefined;
  /** At most 50. */
  readonly limit: number;
}

export type RetrievalSource = "postgres" | "pgvector" | "qdrant";

export interface RetrievalHit {
  readonly point: RetrievalPoint;
  /** 0..1, cosine similarity of the embeddings, 0 where only words matched. */
  readonly similarity: number;
  /** Rank fusion of both ways of searching; the order of the answer. */
  readonly score: number;
  /** What found it: the index of vectors, or PostgreSQL by its words. */
  readonly source: RetrievalSource;
  /** `<collection>/<point_id>` */
  readonly ref: string;
}

export interface RetrievalAnswer {
  readonly hits: readonly RetrievalHit[];
  /** Why vectors were not compared, so that words alone found what there is; null where they were. */
  readonly missing: string | null;
}

export interface Retrieval {
  readonly engine: RetrievalSource;
  /** Keeps the points; one whose text changed gets a new vector. Durable when it returns; vectors may follow later. */
  upsert(points: readonly RetrievalPoint[]): Promise<void>;
  remove(collection: RetrievalCollection, ids: readonly string[]): Promise<void>;
  search(query: RetrievalQuery): Promise<RetrievalAnswer>;
  check(): Promise<EngineCheck>;
  close(): Promise<void>;
}

/** Makes vectors of texts, of length 1. `model` names what made them; its change builds the collections anew beside the old ones. */
export interface Embedder {
  readonly model: string;
  /** Vectors of one length, in the order of the texts. @throws CulpritError ENGINE_UNAVAILABLE. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

/** The embedder of a model by its name: the one of the settings, the built-in one, or one of an earlier setting; null where nobody makes such vectors. */
export type Embedders = (model: string) => Embedder | null;

export interface VectorQuery {
  readonly projectId: string;
  readonly collection: RetrievalCollection;
  readonly model: string;
  readonly vector: Float32Array;
  readonly filter: Readonly<Record<string, string>>;
  readonly limit: number;
}

export interface VectorHit {
  readonly pointId: string;
  readonly similarity: number;
}

/** Finds the nearest vectors. What is not in the same database is a copy, fed by the outbox (`VectorCopy`). */
export interface VectorIndex {
  readonly engine: RetrievalSource;
  /** Nearest first. */
  search(query: VectorQuery): Promise<readonly VectorHit[]>;
  /** From now on the model is searched with; the vectors of all others are not needed any more. Idempotent. */
  activate(model: string): Promise<void>;
  check(): Promise<EngineCheck>;
  close(): Promise<void>;
}

export interface CopiedVector {
  readonly model: string;
  readonly dimensions: number;
  readonly projectId: string;
  readonly collection: RetrievalCollection;
  readonly pointId: string;
  readonly vector: readonly number[];
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A copy of the vectors in another engine. */
export interface VectorCopy {
  readonly engine: "qdrant";
  prepare(): Promise<void>;
  clear(): Promise<{ readonly isEmpty: boolean }>;
  write(vectors: readonly CopiedVector[]): Promise<void>;
  remove(points: readonly { readonly collection: RetrievalCollection; readonly pointId: string }[]): Promise<void>;
}
