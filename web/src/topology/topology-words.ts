import type { TopologyReply } from "@culprit/contract";

type Node = TopologyReply["nodes"][number];

/** What a node is, in a word or two: `service`, `postgresql database`, `queue`. */
export function kindWords({ kind, detail }: Pick<Node, "kind" | "detail">): string {
  if (kind === "service") return "service";
  if (kind === "database") return detail === null ? "database" : `${detail} database`;
  return detail === null || detail === "other" ? "dependency" : detail;
}

/** `2 open incidents`. */
export function openIncidents(count: number): string {
  return `${count} open ${count === 1 ? "incident" : "incidents"}`;
}

/** The last part of a key: `cart` of `prod/shop/cart`, `orders` of `database:orders`. */
export function nameOfKey(key: string): string {
  return /[^/:]+$/.exec(key)?.[0] ?? key;
}

/** Whether a key is a service's, `cluster/namespace/name`; else it is `<kind>:<name>`. */
export function isServiceKey(key: string): boolean {
  return /^[^/:]+\/[^/:]+\/[^/]+$/.test(key);
}

/** Where a place is looked for when nothing else says it: the environment in `default/<environment>/<name>`, else production. */
export function environmentOfKey(key: string): string {
  return /^default\/([^/]+)\//.exec(key)?.[1] ?? "production";
}
