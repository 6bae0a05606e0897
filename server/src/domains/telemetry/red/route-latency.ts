import type { SpanRecord, TelemetryOrigin } from "@culprit/contract";
import { evictOldest } from "../../../analysis/bounded/evict-oldest.ts";
import { DurationSketch } from "../../../analysis/sketch/duration-sketch.ts";

/** Below it a 99th percentile is one outlier. */
const VALUES_MIN = 200;
const ROUTES_MAX = 5_000;

interface Known {
  readonly recent: DurationSketch;
  p99: number;
}

/** Remembers how long requests of each route took lately: each minute weighs half of the next. */
export class RouteLatency {
  readonly #routes = new Map<string, Known>();

  /** The 99th percentile in milliseconds; infinite where too few requests were seen. */
  p99(projectId: string, span: SpanRecord): number {
    return this.#routes.get(keyOf(projectId, span, span.route ?? span.name))?.p99 ?? Number.POSITIVE_INFINITY;
  }

  /** Takes a minute's durations of a route. */
  learn(service: TelemetryOrigin & { readonly projectId: string }, route: string, minute: DurationSketch): void {
    const key = keyOf(service.projectId, service, route);
    const known = this.#routes.get(key) ?? { recent: new DurationSketch(), p99: Number.POSITIVE_INFINITY };
    // Those that were learnt longest ago give way.
    this.#routes.delete(key);
    evictOldest(this.#routes, ROUTES_MAX);
    this.#routes.set(key, known);
    known.recent.halve();
    known.recent.merge(minute);
    known.p99 = known.recent.count >= VALUES_MIN ? known.recent.quantile(0.99) : Number.POSITIVE_INFINITY;
  }
}

function keyOf(projectId: string, { environment, serviceKey }: TelemetryOrigin, route: string): string {
  return `${projectId} ${environment} ${serviceKey} ${route}`;
}
