import { applyEffect, type EdgeState, type Effect, type NodeState, neutralEdge, neutralNode, step } from "./effect.ts";
import { playAnswers } from "./play-answers.ts";
import { playHosts } from "./play-hosts.ts";
import { playTraffic } from "./play-traffic.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";
import { openPlay, type Simulation, stepMs } from "./tracks.ts";

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
  const play = openPlay(stage, startMs, steps, random);
  for (let at = 0; at < steps; at++) {
    const { nodeStates, edgeStates } = statesAt(stage, effects, (startMs + at * stepMs - faultAtMs) / 60_000);
    const zeros = () => new Float64Array(stage.nodes.length);
    const moment = { at, nodeStates, edgeStates, steal: zeros(), demand: zeros() };
    playHosts(play, moment);
    playTraffic(play, moment);
    playAnswers(play, moment);
  }
  return { startMs, steps, nodes: play.nodes, edges: play.edges };
}

/** What acts on everything, so many minutes after the fault began. */
function statesAt(
  stage: Stage,
  effects: readonly Effect[],
  minutes: number,
): { nodeStates: NodeState[]; edgeStates: EdgeState[] } {
  const nodeStates: NodeState[] = stage.nodes.map(() => ({ ...neutralNode }));
  const edgeStates: EdgeState[] = stage.edges.map(() => ({ ...neutralEdge }));
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
  return { nodeStates, edgeStates };
}
