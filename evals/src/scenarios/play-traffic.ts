import { edgeState, type Moment, nodeState, type Play, stepMs } from "./tracks.ts";

/** Share of calls that may be tried again. */
export const retryBudget = 0.12;

/** Down the graph: traffic with the day's shape, and what failed a moment ago once more. */
export function playTraffic(play: Play, moment: Moment): void {
  const { stage, random, nodes, edges, incoming, lastFailed, accepted, rooms, backlog, dayPhase, daySwing } = play;
  const { at, demand } = moment;
  play.entryWalk = 0.96 * play.entryWalk + 0.02 * random.normal();
  const dayShape = 1 + daySwing * Math.sin(dayPhase + (2 * Math.PI * (at * stepMs)) / 86_400_000);
  for (const index of stage.order) {
    const state = nodeState(moment, index);
    const node = stage.nodes[index];
    if (node === undefined) continue;
    if (stage.entries.includes(index))
      demand[index] = stage.trafficPerS * dayShape * Math.exp(play.entryWalk) * state.traffic;
    for (const edge of incoming[index] ?? []) {
      const link = edgeState(moment, edge.index);
      const from = nodes[edge.from];
      const caller = demand[edge.from] ?? 0;
      const failed = lastFailed[edge.index] ?? 0;
      // Clients keep a budget for second tries, so that they don't multiply from layer to layer; a fault may take it away.
      let attempts = 1 + (edge.retries > 0 ? Math.min(retryBudget, failed) : 0);
      for (let more = 1; more <= link.retries; more++) attempts += failed ** more;
      const cache = edge.behindCache === null ? undefined : stage.nodes[edge.behindCache];
      const hit = cache === undefined ? 0 : Math.min(0.99, cache.hitShare * nodeState(moment, cache.index).hits);
      // Requests that the caller failed by itself call nobody.
      const caused = nodeState(moment, edge.from);
      const reached = 1 - Math.min(1, caused.errors * 0.7 + caused.refused);
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
}
