import type { Component, ComponentKind, Edge, Series } from "../../../analysis/observations/observations.ts";
import { parseTopologyKey, type TopologyNode } from "../../change/index.ts";

interface Known {
  readonly nodes: ReadonlyMap<string, TopologyNode>;
  readonly edges: readonly Edge[];
  readonly series: readonly Series[];
  readonly serviceKeys: readonly string[];
}

/** Everything that a series or an edge speaks of, once, with what its key and the topology say of it. */
export function componentsOf({ nodes, edges, series, serviceKeys }: Known): readonly Component[] {
  const keys = new Set([
    ...serviceKeys,
    ...nodes.keys(),
    ...edges.flatMap(({ from, to }) => [from, to]),
    ...series.flatMap(({ component, callee }) => (callee === null ? [component] : [component, callee])),
  ]);
  return [...keys].sort().map((key) => componentOf(key, nodes.get(key)));
}

function componentOf(key: string, node: TopologyNode | undefined): Component {
  const place = parseTopologyKey(key);
  const kind = place === null ? "unknown" : kindOf(place.kind);
  return {
    key,
    name: node?.name ?? place?.name ?? key,
    kind,
    // What others run is called by its address; a database or queue may be either.
    isOwned: kind === "external" ? false : kind === "service" ? true : null,
    partOf: null,
  };
}

function kindOf(kind: "service" | "external" | "database" | "queue" | "cache" | "other"): ComponentKind {
  return kind === "other" ? "unknown" : kind;
}

/** The first of the keys that the service may have which telemetry knows. */
export function ownKeyAmong(own: readonly string[], components: readonly Component[]): string | null {
  const known = new Set(components.map(({ key }) => key));
  return own.find((key) => known.has(key)) ?? null;
}
