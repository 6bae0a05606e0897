import type { ErrorSignal } from "@culprit/contract";

/** Where a service stands: in its cluster and namespace where these are known, else in `default/<environment>`. */
export function servicePlaceOf({ fault, environment }: ErrorSignal) {
  return fault === undefined
    ? { cluster_id: "default", namespace: environment }
    : { cluster_id: fault.cluster, namespace: fault.resource.namespace };
}
