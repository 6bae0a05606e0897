import type { CauseType, RightCause } from "../fault.ts";
import type { Random } from "../random.ts";
import type { Stage, StageEdge, StageNode } from "../stage.ts";

/** A service that others wait for: something above it notices. */
export function pickService(stage: Stage, random: Random, isFit: (node: StageNode) => boolean = () => true): StageNode {
  const waitedFor = new Set(stage.edges.filter((edge) => edge.isHard && !edge.isAsync).map((edge) => edge.to));
  const fit = stage.nodes.filter(
    (node) => node.kind === "service" && node.layer > 0 && node.layer < 40 && waitedFor.has(node.index),
  );
  const best = fit.filter(isFit);
  return random.pick(best.length > 0 ? best : fit);
}

export function pickOf(stage: Stage, random: Random, kind: StageNode["kind"]): StageNode {
  return random.pick(
    stage.nodes.filter(
      (node) => node.kind === kind && (kind === "host" || stage.edges.some((edge) => edge.to === node.index)),
    ),
  );
}

/** A call between two services or to a store that the caller can't do without. */
export function pickCall(
  stage: Stage,
  random: Random,
  isFit: (from: StageNode, to: StageNode, edge: StageEdge) => boolean,
): { edge: StageEdge; from: StageNode; to: StageNode } {
  const fit = stage.edges.flatMap((edge) => {
    const from = stage.nodes[edge.from];
    const to = stage.nodes[edge.to];
    return from !== undefined && to !== undefined && !edge.isAsync && isFit(from, to, edge) ? [{ edge, from, to }] : [];
  });
  const hard = fit.filter(({ edge }) => edge.isHard && edge.behindCache === null);
  return random.pick(hard.length > 0 ? hard : fit);
}

/** A host on which something runs that a request needs. */
export function pickHost(stage: Stage, random: Random): StageNode {
  const used = stage.nodes.filter(
    (node) =>
      node.kind === "host" &&
      guestsOf(stage, node.index).some(
        (guest) => guest.layer > 0 && (guest.kind === "service" || guest.kind === "database"),
      ),
  );
  return random.pick(used);
}

export function guestsOf(stage: Stage, host: number): StageNode[] {
  return stage.nodes.filter((node) => node.host === host);
}

export function callsOf(stage: Stage, node: number): StageEdge[] {
  return stage.edges.filter((edge) => edge.from === node && !edge.isAsync);
}

export function cause(
  node: StageNode,
  types: CauseType | readonly CauseType[],
  changeId: string | null = null,
): RightCause {
  return { component: node.key, types: typeof types === "string" ? [types] : types, changeId };
}
