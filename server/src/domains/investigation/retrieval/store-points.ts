import { type Kysely, sql } from "kysely";
import { storableJson, storableText } from "../../../platform/db/storable-json.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { RetrievalCollection, RetrievalPoint } from "./retrieval-port.ts";
import { tokensOf } from "./tokens.ts";

const CONTENT_MAX = 20_000;

/**
 * Keeps points with their words. Where the text changed, the vectors of the old one go in the same statement. Idempotent; sorted, so that two
 * writers never wait for each other in a circle. A point stays in the project that made it.
 */
export async function storePoints(db: Kysely<DB>, points: readonly RetrievalPoint[]): Promise<void> {
  const rows = [...points]
    .map(({ id, projectId, collection, content, payload }) => {
      const text = storableText(content).slice(0, CONTENT_MAX);
      return { id, project: projectId, collection, content: text, payload, words: tokensOf(text).join(" ") };
    })
    .sort((a, b) => (a.collection + a.id < b.collection + b.id ? -1 : 1));
  if (rows.length === 0) return;
  await sql`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(storableJson(rows))}::jsonb) AS g(id uuid, project uuid, collection text, content text, payload jsonb, words text)
    ), stale AS (
      DELETE FROM retrieval_vectors v USING given g, retrieval_points p
      WHERE v.collection = g.collection AND v.point_id = g.id AND p.collection = g.collection AND p.point_id = g.id AND p.content <> g.content
    )
    INSERT INTO retrieval_points AS p (collection, point_id, project_id, content, payload, words)
    SELECT collection, id, project, content, payload, to_tsvector('simple', words) FROM given ORDER BY collection, id
    ON CONFLICT (collection, point_id) DO UPDATE SET content = EXCLUDED.content, payload = EXCLUDED.payload, words = EXCLUDED.words
      WHERE p.project_id = EXCLUDED.project_id AND (p.content <> EXCLUDED.content OR p.payload <> EXCLUDED.payload)`.execute(
    db,
  );
}

/** Removes points with their vectors. Idempotent. */
export async function removePoints(
  db: Kysely<DB>,
  collection: RetrievalCollection,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await sql`DELETE FROM retrieval_points WHERE collection = ${collection} AND point_id = ANY(${ids}::uuid[])`.execute(
    db,
  );
}
