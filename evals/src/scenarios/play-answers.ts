import { playCalls } from "./play-calls.ts";
import { type Moment, nodeState, type Play, stepMs } from "./tracks.ts";

/** How long a node lets requests wait for it before it refuses more. */
const queueSeconds = 1.5;
/** Nobody waits longer. */
const patienceMs = 30_000;

/** Up the graph: what each node takes for its own work and its calls, what fails, and what that leaves of its means. */
export function playAnswers(play: Play, moment: Moment): void {
  const { stage, random, nodes, walk, rooms, workers, backlog, accepted, memoryUse, restartSum } = play;
  const { at, demand, steal } = moment;
  for (let position = stage.order.length - 1; position >= 0; position--) {
    const index = stage.order[position] ?? 0;
    const node = stage.nodes[index];
    const track = nodes[index];
    const state = nodeState(moment, index);
    if (node === undefined || track === undefined) continue;
    const hostState = nodeState(moment, node.host);
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
    const calls = playCalls(play, moment, node, wanted);
    passed *= calls.passed;
    let mean = Math.min(patienceMs, own + calls.waitingMs);
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
    const taken = (1 - rejected) * Math.min(1, most / Math.max(inUse, 1e-6)) * (1 - (away > 0.9 ? away : 0.35 * away));
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
    track.p95[at] = Math.max(middle * Math.exp(1.645 * sigma), calls.timeoutShare > 0.05 ? calls.timeoutMs : 0);
    track.p99[at] = Math.max(middle * Math.exp(2.326 * sigma), calls.timeoutShare > 0.01 ? calls.timeoutMs : 0);
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
    track.poolUsed[at] = calls.heldPool;
    track.hits[at] = Math.min(0.995, node.hitShare * state.hits * (1 + 0.01 * random.normal()));
    track.disk[at] = Math.min(1, 0.3 + (0.3 * ((index * 53) % 10)) / 10 + at * 0.00001 + state.disk);
    track.loss[at] = state.loss;
    track.pauses[at] = Math.max(0, 0.004 + 0.02 * load * (node.language === "jvm" ? 1 : 0.3) + state.pauses);
    track.waitMs[at] = state.waitMs;
    track.away[at] = away;
  }
}
