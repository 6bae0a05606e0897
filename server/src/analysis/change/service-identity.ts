/** What Kubernetes says of the workload that a service runs as. Labels and annotations as they are on the object or its pods. */
export interface WorkloadIdentity {
  readonly cluster: string | null;
  readonly namespace: string | null;
  readonly deployment: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly imageRef: string | null;
  /** Labels of the image's configuration (OCI), where they could be read. */
  readonly imageLabels: Readonly<Record<string, string>>;
  /** The commit that a GitOps controller (Argo CD, Flux) says it has applied. */
  readonly gitOpsCommit: string | null;
}

/** `cluster/namespace/service`. */
export function serviceKeyOf(cluster: string, namespace: string, name: string): string {
  return `${cluster}/${namespace}/${name}`;
}

/** The name of a workload's service: the label `app.kubernetes.io/name`, else `app`, else the Deployment's own name; null without any. */
export function serviceNameOf(workload: Pick<WorkloadIdentity, "labels" | "deployment">): string | null {
  for (const name of [workload.labels["app.kubernetes.io/name"], workload.labels.app, workload.deployment]) {
    if (name !== undefined && name !== null && name.trim() !== "") return name.trim();
  }
  return null;
}

/** A revision as a workload tells it, and how sure that is. */
export interface NamedRevision {
  /** A commit id, a tag or a build id. */
  readonly revision: string | null;
  /** The repository's address, where it is told. */
  readonly repository: string | null;
  /** 0..1 */
  readonly confidence: number;
  readonly source: "oci_label" | "annotation" | "gitops_commit" | "image_tag" | "unknown";
}

const isCommit = (text: string) => /^[0-9a-f]{7,40}$|^[0-9a-f]{64}$/i.test(text);
const isSemver = (text: string) => /^v?\d+\.\d+(?:\.\d+)?(?:[-+][\w.+-]+)?$/.test(text);

/**
 * What runs, by the surest of what the workload tells: the OCI label `org.opencontainers.image.revision` (1.0), an annotation
 * `rca.dev/revision` or `rca.dev/build_id` (0.9), the commit that GitOps applied (0.8), an image tag that is 7–40 hex digits or a version (0.4), else
 * unknown (0). A digest tells nothing. Blame needs 0.8.
 */
export function revisionOf(workload: WorkloadIdentity): NamedRevision {
  const { imageLabels, annotations } = workload;
  const oci = imageLabels["org.opencontainers.image.revision"]?.trim();
  const repository =
    imageLabels["org.opencontainers.image.source"]?.trim() ?? annotations["rca.dev/repo"]?.trim() ?? null;
  if (oci !== undefined && oci !== "") return { revision: oci, repository, confidence: 1, source: "oci_label" };
  const annotated = annotations["rca.dev/revision"]?.trim() ?? annotations["rca.dev/build_id"]?.trim();
  if (annotated !== undefined && annotated !== "")
    return { revision: annotated, repository, confidence: 0.9, source: "annotation" };
  if (workload.gitOpsCommit !== null && isCommit(workload.gitOpsCommit))
    return { revision: workload.gitOpsCommit, repository, confidence: 0.8, source: "gitops_commit" };
  const tag = /^[^@]*:([\w][\w.-]{0,127})(?:@|$)/.exec(workload.imageRef?.replace(/^[^/]*:\d+\//, "") ?? "")?.[1];
  if (tag !== undefined && (isCommit(tag) || isSemver(tag)))
    return { revision: tag, repository, confidence: 0.4, source: "image_tag" };
  return { revision: null, repository, confidence: 0, source: "unknown" };
}
