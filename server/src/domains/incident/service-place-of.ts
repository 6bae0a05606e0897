import type { ErrorSignal } from "@culprit/contract";

/** Where a service stands: in its cluster and namespace where these are known, else in `default/<environment>`. */
export function servicePlaceOf({ fault, trigger, environment }: ErrorSignal) {
  if (fault !== undefined) return { cluster_id: fault.cluster, namespace: fault.resource.namespace };
  const [cluster, namespace, ...service] = trigger?.serviceKey?.split("/") ?? [];
  return cluster === undefined || namespace === undefined || service.length === 0
    ? { cluster_id: "default", namespace: environment }
    : { cluster_id: cluster, namespace };
}
