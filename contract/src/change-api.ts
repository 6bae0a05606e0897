import { z } from "zod";
import { listOf, listQuery } from "./list.ts";

const instant = z.iso.datetime({ offset: true });

/** Query of `GET /api/services`: those of a project by their key. */
export const serviceListQuerySchema = z.strictObject({ ...listQuery, name: z.string().max(255).optional() });

export const serviceSchema = z.object({
  id: z.string(),
  /** cluster/namespace/service; `default/<environment>/<service>` where no cluster is known. */
  key: z.string(),
  name: z.string(),
  /** Paths of the repository that are its own; empty where it has all of it, or nobody said. */
  paths: z.array(z.string()),
  /** What runs, by environment. */
  running: z.array(
    z.object({
      environment: z.string(),
      commit_sha: z.string().nullable(),
      release: z.string().nullable(),
      since: instant,
      /** 0..1: how sure the commit is. Below 0.8 it is not blamed. */
      mapping_confidence: z.number(),
      /** How the commit is known: reported_commit, oci_label, annotation, gitops_commit, image_tag, … */
      mapping_source: z.string(),
    }),
  ),
});
export type Service = z.infer<typeof serviceSchema>;
export const serviceListSchema = listOf(serviceSchema);
export type ServiceList = z.infer<typeof serviceListSchema>;

/** Body of `PUT /api/services/:id/paths`. */
export const servicePathsInputSchema = z.strictObject({
  /** Patterns as in CODEOWNERS: `/services/cart/`. Empty: all of the repository is its own again. */
  paths: z.array(z.string().trim().min(1).max(500)).max(200),
});

/** Query of `GET /api/changes`: what people changed, newest first. */
export const changeListQuerySchema = z.strictObject({
  ...listQuery,
  environment: z.string().max(50).optional(),
  /** A service's name. Changes that concern no service in particular are listed too. */
  service: z.string().max(255).optional(),
  from: instant.optional(),
  to: instant.optional(),
});

export const changeSchema = z.object({
  /** `dep_…` or `cfg_…`. */
  id: z.string(),
  kind: z.enum(["deployment", "rollback", "config", "flag", "migration"]),
  at: instant,
  service: z.string().nullable(),
  environment: z.string(),
  /** One line. */
  title: z.string(),
  /** Of a deployment, as far as it is known. */
  commit_sha: z.string().nullable(),
  /** Commits that it brought, or that a rollback took out; null where it is not known. */
  commits: z.number().int().nullable(),
  actor: z.string().nullable(),
});
export type Change = z.infer<typeof changeSchema>;
export const changeListSchema = listOf(changeSchema);
export type ChangeList = z.infer<typeof changeListSchema>;
