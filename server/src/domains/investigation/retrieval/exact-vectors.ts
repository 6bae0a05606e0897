import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { VectorHit, VectorIndex, VectorQuery } from "./retrieval-port.ts";

/** Vectors of one project and collection that are compared; of more, the newest. 20,000 of 512 numbers are 40 MB and 12 ms. */
export const EXACT_VECTORS_MAX = 20_000;
/** Held in memory by one process, for all projects together. */
const BYTES_MAX = 96 * 1024 * 1024;
const PAGE = 2_000;

/** The vectors of one project, collection and model, row by row in one array. */
interface Matrix {
  readonly ids: string[];
  readonly rowOf: Map<string, number>;
  data: Float32Array;
  dimensions: number;
  version: number;
}

/**
 * Compares a vector with every other, in this process, for a server without pgvector. What was read is kept, and only what is new is read
 * again; which that is tells the database, so that two processes give the same answer.
 */
export function exactVectors({ db }: { readonly db: Kysely<DB> }): VectorIndex {
  // In the order in which they were last used.
  const matrices = new Map<string, Matrix>();
  let cutTo: string | null = null;

  const load = async ({ projectId, collection, model }: VectorQuery): Promise<Matrix> => {
    const key = JSON.stringify([projectId, collection, model]);
    const own = sql`project_id = ${projectId} AND collection = ${collection} AND model = ${model}`;
    const { rows } = await sql<{ count: number; version: number | null; total: number }>`
      SELECT count(*)::int AS count, max(version) AS version, (SELECT count(*)::int FROM retrieval_vectors WHERE ${own}) AS total
      FROM (SELECT version FROM retrieval_vectors WHERE ${own} ORDER BY version DESC LIMIT ${EXACT_VECTORS_MAX}) AS newest`.execute(
      db,
    );
    const { count = 0, version = null, total = 0 } = rows[0] ?? {};
    if (total > EXACT_VECTORS_MAX)
      cutTo = `${collection} of a project has ${total} vectors, of which the newest ${EXACT_VECTORS_MAX} are compared: pgvector or Qdrant compare all.`;
    let matrix = matrices.get(key);
    if (matrix !== undefined && matrix.version < (version ?? 0)) await readInto(db, matrix, own);
    // Something was removed, replaced or written late: what is here can't be told from that.
    if (matrix === undefined || matrix.ids.length !== count || matrix.version !== (version ?? 0)) {
      matrix = { ids: [], rowOf: new Map(), data: new Float32Array(0), dimensions: 0, version: 0 };
      await readInto(db, matrix, own);
    }
    matrices.delete(key);
    matrices.set(key, matrix);
    let bytes = [...matrices.values()].reduce((sum, one) => sum + one.data.byteLength, 0);
    for (const [oldest, one] of matrices) {
      if (bytes <= BYTES_MAX || oldest === key) break;
      matrices.delete(oldest);
      bytes -= one.data.byteLength;
    }
    return matrix;
  };

  return {
    engine: "postgres",
    async search(query) {
      const matrix = await load(query);
      const allowed = await allowedBy(db, query);
      return nearest(matrix, query.vector, allowed, query.limit);
    },
    activate: async () => matrices.clear(),
    check: async () => ({
      engine: "postgres",
      isHealthy: true,
      message: cutTo ?? "Vectors are in the database and compared in this process.",
    }),
    close: async () => matrices.clear(),
  };
}

/** The points whose payload has the values asked for; null for no condition. */
async function allowedBy(
  db: Kysely<DB>,
  { projectId, collection, filter }: VectorQuery,
): Promise<ReadonlySet<string> | null> {
  if (Object.keys(filter).length === 0) return null;
  const { rows } = await sql<{ point_id: string }>`
    SELECT point_id FROM retrieval_points WHERE project_id = ${projectId} AND collection = ${collection} AND payload @> ${JSON.stringify(filter)}::jsonb`.execute(
    db,
  );
  return new Set(rows.map(({ point_id }) => point_id));
}

async function readInto(db: Kysely<DB>, matrix: Matrix, own: ReturnType<typeof sql>): Promise<void> {
  // Newest first, so that of too many those are left out that would be left out of a fresh matrix too.
  let before: number | null = null;
  const since = matrix.version;
  for (let read = 0; read < EXACT_VECTORS_MAX; ) {
    const { rows }: { rows: { point_id: string; version: number; bytes: Buffer }[] } = await sql<{
      point_id: string;
      version: number;
      bytes: Buffer;
    }>`
      SELECT point_id, version, array_send(embedding) AS bytes FROM retrieval_vectors
      WHERE ${own} AND version > ${since} ${before === null ? sql`` : sql`AND version < ${before}`} ORDER BY version DESC LIMIT ${PAGE}`.execute(
      db,
    );
    for (const { point_id, version, bytes } of rows) {
      put(matrix, point_id, readFloats(bytes));
      matrix.version = Math.max(matrix.version, version);
    }
    read += rows.length;
    before = rows.at(-1)?.version ?? null;
    if (rows.length < PAGE) return;
  }
}

function put(matrix: Matrix, id: string, vector: Float32Array): void {
  if (matrix.dimensions === 0) matrix.dimensions = vector.length;
  if (vector.length !== matrix.dimensions) return;
  let row = matrix.rowOf.get(id);
  if (row === undefined) {
    row = matrix.ids.push(id) - 1;
    matrix.rowOf.set(id, row);
    const needed = (row + 1) * matrix.dimensions;
    if (needed > matrix.data.length) {
      const grown = new Float32Array(Math.max(needed, Math.ceil(matrix.data.length * 1.5), 64 * matrix.dimensions));
      grown.set(matrix.data);
      matrix.data = grown;
    }
  }
  matrix.data.set(vector, row * matrix.dimensions);
}

/** PostgreSQL's binary form of `real[]`: a head of 20 bytes, then for each number its length (4) and the number, big endian. */
function readFloats(bytes: Buffer): Float32Array {
  const length = bytes.length < 20 ? 0 : bytes.readInt32BE(12);
  const vector = new Float32Array(length);
  for (let i = 0; i < length; i++) vector[i] = bytes.readFloatBE(24 + i * 8);
  return vector;
}

function nearest(
  matrix: Matrix,
  vector: Float32Array,
  allowed: ReadonlySet<string> | null,
  limit: number,
): VectorHit[] {
  const { data, dimensions, ids } = matrix;
  if (dimensions !== vector.length) return [];
  const hits: VectorHit[] = [];
  for (const [row, pointId] of ids.entries()) {
    if (allowed !== null && !allowed.has(pointId)) continue;
    let similarity = 0;
    for (let i = 0, at = row * dimensions; i < dimensions; i++, at++) similarity += (data[at] ?? 0) * (vector[i] ?? 0);
    if (hits.length === limit && similarity <= (hits.at(-1)?.similarity ?? 0)) continue;
    const place = hits.findIndex((hit) => hit.similarity < similarity);
    hits.splice(place === -1 ? hits.length : place, 0, { pointId, similarity });
    if (hits.length > limit) hits.pop();
  }
  return hits;
}
