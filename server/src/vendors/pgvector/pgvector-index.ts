import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { VectorHit, VectorIndex } from "../../domains/investigation/retrieval/retrieval-port.ts";
import type { Database } from "../../platform/db/open-database.ts";

/** From so many vectors of a model on an approximate index (HNSW) is made; below, an exact scan of one project is as quick. */
const INDEX_FROM = 50_000;
/** pgvector indexes vectors of at most this length. */
const INDEX_DIMENSIONS_MAX = 2_000;

/** The version of pgvector that the server has for us, or why there is none. */
export type PgvectorFound = { readonly version: string } | { readonly reason: string };

/** Finds pgvector on the server, and takes it into the database where that is allowed. */
export async function findPgvector({ pool }: Pick<Database, "pool">): Promise<PgvectorFound> {
  const { rows } = await pool.query<{ default_version: string; installed_version: string | null }>(
    "select default_version, installed_version from pg_available_extensions where name = 'vector'",
  );
  const [extension] = rows;
  if (extension === undefined) return { reason: "The server does not have pgvector." };
  if (extension.installed_version !== null) return { version: extension.installed_version };
  try {
    await pool.query("create extension if not exists vector");
    return { version: extension.default_version };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return {
      reason: `The server has pgvector, but not for this user: ${words}. Its owner may say CREATE EXTENSION vector.`,
    };
  }
}

/**
 * Compares vectors in the database. They stay `real[]` and are cast, so that the same rows serve a server without pgvector; the index, made
 * once there are many, is over the cast.
 */
export function pgvectorIndex(database: Pick<Database, "db" | "pool">, version: string): VectorIndex {
  const { db, pool } = database;
  const dimensionsOf = async (model: string) => {
    const row = await db
      .selectFrom("embedding_models")
      .select("dimensions")
      .where("model", "=", model)
      .executeTakeFirst();
    return row?.dimensions ?? null;
  };
  return {
    engine: "pgvector",
    async search({ projectId, collection, model, vector, filter, limit }) {
      const dimensions = await dimensionsOf(model);
      if (dimensions === null || dimensions !== vector.length) return [];
      const type = sql.raw(`vector(${dimensions})`);
      const asked = sql`${`[${vector.join(",")}]`}::${type}`;
      const { rows } = await sql<VectorHit>`
        SELECT v.point_id AS "pointId", 1 - (v.embedding::${type} <=> ${asked}) AS similarity
        FROM retrieval_vectors v JOIN retrieval_points p USING (collection, point_id)
        WHERE v.model = ${model} AND v.collection = ${collection} AND v.project_id = ${projectId} AND p.payload @> ${JSON.stringify(filter)}::jsonb
        ORDER BY v.embedding::${type} <=> ${asked}, v.point_id LIMIT ${limit}`.execute(db);
      return rows;
    },
    async activate(model) {
      const dimensions = await dimensionsOf(model);
      const { rows } = await pool.query<{ count: string }>("select count(*) from retrieval_vectors where model = $1", [
        model,
      ]);
      if (dimensions === null || dimensions > INDEX_DIMENSIONS_MAX || Number(rows[0]?.count ?? 0) < INDEX_FROM) return;
      const name = `idx_retrieval_vectors_hnsw_${createHash("sha256").update(model).digest("hex").slice(0, 12)}`;
      await pool.query(
        `create index concurrently if not exists ${name} on retrieval_vectors
         using hnsw ((embedding::vector(${dimensions})) vector_cosine_ops) where model = '${model.replaceAll("'", "''")}'`,
      );
    },
    check: async () => ({
      engine: "pgvector",
      isHealthy: true,
      message: `pgvector ${version} compares vectors in the database.`,
    }),
    close: async () => undefined,
  };
}
