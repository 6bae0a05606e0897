/** Something that services depend on and that is none itself. */
export const dependencyKinds = ["external", "database", "queue", "cache", "other"] as const;
export type DependencyKind = (typeof dependencyKinds)[number];

/** A place of the topology, read from its key. */
export type TopologyPlace =
  | { readonly kind: "service"; readonly cluster: string; readonly namespace: string; readonly name: string }
  | { readonly kind: DependencyKind; readonly name: string };

const dependencyKey = new RegExp(`^(${dependencyKinds.join("|")}):(.+)$`, "s");

/** The place that a key names: `cluster/namespace/name`, or `<kind>:<name>`; null for what is neither. */
export function parseTopologyKey(key: string): TopologyPlace | null {
  const [, kind, dependency] = dependencyKey.exec(key) ?? [];
  if (dependency !== undefined) return { kind: kind as DependencyKind, name: dependency };
  const [cluster = "", namespace = "", ...rest] = key.split("/");
  const name = rest.join("/");
  return cluster === "" || namespace === "" || name === "" ? null : { kind: "service", cluster, namespace, name };
}
