import { type Moment, nodeState, type Play } from "./tracks.ts";

/** Hosts: what their guests use together, and what they take from them. */
export function playHosts(play: Play, moment: Moment): void {
  const { stage, nodes, walk, random, memoryUse } = play;
  const { at, steal } = moment;
  for (const host of stage.nodes) {
    if (host.kind !== "host") continue;
    const state = nodeState(moment, host.index);
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
}
