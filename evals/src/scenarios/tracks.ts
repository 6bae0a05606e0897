import { type EdgeState, type NodeState, neutralEdge, neutralNode } from "./effect.ts";
import type { Random } from "./random.ts";
import type { Stage, StageEdge } from "./stage.ts";

export const stepMs = 15_000;

/** What really went on at one node, a value a step. */
export interface NodeTrack {
  readonly demand: Float64Array;
  readonly served: Float64Array;
  readonly errors: Float64Array;
  /** The part of the errors that is its own, not passed on. */
  readonly ownErrors: Float64Array;
  readonly refused: Float64Array;
  readonly p50: Float64Array;
  readonly p95: Float64Array;
  readonly p99: Float64Array;
  readonly meanMs: Float64Array;
  readonly ownMs: Float64Array;
  readonly sigma: Float64Array;
  readonly cpu: Float64Array;
  readonly memory: Float64Array;
  readonly restarts: Float64Array;
  readonly inUse: Float64Array;
  readonly poolUsed: Float64Array;
  readonly poolWaiting: Float64Array;
  readonly backlog: Float64Array;
  readonly hits: Float64Array;
  readonly disk: Float64Array;
  readonly loss: Float64Array;
  readonly pauses: Float64Array;
  readonly waitMs: Float64Array;
  readonly away: Float64Array;
}

export interface EdgeTrack {
  readonly rate: Float64Array;
  readonly errors: Float64Array;
  readonly timeouts: Float64Array;
  readonly meanMs: Float64Array;
}

export interface Simulation {
  readonly startMs: number;
  readonly steps: number;
  readonly nodes: readonly NodeTrack[];
  readonly edges: readonly EdgeTrack[];
}

const trackNames = [
  "demand served errors ownErrors refused p50 p95 p99 meanMs ownMs sigma cpu memory restarts inUse poolUsed poolWaiting backlog hits disk loss pauses waitMs away",
  "rate errors timeouts meanMs",
];
const tracks = (names: string | undefined, steps: number) =>
  Object.fromEntries((names ?? "").split(" ").map((name) => [name, new Float64Array(steps)]));

/** What is carried from step to step while a stage is played, and what was recorded. */
export interface Play {
  readonly stage: Stage;
  readonly random: Random;
  readonly startMs: number;
  readonly nodes: readonly NodeTrack[];
  readonly edges: readonly EdgeTrack[];
  readonly outgoing: readonly (readonly StageEdge[])[];
  readonly incoming: readonly (readonly StageEdge[])[];
  /** Requests a second that each node has room for, requests that a service holds at once, connections of a pool. */
  readonly rooms: readonly number[];
  readonly workers: readonly number[];
  readonly pools: readonly number[];
  readonly memoryUse: number[];
  readonly restartSum: Float64Array;
  readonly backlog: Float64Array;
  readonly walk: Float64Array;
  readonly lastFailed: Float64Array;
  /** Share of a node's requests that get as far as calling others, as of the last step. */
  readonly accepted: Float64Array;
  readonly dayPhase: number;
  readonly daySwing: number;
  entryWalk: number;
}

/** One step: what acts on each node and link, and what has been worked out of it so far. */
export interface Moment {
  readonly at: number;
  readonly nodeStates: readonly NodeState[];
  readonly edgeStates: readonly EdgeState[];
  /** Share of its work that a host takes from its guests. */
  readonly steal: Float64Array;
  /** Requests a second that arrive. */
  readonly demand: Float64Array;
}

export const nodeState = (moment: Moment, index: number | null): NodeState =>
  index === null ? neutralNode : (moment.nodeStates[index] ?? neutralNode);
export const edgeState = (moment: Moment, index: number): EdgeState => moment.edgeStates[index] ?? neutralEdge;

/** A stage before its first step, with room for what its usual traffic needs. */
export function openPlay(stage: Stage, startMs: number, steps: number, random: Random): Play {
  const nodes = stage.nodes.map(() => tracks(trackNames[0], steps) as unknown as NodeTrack);
  const edges = stage.edges.map(() => tracks(trackNames[1], steps) as unknown as EdgeTrack);
  const outgoing = stage.nodes.map((node) => stage.edges.filter((edge) => edge.from === node.index));
  const incoming = stage.nodes.map((node) => stage.edges.filter((edge) => edge.to === node.index));
  const memoryUse = stage.nodes.map(() => random.between(-0.05, 0.05));
  const dayPhase = random.between(0, 2 * Math.PI);
  const daySwing = random.between(0.1, 0.35);

  // Room is what the usual traffic leaves: load at usual demand is `usualLoad`.
  const usual = new Float64Array(stage.nodes.length);
  for (const index of stage.order) {
    if (stage.entries.includes(index)) usual[index] = stage.trafficPerS;
    for (const edge of incoming[index] ?? []) {
      const cache = edge.behindCache === null ? undefined : stage.nodes[edge.behindCache];
      const share = cache === undefined ? 1 : 1 - cache.hitShare;
      usual[index] = (usual[index] ?? 0) + (usual[edge.from] ?? 0) * edge.calls * share;
    }
  }
  const usualMs = new Float64Array(stage.nodes.length);
  for (const index of [...stage.order].reverse()) {
    const node = stage.nodes[index];
    if (node === undefined) continue;
    usualMs[index] = node.serviceMs * 1.2;
    for (const edge of outgoing[index] ?? []) {
      const cache = edge.behindCache === null ? undefined : stage.nodes[edge.behindCache];
      if (!edge.isAsync)
        usualMs[index] =
          (usualMs[index] ?? 0) + edge.calls * (cache === undefined ? 1 : 1 - cache.hitShare) * (usualMs[edge.to] ?? 0);
    }
  }
  const rooms = stage.nodes.map((node) => Math.max((usual[node.index] ?? 0) / node.usualLoad, 0.2));
  const workers = stage.nodes.map((node) =>
    Math.max(8, (((usual[node.index] ?? 0) * (usualMs[node.index] ?? 0)) / 1000) * random.between(4, 9)),
  );
  const pools = stage.edges.map((edge) =>
    Math.max(
      5,
      Math.round((((usual[edge.from] ?? 0) * edge.calls * (usualMs[edge.to] ?? 1)) / 1000) * random.between(3, 6)),
    ),
  );
  const zeros = (count: number) => new Float64Array(count);
  return {
    stage,
    random,
    startMs,
    nodes,
    edges,
    outgoing,
    incoming,
    rooms,
    workers,
    pools,
    memoryUse,
    restartSum: zeros(stage.nodes.length),
    backlog: zeros(stage.nodes.length),
    walk: zeros(stage.nodes.length),
    lastFailed: zeros(stage.edges.length),
    accepted: zeros(stage.nodes.length).fill(1),
    dayPhase,
    daySwing,
    entryWalk: 0,
  };
}
