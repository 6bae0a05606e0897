import type { Observations } from "../../observations/observations.ts";

/** Who calls whom, both ways, without calls to oneself. */
export interface CallGraph {
  readonly callees: ReadonlyMap<string, readonly string[]>;
  readonly callers: ReadonlyMap<string, readonly string[]>;
  /** The target and all that it depends on, directly or through others; all components where no target or edge is known. */
  readonly reach: ReadonlySet<string>;
}

export function callGraphOf(observations: Observations): CallGraph {
  const callees = new Map<string, Set<string>>();
  const callers = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, key: string, value: string) => {
    const known = map.get(key);
    if (known === undefined) map.set(key, new Set([value]));
    else known.add(value);
  };
  for (const { from, to } of observations.edges) {
    if (from === to) continue;
    add(callees, from, to);
    add(callers, to, from);
  }
  for (const { component, callee } of observations.series) {
    if (callee === null || callee === component) continue;
    add(callees, component, callee);
    add(callers, callee, component);
  }
  const lists = (map: Map<string, Set<string>>) => new Map([...map].map(([key, keys]) => [key, [...keys].sort()]));
  const graph = { callees: lists(callees), callers: lists(callers) };
  return { ...graph, reach: reachOf(observations, graph.callees) };
}

function reachOf(observations: Observations, callees: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const everything = observations.components.map(({ key }) => key);
  const target = observations.target?.component;
  if (target === undefined || callees.size === 0) return new Set(everything);
  const partsOf = new Map<string, string[]>();
  const hostOf = new Map<string, string>();
  for (const { key, partOf } of observations.components) {
    if (partOf === null) continue;
    partsOf.set(partOf, [...(partsOf.get(partOf) ?? []), key]);
    hostOf.set(key, partOf);
  }
  const reach = new Set<string>([target]);
  const waiting = [target];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    // A component rests on its host, and a host that is short is made short by whatever runs on it.
    const host = hostOf.get(key);
    for (const next of [
      ...(callees.get(key) ?? []),
      ...(host === undefined ? [] : [host]),
      ...(partsOf.get(key) ?? []),
    ]) {
      if (reach.has(next)) continue;
      reach.add(next);
      waiting.push(next);
    }
  }
  return reach;
}
