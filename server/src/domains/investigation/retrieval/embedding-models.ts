import { type Kysely, sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { embedPoints } from "./embed-points.ts";
import type { Embedder, VectorIndex } from "./retrieval-port.ts";

/** A model and how far its vectors are. */
export interface ModelStatus {
  readonly model: string;
  readonly state: "building" | "active";
  readonly dimensions: number | null;
  readonly rowsDone: number;
  readonly rowsTotal: number;
  readonly lastError: string | null;
}

/** The models that there are, the active one first. */
export async function listModels(db: Kysely<DB>): Promise<readonly ModelStatus[]> {
  const { rows } = await sql<ModelStatus>`
    SELECT model, state, dimensions, rows_done AS "rowsDone", rows_total AS "rowsTotal", last_error AS "lastError"
    FROM embedding_models ORDER BY state, model`.execute(db);
  return rows;
}

/** The model that is searched with; null while the first is being built. */
export async function activeModel(db: Kysely<DB>): Promise<string | null> {
  const row = await db.selectFrom("embedding_models").select("model").where("state", "=", "active").executeTakeFirst();
  return row?.model ?? null;
}

/** Throws the vectors of a model away, so that they are made anew. */
export async function rebuildModel(db: Kysely<DB>, model: string): Promise<void> {
  await db.deleteFrom("embedding_models").where("model", "=", model).execute();
}

/**
 * One piece of the work for the model of the settings: makes the vectors that are lacking, beside those of the active model, and lets it take over
 * once none is lacking and the index has them all. Until then the old one is searched with. Goes on where it was broken off.
 * @returns `done` when nothing is to be done now, `waiting` for the index. @throws what the embedder throws, after writing it to the row.
 */
export async function advanceModel(deps: {
  readonly database: Database;
  readonly embedder: Embedder;
  readonly index: VectorIndex;
  /** Whether the copy of the vectors in another engine has everything; true where there is none. */
  readonly isIndexComplete: () => Promise<boolean>;
}): Promise<"worked" | "waiting" | "done"> {
  const { database, embedder, index } = deps;
  const { db } = database;
  const { model } = embedder;
  await sql`INSERT INTO embedding_models (model, state) VALUES (${model}, 'building') ON CONFLICT DO NOTHING`.execute(
    db,
  );
  const made = await embedPoints(db, embedder).catch(async (error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    await db.updateTable("embedding_models").set({ last_error: words }).where("model", "=", model).execute();
    throw error;
  });
  const { rows } = await sql<{ state: string; missing: number }>`
    UPDATE embedding_models m SET last_error = NULL, rows_total = c.total, rows_done = c.done
    FROM (SELECT (SELECT count(*) FROM retrieval_points) AS total, (SELECT count(*) FROM retrieval_vectors WHERE model = ${model}) AS done) c
    WHERE m.model = ${model} AND (m.last_error IS NOT NULL OR (m.rows_total, m.rows_done) IS DISTINCT FROM (c.total, c.done) OR m.state = 'building')
    RETURNING m.state, (c.total - c.done)::int AS missing`.execute(db);
  if (made > 0) return "worked";
  const [row] = rows;
  if (row === undefined || row.state === "active") return "done";
  if (row.missing > 0 || !(await deps.isIndexComplete())) return "waiting";
  await index.activate(model);
  await database.transaction(async (tx) => {
    await tx.deleteFrom("embedding_models").where("model", "<>", model).execute();
    await sql`UPDATE embedding_models SET state = 'active', activated_at = now() WHERE model = ${model}`.execute(tx);
  });
  return "worked";
}
