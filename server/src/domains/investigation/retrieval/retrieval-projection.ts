import { sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { Projection } from "../../../platform/engines/projection.ts";
import type { CopiedVector, RetrievalCollection, VectorCopy } from "./retrieval-port.ts";

/** Keeps a copy of the vectors, of all models, in step with `retrieval_vectors`: what is written is what stands there now. */
export function retrievalProjection({ db }: Pick<Database, "db">, copy: VectorCopy): Projection {
  return {
    engine: copy.engine,
    topic: "retrieval",
    batchMax: 200,
    prepare: () => copy.prepare(),
    clear: () => copy.clear(),
    async count() {
      const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM retrieval_points`.execute(db);
      return rows[0]?.count ?? 0;
    },
    async list(after, limit) {
      const [collection = "", id = "00000000-0000-0000-0000-000000000000"] = after?.split("/") ?? [];
      const { rows } = await sql<{ collection: string; point_id: string; project_id: string }>`
        SELECT collection, point_id, project_id FROM retrieval_points WHERE (collection, point_id) > (${collection}, ${id}::uuid)
        ORDER BY collection, point_id LIMIT ${limit}`.execute(db);
      return rows.map((row) => ({
        projectId: row.project_id,
        key: `${row.collection}/${row.point_id}`,
        isDeleted: false,
        payload: {},
      }));
    },
    async apply(facts) {
      const points = facts.map(({ key }) => {
        const [collection = "", pointId = ""] = key.split("/");
        return { collection: collection as RetrievalCollection, pointId };
      });
      const { rows } = await sql<CopiedVector & { isThere: boolean }>`
        SELECT g.collection, g."pointId", p.project_id AS "projectId", p.payload, v.model, v.embedding AS vector, cardinality(v.embedding) AS dimensions,
          p.point_id IS NOT NULL AS "isThere"
        FROM jsonb_to_recordset(${JSON.stringify(points)}::jsonb) AS g(collection text, "pointId" uuid)
        LEFT JOIN retrieval_points p ON p.collection = g.collection AND p.point_id = g."pointId"
        LEFT JOIN retrieval_vectors v ON v.collection = p.collection AND v.point_id = p.point_id`.execute(db);
      const gone = rows.filter(({ isThere }) => !isThere);
      if (gone.length > 0) await copy.remove(gone);
      const vectors = rows.filter(({ model }) => model !== null);
      if (vectors.length > 0) await copy.write(vectors);
    },
  };
}
