import { z } from "zod";
import { listOf, listQuery } from "./list.ts";

/** Search in what was indexed, and the runbooks among it. */

const instant = z.iso.datetime({ offset: true });
export const searchCollectionSchema = z.enum(["git_diff_chunks", "runbooks", "incident_summaries"]);

/** `GET /api/search`. */
export const searchQuerySchema = z.strictObject({
  project: z.string().optional(),
  q: z.string().trim().min(1).max(2000),
  /** All three where it is left out. */
  collection: searchCollectionSchema.optional(),
  /** Only what is about this service (`cluster/namespace/service`). */
  service: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});
export const searchSchema = z.object({
  /** The best of each collection, one collection after the other. */
  items: z.array(
    z.object({
      collection: searchCollectionSchema,
      /** `<collection>/<point_id>`, as evidence cites it. */
      ref: z.string(),
      source: z.enum(["postgres", "pgvector", "qdrant"]),
      /** 0..1, cosine; 0 where only words matched. */
      similarity: z.number().min(0).max(1),
      score: z.number(),
      content: z.string(),
      payload: z.record(z.string(), z.unknown()),
    }),
  ),
  /** Why vectors were not compared, so that words alone were searched; null where they were. */
  missing: z.string().nullable(),
});
export type SearchReply = z.infer<typeof searchSchema>;

/** `POST /api/runbooks`; one of the same title is replaced. */
export const runbookInputSchema = z.object({
  title: z.string().trim().min(1).max(300),
  /** Markdown. */
  content: z.string().min(1).max(500_000),
  service_key: z.string().min(1).max(500).optional(),
  tags: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
  source_url: z.url().optional(),
});
export const runbookSchema = z.object({
  id: z.string(),
  title: z.string(),
  service_key: z.string().nullable(),
  tags: z.array(z.string()),
  source_url: z.string().nullable(),
  /** Its file, where it comes from the repository. */
  repository_path: z.string().nullable(),
  updated_at: instant,
});
export const runbookListQuerySchema = z.strictObject(listQuery);
export const runbookListSchema = listOf(runbookSchema);
export type RunbookList = z.infer<typeof runbookListSchema>;
