/** A service whose calls of another one fail, or have become slow. */
export interface ServiceCall {
  readonly environment: string;
  readonly caller: string;
  readonly callee: string;
  readonly how: "fail" | "are slow";
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
  readonly how: ServiceCall["how"];
}

const HOPS_MAX = 5;

/**
 * The shortest way of calls from one service to another that all fail, or are all slow; of those asked for the first kind that leads there. Null
 * where none does.
 */
export function wayOfCalls(
  calls: readonly ServiceCall[],
  from: Place,
  to: Place,
  kinds: readonly ServiceCall["how"][],
): Way | null {
  for (const how of kinds) {
    const services = shortest(
      calls.filter((call) => call.how === how && call.environment === from.environment),
      from,
      to,
    );
    if (services !== null) return { services, how };
  }
  return null;
}

function shortest(calls: readonly ServiceCall[], from: Place, to: Place): readonly string[] | null {
  let ways: (readonly string[])[] = [[from.service]];
  const seen = new Set([from.service]);
  for (let hops = 0; hops < HOPS_MAX && ways.length > 0; hops += 1) {
    const next: (readonly string[])[] = [];
    for (const way of ways) {
      for (const { caller, callee } of calls) {
        if (caller !== way.at(-1) || seen.has(callee)) continue;
        if (callee === to.service) return [...way, callee];
        seen.add(callee);
        next.push([...way, callee]);
      }
    }
    ways = next;
  }
  return null;
}
