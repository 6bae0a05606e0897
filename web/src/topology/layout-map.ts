import type { TopologyReply } from "@culprit/contract";

type Node = TopologyReply["nodes"][number];
type Edge = TopologyReply["edges"][number];

export interface PlacedNode {
  readonly node: Node;
  /** Calls away from the place asked about: who calls it is left of it, below 0, what it calls right of it. */
  readonly layer: number;
  readonly row: number;
}

export interface MapLayout {
  readonly placed: readonly PlacedNode[];
  readonly layers: readonly number[];
  readonly rows: number;
  /** Nodes of full layers that the picture has no room for. */
  readonly left: readonly Node[];
}

/** More in one layer is a wall that nobody reads; the list below the picture has them all. */
export const rowsMax = 16;

/**
 * Where each node stands: layers from left to right by calls away, in a layer those next to their neighbours of the layer before, which keeps
 * lines from crossing (the barycentre of Sugiyama's layered drawing, one sweep outwards). The same answer gives the same picture.
 */
export function layoutMap(center: string, nodes: readonly Node[], edges: readonly Edge[]): MapLayout {
  const down = distances(center, edges, ({ from, to }) => [from, to]);
  const up = distances(center, edges, ({ from, to }) => [to, from]);
  const layerOf = (node: Node): number => {
    const [below, above] = [down.get(node.key), up.get(node.key)];
    if (below !== undefined && (above === undefined || below <= above)) return below;
    return above === undefined ? node.hops : -above;
  };
  const byLayer = Map.groupBy(nodes, layerOf);
  const layers = [...byLayer.keys()].sort((a, b) => a - b);
  const rowOf = new Map<string, number>();
  const placed: PlacedNode[] = [];
  const left: Node[] = [];
  for (const layer of layers.toSorted((a, b) => Math.abs(a) - Math.abs(b) || b - a)) {
    const weight = (node: Node): number => {
      const near = edges.flatMap(({ from, to }) => (from === node.key ? [to] : to === node.key ? [from] : []));
      const rows = near.flatMap((key) => rowOf.get(key) ?? []);
      return rows.length === 0 ? Number.MAX_SAFE_INTEGER : rows.reduce((sum, row) => sum + row, 0) / rows.length;
    };
    const members = (byLayer.get(layer) ?? [])
      .map((node) => ({ node, weight: weight(node) }))
      .sort((a, b) => a.weight - b.weight || (a.node.key < b.node.key ? -1 : 1));
    const shown = members.slice(0, rowsMax);
    left.push(...members.slice(rowsMax).map(({ node }) => node));
    for (const [index, { node }] of shown.entries()) {
      // Rows are counted from the middle, so that layers of different length stand centred.
      const row = index - (shown.length - 1) / 2;
      rowOf.set(node.key, row);
      placed.push({ node, layer, row });
    }
  }
  const top = Math.min(0, ...placed.map(({ row }) => row));
  const rows = Math.max(0, ...placed.map(({ row }) => row)) - top + 1;
  return { placed: placed.map((one) => ({ ...one, row: one.row - top })), layers, rows, left };
}

function distances(
  center: string,
  edges: readonly Edge[],
  ends: (edge: Edge) => readonly [string, string],
): ReadonlyMap<string, number> {
  const next = Map.groupBy(edges, (edge) => ends(edge)[0]);
  const found = new Map([[center, 0]]);
  let ring = [center];
  for (let hops = 1; ring.length > 0; hops += 1) {
    const reached = ring.flatMap((key) => (next.get(key) ?? []).map((edge) => ends(edge)[1]));
    ring = [...new Set(reached)].filter((key) => !found.has(key));
    for (const key of ring) found.set(key, hops);
  }
  return found;
}
