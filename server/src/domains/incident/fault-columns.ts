import type { ErrorSignal, Fault } from "@culprit/contract";

/** Faults in which a process ended that should not have. */
export function isCrash({ faultType }: Fault): boolean {
  return faultType === "CrashLoop" || faultType === "PodCrash";
}

/** The columns of `incidents` that repeat the first fault, so that lists and filters need no join (document 2). */
export function faultColumns({ fault, trigger }: ErrorSignal) {
  if (fault === undefined) return { trigger_type: trigger?.type ?? "custom" };
  const { resource } = fault;
  return {
    fault_id: fault.faultId,
    subscription_id: fault.subscriptionId,
    cluster: fault.cluster,
    resource_api_version: resource.apiVersion,
    resource_kind: resource.kind,
    resource_name: resource.name,
    resource_namespace: resource.namespace,
    resource_uid: resource.uid,
    fault_type: fault.faultType,
    context: fault.context,
    fault_timestamp: fault.timestamp,
    trigger_type: fault.faultType === "CrashLoop" ? "crashloop" : "custom",
  };
}
