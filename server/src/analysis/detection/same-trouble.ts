/** An incident as far as it matters for whether another one is the same trouble. */
export interface Trouble {
  readonly id: string;
  readonly environment: string;
  /** The service's name. */
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly beganAt: number;
  /** Traces that told of it, of those that were looked at. */
  readonly traces: number;
}

/** A service whose calls of another one fail. */
export interface FailingCall {
  readonly environment: string;
  readonly caller: string;
  readonly callee: string;
}

export interface Overlap {
  readonly ids: readonly [string, string];
  /** Traces that told of both. */
  readonly shared: number;
}

/** Two incidents of one trouble: `from` is how the failure of `into` shows elsewhere. */
export interface SameTrouble {
  readonly from: string;
  readonly into: string;
  readonly reason: string;
  readonly by: "traces" | "calls";
}

/** A trouble passes on to callers within so long: their time-outs, and the time that detectors take. */
const APART_MS = 5 * 60_000;
/** So many of the traces of the one with fewer must have told of both. */
const SHARED_MIN = 0.5;

/**
 * Which incidents of different services are one trouble. They began within five minutes, in one environment, and either at least half of the requests that
 * tell of the one tell of the other; or one of them is known of no request (a detector's, an SDK's without tracing), and the calls that lead from one service to the other fail.
 * Where both are known of requests, those decide: neighbours that fail in different requests have two troubles. The callee's incident remains; where
 * no failing call says which that is, the one that began first.
 */
export function sameTroubles(
  troubles: readonly Trouble[],
  overlaps: readonly Overlap[],
  calls: readonly FailingCall[],
): readonly SameTrouble[] {
  const shared = new Map(overlaps.map(({ ids: [a, b], shared: count }) => [pairOf(a, b), count]));
  const into = new Map<string, string>();
  const found: SameTrouble[] = [];
  const ordered = [...troubles].sort((a, b) => a.beganAt - b.beganAt || (a.id < b.id ? -1 : 1));
  for (const [index, a] of ordered.entries()) {
    for (const b of ordered.slice(index + 1)) {
      if (a.environment !== b.environment || a.service === b.service || b.beganAt - a.beganAt > APART_MS) continue;
      const leads = pathOf(calls, b, a) ?? null;
      const back = pathOf(calls, a, b) ?? null;
      const count = shared.get(pairOf(a.id, b.id)) ?? 0;
      const isByTraces = a.traces > 0 && b.traces > 0;
      const isSame = isByTraces ? count / Math.min(a.traces, b.traces) >= SHARED_MIN : leads !== null || back !== null;
      if (!isSame) continue;
      // `a` began first; it remains unless only its own calls of `b` fail.
      const [cause, effect] = leads === null && back !== null ? [b, a] : [a, b];
      const from = rootOf(into, effect.id);
      const to = rootOf(into, cause.id);
      if (from === to) continue;
      into.set(from, to);
      const path = leads ?? back;
      const reason = isByTraces
        ? `${effect.service} fails in the same requests as ${cause.service} (${count} of ${Math.min(a.traces, b.traces)} that were looked at).`
        : `The calls that lead from ${path?.join(" to ") ?? ""} fail, and both began within five minutes.`;
      found.push({ from, into: to, reason, by: isByTraces ? "traces" : "calls" });
    }
  }
  return found;
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function rootOf(into: ReadonlyMap<string, string>, id: string): string {
  let root = id;
  for (let next = into.get(root); next !== undefined; next = into.get(root)) root = next;
  return root;
}

const HOPS_MAX = 5;

/** The services on the shortest way of failing calls from one to the other, both included. */
function pathOf(calls: readonly FailingCall[], from: Trouble, to: Trouble): readonly string[] | null {
  const own = calls.filter(({ environment }) => environment === from.environment);
  let paths: (readonly string[])[] = [[from.service]];
  const seen = new Set([from.service]);
  for (let hops = 0; hops < HOPS_MAX && paths.length > 0; hops += 1) {
    const next: (readonly string[])[] = [];
    for (const path of paths) {
      for (const { caller, callee } of own) {
        if (caller !== path.at(-1) || seen.has(callee)) continue;
        if (callee === to.service) return [...path, callee];
        seen.add(callee);
        next.push([...path, callee]);
      }
    }
    paths = next;
  }
  return null;
}
