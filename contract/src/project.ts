import { z } from "zod";

/** Body of `POST /api/projects`. */
export const projectInputSchema = z.strictObject({
  name: z
    .string()
    .min(1, "must not be empty")
    .max(100, "must have at most 100 characters")
    .regex(
      /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u,
      "must start with a letter or digit, then letters, digits, space, dot, dash, underscore",
    ),
  /** URL or local path of the git repository. */
  repository: z.string().min(1).max(2048).optional(),
});

/** Answer of `POST /api/projects`. The keys are shown once. */
export const projectCreatedSchema = z.object({
  project_id: z.string(),
  name: z.string(),
  ingest_key: z.string(),
  /** For reading and for `/api/deployments`, `/api/changes`, `/api/repositories`. */
  api_key: z.string(),
  dsn: z.string(),
  /** What is wrong with the repository's default branch and how it is mended. */
  warning: z.string().optional(),
});
export type ProjectCreated = z.infer<typeof projectCreatedSchema>;

export const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  repository: z.string().nullable(),
  /** Counted up to 1,000. */
  incident_count: z.number().int().max(1000),
  created_at: z.iso.datetime({ offset: true }),
  ingest_key_prefix: z.string(),
  ingest_key_last_used_at: z.iso.datetime({ offset: true }).nullable(),
});
export type Project = z.infer<typeof projectSchema>;

/** Answer of `GET /api/projects`: those that the caller may see, newest first. */
export const projectListSchema = z.object({ projects: z.array(projectSchema) });
export type ProjectList = z.infer<typeof projectListSchema>;

/** Body of `POST /api/repositories`. */
export const repositoryInputSchema = z.strictObject({ url: z.string().min(1).max(2048) });

/** Answer of `POST /api/repositories`. */
export interface RepositoryReply {
  readonly repository_id: string;
  readonly default_branch: string | null;
  /** What is wrong with the default branch and how it is mended. */
  readonly warning?: string;
}

export const meSchema = z.object({ id: z.string(), login: z.string(), version: z.string() });
