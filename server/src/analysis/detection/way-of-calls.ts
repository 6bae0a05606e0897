/** A service whose calls of another one fail, or have become slow, or only are made. */
export interface ServiceCall {
  readonly environment: string;
  readonly caller: string;
  readonly callee: string;
  readonly how: "fail" | "are slow" | "are made";
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
 * Answers by which calls a trouble came from one service to another: the shortest way of calls that all fail, are all slow or are all made; of those asked for the
 * first kind that leads there, null where none does. Where a trouble may have come to is followed once for each service: in a wide outage every
 * two of fifty incidents are asked about, along thousands of calls.
 */
export function waysOfCalls(
  calls: readonly ServiceCall[],
): (from: Place, to: Place, kinds: readonly ServiceCall["how"][]) => Way | null {
  const callees = new Map<string, string[]>();
  for (const { how, environment, caller, callee } of calls) {
    const key = keyOf(how, environment, caller);
    const known = callees.get(key);
    if (known === undefined) callees.set(key, [callee]);
    else known.push(callee);
  }
  const reached = new Map<string, ReadonlyMap<string, string>>();
  return ({ environment, service }, to, kinds) => {
    for (const how of kinds) {
      const key = keyOf(how, environment, service);
      const callers = reached.get(key) ?? callersOnTheWay(service, (one) => callees.get(keyOf(how, environment, one)));
      reached.set(key, callers);
      if (callers.has(to.service)) return { services: backFrom(to.service, service, callers), how };
    }
    return null;
  };
}

/** Each service that is reached within `HOPS_MAX` calls, with the one that calls it on the shortest way. */
function callersOnTheWay(
  start: string,
  calleesOf: (service: string) => readonly string[] | undefined,
): ReadonlyMap<string, string> {
  const callers = new Map<string, string>();
  let last = [start];
  for (let hops = 0; hops < HOPS_MAX && last.length > 0; hops += 1) {
    const next: string[] = [];
    for (const caller of last)
      for (const callee of calleesOf(caller) ?? []) {
        if (callee === start || callers.has(callee)) continue;
        callers.set(callee, caller);
        next.push(callee);
      }
    last = next;
  }
  return callers;
}

function backFrom(end: string, start: string, callers: ReadonlyMap<string, string>): readonly string[] {
  const services = [end];
  for (let one = callers.get(end); one !== undefined; one = one === start ? undefined : callers.get(one))
    services.unshift(one);
  return services;
}

function keyOf(...parts: readonly string[]): string {
  return parts.join("\n");
}
