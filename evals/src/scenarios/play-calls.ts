import { retryBudget } from "./play-traffic.ts";
import type { StageNode } from "./stage.ts";
import { edgeState, type Moment, nodeState, type Play } from "./tracks.ts";

/** Share of a log-normal with this mean and spread that is above a limit. */
function shareAbove(limit: number, mean: number, sigma: number): number {
  if (!(mean > 0)) return 0;
  const z = (Math.log(limit) - Math.log(mean) + (sigma * sigma) / 2) / sigma;
  // Logistic approximation of the normal distribution, off by 0.01 at most.
  return 1 / (1 + Math.exp(1.702 * z));
}

/** What a node's calls cost it, and how much of its requests they let pass. */
export interface CallsOutcome {
  readonly passed: number;
  readonly waitingMs: number;
  readonly heldPool: number;
  /** The largest share of requests that ran into one timeout, and that timeout. */
  readonly timeoutShare: number;
  readonly timeoutMs: number;
}

/** All calls of one node in one step, recorded by link: waiting, lost packets, timeouts, second tries, and connections of its pools. */
export function playCalls(play: Play, moment: Moment, node: StageNode, wanted: number): CallsOutcome {
  const { stage, nodes, edges, lastFailed, pools } = play;
  const { at } = moment;
  const track = nodes[node.index];
  const state = nodeState(moment, node.index);
  const hostState = nodeState(moment, node.host);
  let waiting = 0;
  let held = 0;
  let poolRefused = 0;
  let passed = 1;
  let timeoutShare = 0;
  let timeoutMs = 0;
  for (const edge of play.outgoing[node.index] ?? []) {
    const link = edgeState(moment, edge.index);
    const callee = nodes[edge.to];
    const edgeTrack = edges[edge.index];
    const calleeNode = stage.nodes[edge.to];
    if (callee === undefined || edgeTrack === undefined || calleeNode === undefined || edge.isAsync) continue;
    const calleeState = nodeState(moment, edge.to);
    const calleeHost = nodeState(moment, calleeNode.host);
    const isLocal = calleeNode.host !== null && calleeNode.host === node.host;
    const delay =
      link.delayMs + (isLocal ? 0 : 2 * (calleeState.delayMs + state.delayMs + calleeHost.delayMs + hostState.delayMs));
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
        if (track !== undefined) track.poolWaiting[at] = (track.poolWaiting[at] ?? 0) + Math.max(0, need - size) * 1.4;
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
  return { passed: passed * (1 - poolRefused), waitingMs: waiting, heldPool: held, timeoutShare, timeoutMs };
}
