import type { SpanPeer } from "@culprit/contract";

/** That one service called another, or something that is no service, as spans told. */
export interface ObservedEdge {
  readonly projectId: string;
  readonly environment: string;
  readonly fromKey: string;
  /** The service that took the call, where its own span was seen; else what the caller says it called. */
  readonly to: { readonly serviceKey: string } | SpanPeer;
  readonly atMs: number;
}

/** One call between two services, for rate, errors and duration of the edge. */
export interface ObservedCall extends ObservedEdge {
  readonly durationMs: number;
  readonly isError: boolean;
}

/** How the callee of an edge is called in labels. */
export function calleeOf(to: ObservedEdge["to"]): string {
  return "serviceKey" in to ? to.serviceKey : to.name;
}
