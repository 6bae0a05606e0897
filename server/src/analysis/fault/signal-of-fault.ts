import type { ErrorSignal, Fault } from "@culprit/contract";
import { workloadOf } from "./workload-of.ts";

/** What is known of a fault beside what the cluster told. */
export interface FaultReceipt {
  readonly fault: Fault;
  /** 32 hex digits; the same receipt again has the same. */
  readonly eventId: string;
  readonly environment: string;
  /** The workload by its labels, where somebody read them; else it is read from the resource's name. */
  readonly service?: string | undefined;
}

/** A Kubernetes fault as a signal like any other, which is counted, gated and investigated as the others are. */
export function signalOfFault({ fault, eventId, environment, service }: FaultReceipt): ErrorSignal {
  const { resource, faultType, severity, timestamp } = fault;
  const place = resource.namespace === "" ? resource.name : `${resource.namespace}/${resource.name}`;
  return {
    eventId,
    door: "kubernetes",
    detector: "crash",
    exceptions: [],
    title: `${faultType}: ${resource.kind} ${place}`,
    stackText: null,
    severity,
    occurredAt: new Date(timestamp).toISOString(),
    service: service ?? workloadOf(resource),
    environment,
    release: null,
    commitSha: null,
    deploymentId: null,
    traceId: null,
    spanId: null,
    request: null,
    runtime: null,
    fault,
    // Each receipt's own values are kept with its occurrence; the incident keeps those of the first.
    payload: { fault },
  };
}
