import { applyEffect, type EdgeState, type Effect, type NodeState, neutralEdge, neutralNode, step } from "./effect.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

export const stepMs = 15_000;
/** Share of calls that may be tried again. */
const retryBudget = 0.12;
/** How long a node lets requests wait for it before it refuses more. */
const queueSeconds = 1.5;
/** Nobody waits longer. */
const patienceMs = 30_000;

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

/** Share of a log-normal with this mean and spread that is above a limit. */
function shareAbove(limit: number, mean: number, sigma: number): number {
  if (!(mean > 0)) return 0;
  const z = (Math.log(limit) - Math.log(mean) + (sigma * sigma) / 2) / sigma;
  // Logistic approximation of the normal distribution, off by 0.01 at most.
  return 1 / (1 + Math.exp(1.702 * z));
}

export interface SimulationInput {
  readonly stage: Stage;
  readonly effects: readonly Effect[];
  readonly startMs: number;
  readonly steps: number;
  readonly faultAtMs: number;
  readonly random: Random;
}

/**
 * Plays the stage through: traffic with the day's shape goes down the call graph, latency, errors, timeouts and retries come back up it. Each node is a
 * queue with limited room (waiting grows as 1/(1-load)), requests that wait for others hold workers and pool connections, failed calls are
 * tried again in the next step, a consumer that is too slow leaves a backlog.
 */
export function simulate({ stage, effects, startMs, steps, faultAtMs, random }: SimulationInput): Simulation {
  const nodes = stage.nodes.map(() => tracks(trackNames[0], steps) as unknown as NodeTrack);
  const edges = stage.edges.map(() => tracks(trackNames[1], steps) as unknown as EdgeTrack);
  const outgoing = stage.nodes.map((node) => stage.edges.filter((edge) => edge.from === node.index));
  const incoming = stage.nodes.map((node) => stage.edges.filter((edge) => edge.to === node.index));
  const memoryUse = stage.nodes.map(() => random.between(-0.05, 0.05));
  const restartSum = new Float64Array(stage.nodes.length);
  const backlog = new Float64Array(stage.nodes.length);
  const walk = new Float64Array(stage.nodes.length);
  const lastFailed = new Float64Array(stage.edges.length);
  const dayPhase = random.between(0, 2 * Math.PI);
  const daySwing = random.between(0.1, 0.35);
  /** Share of a node's requests that get as far as calling others, as of the last step. */
  const accepted = new Float64Array(stage.nodes.length).fill(1);
  let entryWalk = 0;

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

  for (let at = 0; at < steps; at++) {
    const now = startMs + at * stepMs;
    const nodeStates: NodeState[] = stage.nodes.map(() => ({ ...neutralNode }));
    const edgeStates: EdgeState[] = stage.edges.map(() => ({ ...neutralEdge }));
    const minutes = (now - faultAtMs) / 60_000;
    for (const effect of effects) {
      const from = effect.from ?? 0;
      if (minutes < from || (effect.to !== undefined && minutes >= effect.to)) continue;
      const share = (effect.shape ?? step)(minutes - from);
      if ("node" in effect) {
        const state = nodeStates[effect.node];
        if (state !== undefined) applyEffect(state, neutralNode, effect.set, share);
      } else {
        const state = edgeStates[effect.edge];
        if (state !== undefined) applyEffect(state, neutralEdge, effect.set, share);
      }
    }

    // Hosts: what their guests use together, and what they take from them.
    const steal = new Float64Array(stage.nodes.length);
    for (const host of stage.nodes) {
      if (host.kind !== "host") continue;
      const state = nodeStates[host.index] ?? neutralNode;
      const track = nodes[host.index];
      const guests = stage.nodes.filter((node) => node.host === host.index);
      const used = guests.reduce(
        (sum, guest) => sum + (at > 0 ? (nodes[guest.index]?.cpu[at - 1] ?? 0) : guest.usualLoad),
        0,
      );
      walk[host.index] = 0.9 * (walk[host.index] ?? 0) + 0.012 * random.normal();
      const load = 0.1 + (0.55 * used) / Math.max(2, guests.length * 1.1) + state.busy + (walk[host.index] ?? 0);
      steal[host.index] = Math.min(0.85, Math.max(0, load - 0.85) + (state.busy > 0.4 ? 0.3 * state.busy : 0));
      if (track === undefined) continue;
      track.cpu[at] = Math.max(0.02, Math.min(1, load));
      memoryUse[host.index] = 0.97 * (memoryUse[host.index] ?? 0) + 0.004 * random.normal();
      track.memory[at] = Math.min(0.99, 0.5 + (memoryUse[host.index] ?? 0) + state.memory);
      track.disk[at] = Math.min(1, 0.35 + (0.25 * ((host.index * 37) % 10)) / 10 + at * 0.00001 + state.disk);
      track.loss[at] = state.loss;
      track.away[at] = state.away;
      track.waitMs[at] = state.waitMs;
    }

    // Down the graph: traffic, and what failed a moment ago once more.
    entryWalk = 0.96 * entryWalk + 0.02 * random.normal();
    const dayShape = 1 + daySwing * Math.sin(dayPhase + (2 * Math.PI * (now - startMs)) / 86_400_000);
    const demand = new Float64Array(stage.nodes.length);
    for (const index of stage.order) {
      const state = nodeStates[index] ?? neutralNode;
      const node = stage.nodes[index];
      if (node === undefined) continue;
      if (stage.entries.includes(index))
        demand[index] = stage.trafficPerS * dayShape * Math.exp(entryWalk) * state.traffic;
      for (const edge of incoming[index] ?? []) {
        const link = edgeStates[edge.index] ?? neutralEdge;
        const from = nodes[edge.from];
        const caller = demand[edge.from] ?? 0;
        const failed = lastFailed[edge.index] ?? 0;
        // Clients keep a budget for second tries, so that they don't multiply from layer to layer; a fault may take it away.
        let attempts = 1 + (edge.retries > 0 ? Math.min(retryBudget, failed) : 0);
        for (let more = 1; more <= link.retries; more++) attempts += failed ** more;
        const cache = edge.behindCache === null ? undefined : stage.nodes[edge.behindCache];
        const hit = cache === undefined ? 0 : Math.min(0.99, cache.hitShare * (nodeStates[cache.index]?.hits ?? 1));
        // Requests that the caller failed by itself call nobody.
        const reached =
          1 - Math.min(1, (nodeStates[edge.from]?.errors ?? 0) * 0.7 + (nodeStates[edge.from]?.refused ?? 0));
        const rate = edge.isAsync
          ? Math.min(caller + (backlog[edge.from] ?? 0) / 30, (rooms[index] ?? 1) * state.consume * (1 - state.away))
          : caller * (accepted[edge.from] ?? 1) * reached * edge.calls * link.calls * (1 - hit) * attempts;
        const track = edges[edge.index];
        if (track !== undefined) track.rate[at] = rate;
        demand[index] = (demand[index] ?? 0) + rate * (1 - Math.min(1, link.blocked));
        if (edge.isAsync && from !== undefined) {
          const left = Math.max(0, (backlog[edge.from] ?? 0) + (caller - rate) * (stepMs / 1000));
          backlog[edge.from] = left;
          from.backlog[at] = left;
        }
      }
    }

    // Up the graph: latency and errors.
    for (let position = stage.order.length - 1; position >= 0; position--) {
      const index = stage.order[position] ?? 0;
      const node = stage.nodes[index];
      const track = nodes[index];
      const state = nodeStates[index];
      if (node === undefined || track === undefined || state === undefined) continue;
      const hostState = node.host === null ? neutralNode : (nodeStates[node.host] ?? neutralNode);
      const away = 1 - (1 - state.away) * (1 - hostState.away);
      const stolen = node.host === null ? 0 : (steal[node.host] ?? 0);
      walk[index] = 0.92 * (walk[index] ?? 0) + 0.015 * random.normal();
      const wanted = demand[index] ?? 0;
      const room =
        (rooms[index] ?? 1) *
        state.capacity *
        Math.max(0.02, 1 - away) *
        (1 - stolen) *
        (1 - Math.min(0.9, state.pauses)) *
        Math.max(0.05, 1 - state.busy);
      const load = (wanted * state.work) / Math.max(room, 1e-6);
      const isQueue = node.kind === "queue";
      let own =
        node.serviceMs * state.work * (1 + Math.min(load, 0.97) ** 2 / (1 - Math.min(load, 0.97))) +
        state.waitMs +
        hostState.waitMs;
      own *= Math.exp(0.5 * (walk[index] ?? 0));
      own += state.pauses * 900 + stolen * node.serviceMs * 3;
      let rejected = 0;
      if (!isQueue) {
        const left = Math.min(
          room * queueSeconds,
          Math.max(0, (backlog[index] ?? 0) + ((wanted * state.work - room) * stepMs) / 1000),
        );
        backlog[index] = left;
        own += (left / Math.max(room, 1e-6)) * 1000;
        if (left >= room * queueSeconds) rejected = Math.max(0, 1 - 1 / Math.max(1, load));
      }
      let passed =
        (1 - node.errorShare * Math.exp(0.3 * random.normal())) * (1 - Math.min(1, state.errors)) * (1 - rejected);
      let waiting = 0;
      let held = 0;
      let poolRefused = 0;
      let timeoutShare = 0;
      let timeoutMs = 0;
      for (const edge of outgoing[index] ?? []) {
        const link = edgeStates[edge.index] ?? neutralEdge;
        const callee = nodes[edge.to];
        const edgeTrack = edges[edge.index];
        const calleeNode = stage.nodes[edge.to];
        if (callee === undefined || edgeTrack === undefined || calleeNode === undefined || edge.isAsync) continue;
        const calleeState = nodeStates[edge.to] ?? neutralNode;
        const calleeHost = calleeNode.host === null ? neutralNode : (nodeStates[calleeNode.host] ?? neutralNode);
        const isLocal = calleeNode.host !== null && calleeNode.host === node.host;
        const delay =
          link.delayMs +
          (isLocal ? 0 : 2 * (calleeState.delayMs + state.delayMs + calleeHost.delayMs + hostState.delayMs));
        const lost = isLocal ? 0 : Math.min(0.6, calleeState.loss + state.loss + calleeHost.loss + hostState.loss);
        // A lost packet is sent again after 200 ms and more; some connections never come about.
        const resent = lost * 6 * 220;
        const mean = (callee.meanMs[at] ?? 0) + delay + resent + 0.4;
        const limit = edge.timeoutMs * link.timeout;
        const late = shareAbove(limit, mean, Math.max(0.25, callee.sigma[at] ?? 0.4) + (lost > 0 ? 0.4 : 0));
        const once =
          1 -
          (1 - (callee.errors[at] ?? 0)) *
            (1 - late) *
            (1 - Math.min(1, link.errors)) *
            (1 - Math.min(1, link.blocked)) *
            (1 - lost * 0.5);
        const again = edge.retries > 0 ? Math.min(1, retryBudget / Math.max(once, 1e-6)) : 0;
        const finally_ = once * (1 - again * (1 - once)) * once ** Math.round(link.retries);
        lastFailed[edge.index] = once;
        edgeTrack.errors[at] = once;
        edgeTrack.timeouts[at] = late;
        const one = Math.min(mean, limit) * (1 - 0.9 * Math.min(1, link.blocked));
        edgeTrack.meanMs[at] = one;
        const perRequest = wanted > 0 ? (edgeTrack.rate[at] ?? 0) / wanted : 0;
        // Errors of the callee come back sooner than answers, unless it is the waiting that fails.
        waiting += perRequest * one;
        if (calleeNode.kind === "database") {
          const size = (pools[edge.index] ?? 5) * Math.max(0.05, 1 - state.heldPool);
          const need = ((edgeTrack.rate[at] ?? 0) * one) / 1000;
          held += Math.min(size, need) + (pools[edge.index] ?? 5) * state.heldPool;
          if (need > size * 0.85) {
            const over = need / size;
            waiting += Math.min(4000, 250 * over * over);
            poolRefused = Math.max(poolRefused, 1 - 1 / Math.max(1, over * 1.05));
            track.poolWaiting[at] = (track.poolWaiting[at] ?? 0) + Math.max(0, need - size) * 1.4;
          }
        }
        const share = Math.min(
          1,
          edge.calls * link.calls * (edge.behindCache === null ? 1 : Math.min(1, perRequest / edge.calls + 0.05)),
        );
        if (edge.isHard) passed *= 1 - share * finally_;
        else passed *= 1 - 0.03 * share * finally_;
        if (late > 0.003 && share > 0.05 && late * share > timeoutShare) {
          timeoutShare = late * share;
          timeoutMs = limit;
        }
      }
      passed *= 1 - poolRefused;
      let mean = Math.min(patienceMs, own + waiting);
      const inUse = (wanted * mean) / 1000;
      const most = (workers[index] ?? 8) * Math.max(0.1, 1 - away);
      if (!isQueue && node.kind === "service" && inUse > most) {
        mean *= Math.min(3, inUse / most);
        passed *= Math.max(0.15, 1 - 0.6 * (1 - most / inUse));
      }
      // What hits an instance that is away fails at once until the balancer notices.
      if (away > 0) passed *= 1 - Math.min(0.98, away > 0.9 ? 0.97 * away : away * 0.35);
      mean = Math.min(patienceMs, mean);
      const errors = Math.max(0, Math.min(1, 1 - passed));
      // Who is full takes in less, who is away nothing, and who has failed at one call makes no further ones.
      const taken =
        (1 - rejected) * Math.min(1, most / Math.max(inUse, 1e-6)) * (1 - (away > 0.9 ? away : 0.35 * away));
      accepted[index] = 0.5 * (accepted[index] ?? 1) + 0.5 * (isQueue ? 1 : taken * (1 - 0.4 * errors));
      const sigma = node.sigma + 0.25 * Math.min(1, load) + (state.pauses > 0 ? 0.3 : 0);
      track.demand[at] = wanted;
      track.served[at] = wanted * (1 - errors);
      track.errors[at] = errors;
      track.ownErrors[at] = 1 - (1 - Math.min(1, state.errors)) * (1 - rejected);
      track.refused[at] = Math.min(1, state.refused + 0.01);
      track.meanMs[at] = mean;
      track.ownMs[at] = own;
      track.sigma[at] = sigma;
      const middle = mean * Math.exp((-sigma * sigma) / 2);
      track.p50[at] = middle;
      track.p95[at] = Math.max(middle * Math.exp(1.645 * sigma), timeoutShare > 0.05 ? timeoutMs : 0);
      track.p99[at] = Math.max(middle * Math.exp(2.326 * sigma), timeoutShare > 0.01 ? timeoutMs : 0);
      track.cpu[at] = Math.max(
        0.01,
        Math.min(
          1,
          Math.min(1, load * (1 - stolen)) * (0.9 + 0.5 * (walk[index] ?? 0)) + state.busy + 0.5 * state.pauses + 0.02,
        ),
      );
      memoryUse[index] = 0.97 * (memoryUse[index] ?? 0) + 0.003 * random.normal();
      const base = node.memoryBytes / node.memoryLimit;
      track.memory[at] =
        node.memoryLimit * Math.min(1, base * (1 + (memoryUse[index] ?? 0)) + 0.05 * Math.min(1, load) + state.memory);
      restartSum[index] = (restartSum[index] ?? 0) + random.poisson((state.restarts * stepMs) / 60_000);
      track.restarts[at] = restartSum[index] ?? 0;
      track.inUse[at] = Math.min(inUse, most);
      track.poolUsed[at] = held;
      track.hits[at] = Math.min(0.995, node.hitShare * state.hits * (1 + 0.01 * random.normal()));
      track.disk[at] = Math.min(1, 0.3 + (0.3 * ((index * 53) % 10)) / 10 + at * 0.00001 + state.disk);
      track.loss[at] = state.loss;
      track.pauses[at] = Math.max(0, 0.004 + 0.02 * load * (node.language === "jvm" ? 1 : 0.3) + state.pauses);
      track.waitMs[at] = state.waitMs;
      track.away[at] = away;
    }
  }
  return { startMs, steps, nodes, edges };
}
