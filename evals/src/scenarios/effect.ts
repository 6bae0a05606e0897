/*
 * What a fault does to the stage, as physics and not as a label: a node needs more work for a request, a link loses packets, a
 * cache forgets. What is then seen in metrics, logs and spans follows from the simulation.
 */

/** Of a node. Neutral values: 1 for factors, 0 for the rest. */
export interface NodeState {
  /** Times its own work for a request. */
  work: number;
  /** Waiting of its own without work: locks, collection pauses, sleeps; in milliseconds. */
  waitMs: number;
  /** Share of requests that it fails by itself. */
  errors: number;
  /** Times its room for work. */
  capacity: number;
  /** Share of its instances that are away. */
  away: number;
  /** Requests that come from outside, times the usual. */
  traffic: number;
  /** Work that no request asked for, as a share of its room. */
  busy: number;
  /** Memory in use beyond the usual, as a share of its limit. */
  memory: number;
  /** Restarts a minute. */
  restarts: number;
  /** Share of time that the runtime stands still to collect garbage. */
  pauses: number;
  /** Times the share of look-ups that a cache answers. */
  hits: number;
  /** Times what a consumer gets done. */
  consume: number;
  /** Disk in use, as a share added to the usual. */
  disk: number;
  /** Share of packets lost at its network card. */
  loss: number;
  /** Delay at its network card, in milliseconds. */
  delayMs: number;
  /** Connections to its database that are held without use, as a share of the pool. */
  heldPool: number;
  /** Share of errors that clients are blamed for (4xx). */
  refused: number;
}

/** Of a link between two nodes. */
export interface EdgeState {
  calls: number;
  delayMs: number;
  /** Share of calls that arrive and fail all the same. */
  errors: number;
  /** Share of calls that never arrive: refused connections, failed handshakes, names that don't resolve. */
  blocked: number;
  timeout: number;
  retries: number;
}

export const neutralNode: NodeState = {
  work: 1,
  waitMs: 0,
  errors: 0,
  capacity: 1,
  away: 0,
  traffic: 1,
  busy: 0,
  memory: 0,
  restarts: 0,
  pauses: 0,
  hits: 1,
  consume: 1,
  disk: 0,
  loss: 0,
  delayMs: 0,
  heldPool: 0,
  refused: 0,
};

export const neutralEdge: EdgeState = { calls: 1, delayMs: 0, errors: 0, blocked: 0, timeout: 1, retries: 0 };

/** Minutes since the fault began → how much of it acts, 0..1. */
export type Shape = (minutes: number) => number;

interface EffectTime {
  /** Minutes after the fault's beginning; below zero for what was there before. */
  readonly from?: number;
  readonly to?: number;
  readonly shape?: Shape;
}

export type Effect = EffectTime &
  (
    | { readonly node: number; readonly set: Partial<NodeState> }
    | { readonly edge: number; readonly set: Partial<EdgeState> }
  );

export const step: Shape = (minutes) => (minutes >= 0 ? 1 : 0);
export const ramp =
  (minutes: number): Shape =>
  (since) =>
    Math.max(0, Math.min(1, since / minutes));

/** Moves a state towards what the effect sets, by the share that acts: factors multiply, the rest adds. */
export function applyEffect<T extends object>(state: T, neutral: T, set: Partial<T>, share: number): void {
  for (const key of Object.keys(set) as (keyof T)[]) {
    const goal = set[key];
    const now = state[key];
    const base = neutral[key];
    if (typeof goal !== "number" || typeof now !== "number") continue;
    const moved = base === 1 ? now * (1 + (goal - 1) * share) : now + goal * share;
    Object.assign(state, { [key]: moved });
  }
}
