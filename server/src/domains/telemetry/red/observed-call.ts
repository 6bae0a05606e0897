import type { SpanPeer, SpanRecord } from "@culprit/contract";
import { serviceKeyOf } from "../../../analysis/change/service-identity.ts";

/** One call from a service to another place of the topology, as spans told. */
export interface ObservedCall {
  readonly projectId: string;
  readonly environment: string;
  readonly fromKey: string;
  /** The service that took the call, else `<kind>:<name>`, as the topology calls it. */
  readonly toKey: string;
  readonly engine: string | null;
  /** When it ended, by the caller's clock. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly isError: boolean;
}

/**
 * The topology's key of what a span says it called: a service by its name within the caller's cluster and namespace, or by its Kubernetes DNS name
 * (`cart.shop.svc`); anything else as `<kind>:<name>`.
 */
export function keyOfPeer(
  { serviceKey, environment }: Pick<SpanRecord, "serviceKey" | "environment">,
  peer: SpanPeer,
): string {
  if (peer.kind !== "service") return `${peer.kind}:${peer.name}`;
  const [cluster = "default", namespace = environment] = serviceKey.split("/");
  const [, name, ofName] = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(peer.name) ?? [];
  return serviceKeyOf(cluster, ofName ?? namespace, name ?? peer.name);
}
