import { z } from "zod";

/** A commit id: 40 (SHA-1) or 64 (SHA-256) hex digits. */
export const commitShaSchema = z
  .string()
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/i, {
    error: ({ input }) =>
      `${JSON.stringify(String(input).slice(0, 80))} is no whole commit id; send its 40 or 64 hex digits (git rev-parse HEAD)`,
  })
  .transform((sha) => sha.toLowerCase());

export const deployTypes = ["helm", "k8s", "argo", "flux", "manual", "other"] as const;

/** What a deployment may be told by; a report without any of them tells nothing. */
const deploymentNames = ["commit_sha", "release", "image_ref", "deployment_id", "workload"] as const;

const labels = z.record(z.string().max(317), z.string().max(1024));

/** What a cluster says of the workload that was rolled out; the surest of it names the service and the revision. */
export const workloadSchema = z.strictObject({
  cluster: z.string().min(1).max(255),
  namespace: z.string().min(1).max(255),
  /** Name of the Deployment, StatefulSet, DaemonSet… */
  name: z.string().min(1).max(255),
  labels: labels.default({}),
  annotations: labels.default({}),
  /** Labels of the image's configuration (OCI), such as org.opencontainers.image.revision. */
  image_labels: labels.default({}),
  /** The commit that Argo CD or Flux has applied. */
  gitops_commit: commitShaSchema.nullish(),
});

/** Body of `POST /api/deployments`: a revision that started to run, named by at least one of `deploymentNames`. */
export const deploymentInputSchema = z
  .strictObject({
    /** Taken from `workload` where that is told and this is not. */
    service: z.string().min(1).max(255).optional(),
    environment: z.string().min(1).max(50).default("production"),
    /** Where the service runs in Kubernetes, and what it says of its revision. */
    workload: workloadSchema.optional(),
    /** The revision that runs from `started_at` on; a commit is better than a release name. */
    commit_sha: commitShaSchema.nullish(),
    release: z.string().min(1).max(255).nullish(),
    image_ref: z.string().min(1).max(1024).nullish(),
    deploy_type: z.enum(deployTypes).default("other"),
    deployment_id: z.string().min(1).max(255).nullish(),
    started_at: z.iso.datetime({ offset: true }).optional(),
    finished_at: z.iso.datetime({ offset: true }).nullish(),
    metadata: z.record(z.string().max(255), z.unknown()).default({}),
  })
  .refine((input) => deploymentNames.some((name) => input[name] != null), {
    path: ["commit_sha"],
    error:
      "is missing, and so are release, image_ref, deployment_id and workload, so nothing says what was deployed; send one of them, best the commit (git rev-parse HEAD)",
  });
export type DeploymentInput = z.output<typeof deploymentInputSchema>;

/** Answer of `POST /api/deployments` with status 201. */
export const deploymentReplySchema = z.object({
  deployment_id: z.string(),
  /** The commit that the deployment is, as far as it is known. */
  commit_sha: z.string().nullable(),
  /** What is odd about the report and will cost the diagnosis; absent where nothing is. */
  warning: z.string().optional(),
});
export type DeploymentReply = z.infer<typeof deploymentReplySchema>;

export const configChangeSources = [
  "k8s_deployment",
  "k8s_configmap",
  "k8s_secret",
  "k8s_replicaset",
  "db_schema",
  "feature_flag",
  "api",
] as const;
export const configChangeKinds = [
  "image_swap",
  "env_var",
  "resource_limit",
  "replica_count",
  "configmap_key",
  "secret_key",
  "db_schema_alter",
  "feature_flag",
  "setting",
] as const;

/** Body of `POST /api/changes`: something outside git that people changed. Values of secrets are dropped before storage. */
export const configChangeInputSchema = z.strictObject({
  service: z.string().min(1).max(255).nullish(),
  environment: z.string().min(1).max(50).default("production"),
  source: z.enum(configChangeSources).default("api"),
  change_kind: z.enum(configChangeKinds).default("setting"),
  resource_name: z.string().min(1).max(255),
  changes: z
    .array(
      z.strictObject({
        field: z.string().min(1).max(255),
        old_value: z.unknown().optional(),
        new_value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(200),
  actor: z.string().max(255).nullish(),
  /** The sender's id of this change; the same again is no second change. */
  external_id: z.string().min(1).max(255).nullish(),
  detected_at: z.iso.datetime({ offset: true }).optional(),
});
export type ConfigChangeInput = z.output<typeof configChangeInputSchema>;
