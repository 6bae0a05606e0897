import { z } from "zod";

/** The API of who calls whom. A key is `cluster/namespace/service` of a service, else `<kind>:<name>` such as `database:orders`. */

const instant = z.iso.datetime({ offset: true });
const key = z.string().min(1).max(500);
const environment = z.string().min(1).max(50).default("production");

/** `GET /api/topology`; `name` or `namespace/name` is enough where only one service has it. */
export const topologyQuerySchema = z.strictObject({
  project: z.string().optional(),
  service: key,
  environment,
  hops: z.coerce.number().int().min(0).max(5).default(2),
});
/** `GET /api/topology/commits`: commits that came with deployments since then. */
export const touchingCommitsQuerySchema = topologyQuerySchema.extend({ since: instant });

export const topologySchema = z.object({
  /** Which engine answered. */
  engine: z.enum(["postgres", "neo4j"]),
  service: z.string(),
  environment: z.string(),
  nodes: z.array(
    z.object({
      kind: z.enum(["service", "dependency", "database"]),
      key: z.string(),
      name: z.string(),
      /** The kind of a dependency, the engine of a database. */
      detail: z.string().nullable(),
      /** How many calls away; 0 is the place asked about. */
      hops: z.number().int().min(0),
    }),
  ),
  edges: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      source: z.enum(["traces", "kubernetes", "manual"]),
      last_seen_at: instant,
    }),
  ),
});
export type TopologyReply = z.infer<typeof topologySchema>;

export const touchingCommitsSchema = z.object({
  engine: z.enum(["postgres", "neo4j"]),
  items: z.array(
    z.object({
      sha: z.string(),
      repo: z.string(),
      authored_at: instant,
      service_key: z.string(),
      deployment_id: z.string(),
      started_at: instant,
    }),
  ),
});
export type TouchingCommits = z.infer<typeof touchingCommitsSchema>;

/** `POST /api/topology`: what calls what, said by somebody; it is kept beside what traces tell. */
export const topologyInputSchema = z.strictObject({
  environment,
  edges: z
    .array(z.strictObject({ from: key, to: key, engine: z.string().min(1).max(100).optional() }))
    .min(1)
    .max(1000),
});
