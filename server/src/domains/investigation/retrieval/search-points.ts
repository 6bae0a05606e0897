import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { activeModel } from "./embedding-models.ts";
import {
  type Embedders,
  type RetrievalAnswer,
  type RetrievalPoint,
  type RetrievalQuery,
  SEARCH_MAX,
  type VectorHit,
  type VectorIndex,
} from "./retrieval-port.ts";
import { queryTokens } from "./tokens.ts";

/** Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods (SIGIR 2009); their constant. */
const RANK_CONSTANT = 60;
/** Each way of searching gives this many, of which the fused best are answered. */
const CANDIDATES = 100;
/** Directions at random are about this near to each other; below it nearness tells nothing. */
const SIMILARITY_MIN = 0.05;

/**
 * Points of a collection for a question, by words and by meaning, fused by rank. Where vectors can't be compared, the answer says so and words
 * alone find what there is; nothing is left out in silence.
 */
export async function searchPoints(
  deps: { readonly db: Kysely<DB>; readonly index: VectorIndex; readonly embedders: Embedders },
  query: RetrievalQuery,
): Promise<RetrievalAnswer> {
  const limit = Math.min(Math.max(1, query.limit), SEARCH_MAX);
  const [words, vectors] = await Promise.all([searchWords(deps.db, query), searchVectors(deps, query)]);
  const fused = new Map<string, { score: number; similarity: number; isNear: boolean }>();
  const add = (id: string, rank: number, similarity: number, isNear: boolean) => {
    const known = fused.get(id) ?? { score: 0, similarity: 0, isNear: false };
    fused.set(id, {
      score: known.score + 1 / (RANK_CONSTANT + rank),
      similarity: Math.max(known.similarity, similarity),
      isNear: known.isNear || isNear,
    });
  };
  for (const [n, id] of words.entries()) add(id, n + 1, 0, false);
  for (const [n, hit] of vectors.hits.entries())
    add(hit.pointId, n + 1, Math.min(1, Math.max(0, hit.similarity)), true);
  const best = [...fused]
    .sort(([a, x], [b, y]) => y.score - x.score || y.similarity - x.similarity || (a < b ? -1 : 1))
    .slice(0, limit);
  const points = await loadPoints(
    deps.db,
    query,
    best.map(([id]) => id),
  );
  return {
    hits: best.flatMap(([id, { score, similarity, isNear }]) => {
      const point = points.get(id);
      // A copy may know a point that is gone by now.
      if (point === undefined) return [];
      return [
        {
          point,
          score,
          similarity,
          source: isNear ? deps.index.engine : ("postgres" as const),
          ref: `${query.collection}/${id}`,
        },
      ];
    }),
    missing: vectors.missing,
  };
}

async function searchVectors(
  { db, index, embedders }: { readonly db: Kysely<DB>; readonly index: VectorIndex; readonly embedders: Embedders },
  query: RetrievalQuery,
): Promise<{ readonly hits: readonly VectorHit[]; readonly missing: string | null }> {
  const model = await activeModel(db);
  if (model === null) return { hits: [], missing: "The vectors are being made; until then words alone are searched." };
  const embedder = embedders(model);
  if (embedder === null)
    return {
      hits: [],
      missing: `The vectors are those of ${model}, which the settings no longer name; the new ones are being made.`,
    };
  try {
    const [vector] = await embedder.embed([query.text]);
    if (vector === undefined) return { hits: [], missing: `${model} gave no vector for the question.` };
    const { projectId, collection, filter = {} } = query;
    const hits = await index.search({ projectId, collection, model, vector, filter, limit: CANDIDATES });
    return { hits: hits.filter(({ similarity }) => similarity >= SIMILARITY_MIN), missing: null };
  } catch (error) {
    return { hits: [], missing: error instanceof Error ? error.message : String(error) };
  }
}

async function searchWords(
  db: Kysely<DB>,
  { projectId, collection, text, filter = {} }: RetrievalQuery,
): Promise<readonly string[]> {
  const tokens = queryTokens(text);
  if (tokens.length === 0) return [];
  const any = tokens.map((token) => `'${token}'`).join(" | ");
  const { rows } = await sql<{ point_id: string }>`
    SELECT point_id FROM retrieval_points, to_tsquery('simple', ${any}) AS asked
    WHERE words @@ asked AND project_id = ${projectId} AND collection = ${collection} AND payload @> ${JSON.stringify(filter)}::jsonb
    ORDER BY ts_rank(words, asked, 1) DESC, point_id LIMIT ${CANDIDATES}`.execute(db);
  return rows.map(({ point_id }) => point_id);
}

async function loadPoints(
  db: Kysely<DB>,
  { projectId, collection }: RetrievalQuery,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RetrievalPoint>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ point_id: string; content: string; payload: Record<string, unknown> }>`
    SELECT point_id, content, payload FROM retrieval_points
    WHERE collection = ${collection} AND point_id = ANY(${ids}::uuid[]) AND project_id = ${projectId}`.execute(db);
  return new Map(
    rows.map(({ point_id: id, content, payload }) => [id, { id, projectId, collection, content, payload }]),
  );
}
