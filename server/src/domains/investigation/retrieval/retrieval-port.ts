import type { EngineCheck } from "../../../platform/engines/engine-check.ts";

/*
 * Search by meaning and by words over three collections. PostgreSQL is the record (`retrieval_points`); pgvector and Qdrant find
 * faster. All pass `retrieval-conformance.ts`. A hit becomes evidence: `ref` is `<collection>/<point_id>`.
 */

export const retrievalCollections = ["git_diff_chunks", "runbooks", "incident_summaries"] as const;
export type RetrievalCollection = (typeof retrievalCollections)[number];

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

export interface RetrievalHit {
  readonly point: RetrievalPoint;
  /** 0..1, cosine similarity of the embeddings, 0 where only words matched. */
  readonly similarity: number;
  /** Rank fusion of both ways of searching; the order of the answer. */
  readonly score: number;
  readonly source: "postgres" | "pgvector" | "qdrant";
  /** `<collection>/<point_id>` */
  readonly ref: string;
}

export interface Retrieval {
  readonly engine: "postgres" | "pgvector" | "qdrant";
  upsert(points: readonly RetrievalPoint[]): Promise<void>;
  remove(collection: RetrievalCollection, ids: readonly string[]): Promise<void>;
  search(query: RetrievalQuery): Promise<readonly RetrievalHit[]>;
  check(): Promise<EngineCheck>;
  close(): Promise<void>;
}

/** Makes vectors of texts. `model` names what made them; its change builds the collections anew beside the old ones. */
export interface Embedder {
  readonly model: string;
  readonly dimensions: number;
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}
