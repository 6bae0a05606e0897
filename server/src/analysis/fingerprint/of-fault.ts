/** FROZEN, like the versions beside it: incidents are stored under what it answers. */
import type { Fault } from "@culprit/contract";
import type { Fingerprint } from "./v1.ts";

/** The fingerprint of a Kubernetes fault is its id: the cluster's watcher has decided already what is the same condition. */
export function fingerprintOfFault({ faultId }: Fault): Fingerprint {
  return { version: 1, key: `v1\nfault ${faultId}` };
}
