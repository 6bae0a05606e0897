/** What Culprit calls of Qdrant, as its description names it. */
export const qdrantOperations = [
  "GET /",
  "GET /collections",
  "GET /aliases",
  "POST /collections/aliases",
  "GET /collections/{collection_name}/exists",
  "PUT /collections/{collection_name}",
  "DELETE /collections/{collection_name}",
  "PUT /collections/{collection_name}/index",
  "PUT /collections/{collection_name}/points",
  "POST /collections/{collection_name}/points/delete",
  "POST /collections/{collection_name}/points/query",
] as const;
export type QdrantOperation = (typeof qdrantOperations)[number];
