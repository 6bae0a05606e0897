import { hash } from "node:crypto";
import type { Fault, FaultEvent } from "@culprit/contract";

/**
 * The fault with its id. Where the sender left it out, it is what the MCP server would have sent: 16 hex digits of the
 * SHA-256 of cluster, type, the resource's uid and the container, of which the event does not tell.
 */
export function withFaultId(event: FaultEvent): Fault {
  const { faultId, cluster, faultType, resource } = event;
  return { ...event, faultId: faultId ?? hash("sha256", `${cluster}:${faultType}:${resource.uid}:`).slice(0, 16) };
}

/**
 * The event id of a receipt, 32 hex digits. A fault carries none, so it is made of what the cluster said and when: sent
 * again, or through two subscriptions, it is the same receipt; the condition's next occurrence has another time.
 */
export function receiptIdOf({ faultId, timestamp }: Fault): string {
  return hash("sha256", `fault ${faultId} ${new Date(timestamp).toISOString()}`).slice(0, 32);
}
