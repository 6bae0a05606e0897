/** A service whose calls of another one fail. */
export interface ServiceCall {
  readonly environment: string;
  readonly caller: string;
  readonly callee: string;
}

/** A service in an environment. */
interface Place {
  readonly environment: string;
  readonly service: string;
}

/** How a trouble came from one service to another. */
export interface Way {
  /** Both included. */
  readonly services: readonly string[];
  /** What the calls between them do. */
  readonly how: string;
}

const HOPS_MAX = 5;

/** The shortest way of failing calls from one service to another; null where there is none. */
export function wayOfCalls(calls: readonly ServiceCall[], from: Place, to: Place): Way | null {
  const own = calls.filter(({ environment }) => environment === from.environment);
  let ways: (readonly string[])[] = [[from.service]];
  const seen = new Set([from.service]);
  for (let hops = 0; hops < HOPS_MAX && ways.length > 0; hops += 1) {
    const next: (readonly string[])[] = [];
    for (const way of ways) {
      for (const { caller, callee } of own) {
        if (caller !== way.at(-1) || seen.has(callee)) continue;
        if (callee === to.service) return { services: [...way, callee], how: "fail" };
        seen.add(callee);
        next.push([...way, callee]);
      }
    }
    ways = next;
  }
  return null;
}
