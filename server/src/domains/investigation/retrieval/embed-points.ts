import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { Embedder } from "./retrieval-port.ts";

const BATCH_MAX = 64;

/**
 * Makes the vectors that points still lack, a batch of them, or those of the points named. A text that changed meanwhile keeps none of the old
 * one. @returns how many were made; 0 when none is lacking.
 */
export async function embedPoints(
  db: Kysely<DB>,
  embedder: Embedder,
  points?: readonly { readonly collection: string; readonly id: string }[],
): Promise<number> {
  const named = points === undefined ? null : JSON.stringify(points.map(({ collection, id }) => ({ collection, id })));
  const { rows } = await sql<{ collection: string; point_id: string; content: string }>`
    SELECT p.collection, p.point_id, p.content FROM retrieval_points p
    WHERE ${named === null ? sql`true` : sql`(p.collection, p.point_id) IN (SELECT collection, id FROM jsonb_to_recordset(${named}::jsonb) AS n(collection text, id uuid))`}
      AND NOT EXISTS (SELECT 1 FROM retrieval_vectors v WHERE v.model = ${embedder.model} AND v.collection = p.collection AND v.point_id = p.point_id)
    ORDER BY p.updated_at DESC LIMIT ${BATCH_MAX}`.execute(db);
  if (rows.length === 0) return 0;
  const vectors = await embedder.embed(rows.map(({ content }) => content));
  const made = rows.flatMap(({ collection, point_id, content }, n) => {
    const vector = vectors[n];
    return vector === undefined ? [] : [{ collection, id: point_id, text: md5(content), vector: [...vector] }];
  });
  const dimensions = vectors[0]?.length ?? 0;
  await sql`UPDATE embedding_models SET dimensions = ${dimensions} WHERE model = ${embedder.model} AND dimensions IS NULL`.execute(
    db,
  );
  const { rows: written } = await sql`
    INSERT INTO retrieval_vectors AS v (model, collection, point_id, project_id, embedding)
    SELECT m.model, p.collection, p.point_id, p.project_id, g.vector
    FROM jsonb_to_recordset(${JSON.stringify(made)}::jsonb) AS g(collection text, id uuid, text text, vector real[])
    JOIN retrieval_points p ON p.collection = g.collection AND p.point_id = g.id AND md5(p.content) = g.text
    JOIN embedding_models m ON m.model = ${embedder.model} AND m.dimensions = cardinality(g.vector)
    ORDER BY p.collection, p.point_id ON CONFLICT DO NOTHING RETURNING 1`.execute(db);
  return written.length;
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
