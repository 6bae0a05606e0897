import type { MetricSample, SpanRecord } from "@culprit/contract";
import { DurationSketch } from "../../../analysis/sketch/duration-sketch.ts";
import type { ObservedEdge } from "../../change/index.ts";
import { deltaInstant } from "./delta-instant.ts";
import { EdgeMatcher } from "./edge-matcher.ts";
import type { ObservedCall } from "./observed-call.ts";
import { RouteLatency } from "./route-latency.ts";
import { isEntry, isFailed } from "./span-outcome.ts";

/** Names of the derived series; a series of a route has the label `route`, one of an edge `callee` (the topology's key), one of a service neither. */
export const redNames = {
  requests: "culprit.red.requests",
  errors: "culprit.red.errors",
  durationSum: "culprit.red.duration_sum",
  p50: "culprit.red.duration_p50",
  p90: "culprit.red.duration_p90",
  p99: "culprit.red.duration_p99",
} as const;

export interface RedLimits {
  /** Routes, and callees, of one service that have series of their own; the rest is `other`. */
  readonly routesMax: number;
  /** Series of all projects in one minute; a service beyond it has none. */
  readonly cellsMax: number;
}

/** What a flush brings, for each project. */
export interface RedFlush {
  readonly samples: ReadonlyMap<string, readonly MetricSample[]>;
  readonly edges: readonly ObservedEdge[];
}

interface Cell {
  readonly labels: Readonly<Record<string, string>>;
  readonly sketch: DurationSketch;
  requests: number;
  errors: number;
  durationSum: number;
}

interface ServiceCells {
  readonly projectId: string;
  readonly serviceKey: string;
  readonly environment: string;
  readonly own: Cell;
  readonly routes: Map<string, Cell>;
  readonly callees: Map<string, Cell>;
}

interface Minute {
  readonly startMs: number;
  readonly services: Map<string, ServiceCells>;
  readonly closesAtMs: number;
  /** Spans, and those that its quantiles were told of. */
  spans: number;
  toldSpans: number;
}

const MINUTE_MS = 60_000;
/** After its end, or its first span where that is later: what exporters hold back (OpenTelemetry's default is 5 s). */
const GRACE_MS = 8_000;
const LATE_MS = 120_000;
const MINUTES_MAX = 12;
const ENDING_MAX = 60;
const CLOSED_MAX = 240;

/**
 * Rate, errors and duration for each service, route and edge (the RED method), from every span before any sampling. Counts go out with each
 * flush as deltas, so those of several processes add up; quantiles when a minute is over, by a sketch that is off by 2 % at
 * most. A span belongs to the minute in which it ended. For two minutes late ones count in full; after that they count
 * as requests and errors of their minute, but its quantiles stay. Memory is bounded by `RedLimits`.
 *
 * What was counted since the last flush is lost if the process is killed; what it was counted from is a sample anyway, errors apart, which are stored.
 */
export class RedMetrics {
  readonly #limits: RedLimits;
  readonly #minutes = new Map<number, Minute>();
  /** Minutes whose quantiles were told and whose cells are gone. */
  readonly #closed = new Set<number>();
  readonly #edges = new Map<string, ObservedEdge>();
  readonly #matcher = new EdgeMatcher((call) => this.#observeCall(call));
  readonly #latency = new RouteLatency();
  /** Minutes that had to end early. */
  readonly #ending: Minute[] = [];
  /** Sets the quantiles of this process apart from those of others: a store keeps one value of a series at an instant. */
  readonly #offsetMs: number;
  #nowMs = 0;
  /** Spans of services and minutes beyond the limits. */
  dropped = 0;

  /** `offsetMs` is this process's own, from 0 to 9,999. */
  constructor(limits: RedLimits, offsetMs = 0) {
    this.#limits = limits;
    this.#offsetMs = offsetMs;
  }

  /** Counts a span. */
  observe(projectId: string, span: SpanRecord, nowMs: number): void {
    this.#nowMs = nowMs;
    if (isEntry(span)) {
      const service = this.#service(projectId, span, span.startMs + span.durationMs);
      if (service !== null) {
        const isError = isFailed(span);
        add(service.own, span.durationMs, isError);
        const route = span.route ?? span.name;
        add(
          this.#cell(service.routes, route, () => ({ route })),
          span.durationMs,
          isError,
        );
      }
    }
    this.#matcher.observe(projectId, span, nowMs);
  }

  /** The time over which a request of a route is slow: its own 99th percentile of the last minutes, or infinite while it is not known. */
  slowOverMs(projectId: string, span: SpanRecord): number {
    return this.#latency.p99(projectId, span);
  }

  /** What there is to tell since the last flush. `isLast` closes every minute. */
  flush(nowMs: number, isLast = false): RedFlush {
    this.#nowMs = nowMs;
    this.#matcher.expire(isLast ? Number.POSITIVE_INFINITY : nowMs);
    const samples = new Map<string, MetricSample[]>();
    const ending = new Set(this.#ending.splice(0));
    for (const minute of [...ending, ...this.#minutes.values()].sort((a, b) => a.startMs - b.startMs)) {
      const atMs = deltaInstant(minute.startMs, nowMs);
      for (const service of minute.services.values()) tellCounts(listOf(samples, service.projectId), service, atMs);
      const mustEnd = isLast || ending.has(minute);
      const isOver = mustEnd || nowMs >= minute.closesAtMs + LATE_MS;
      // Told again where late spans were enough to move a quantile.
      if ((mustEnd || nowMs >= minute.closesAtMs) && minute.toldSpans === 0) this.#tellQuantiles(samples, minute, 0);
      else if (isOver && minute.spans > minute.toldSpans * 1.05) this.#tellQuantiles(samples, minute, 1);
      if (isOver) this.#close(minute);
    }
    const edges = [...this.#edges.values()];
    this.#edges.clear();
    return { samples, edges };
  }

  #observeCall(call: ObservedCall): void {
    const service = this.#service(call.projectId, { ...call, serviceKey: call.fromKey }, call.atMs);
    if (service !== null) {
      const labels = () => ({ callee: call.toKey });
      add(this.#cell(service.callees, call.toKey, labels), call.durationMs, call.isError);
    }
    const { projectId, environment, fromKey, toKey, engine } = call;
    const key = `${projectId} ${environment} ${fromKey} ${toKey}`;
    const before = this.#edges.get(key);
    if (before === undefined && this.#edges.size >= this.#limits.cellsMax) return;
    // A sender's clock may run ahead.
    const seenAt = new Date(Math.min(call.atMs, this.#nowMs));
    if (before === undefined || before.seenAt < seenAt)
      this.#edges.set(key, { projectId, environment, fromKey, toKey, engine, source: "traces", seenAt });
  }

  #service(
    projectId: string,
    { serviceKey, environment }: Pick<SpanRecord, "serviceKey" | "environment">,
    endMs: number,
  ): ServiceCells | null {
    const startMs = Math.floor(endMs / MINUTE_MS) * MINUTE_MS;
    const minute = this.#minutes.get(startMs) ?? (this.#ending.length < ENDING_MAX ? this.#openMinute(startMs) : null);
    if (minute === null) {
      this.dropped += 1;
      return null;
    }
    minute.spans += 1;
    const key = `${projectId} ${environment} ${serviceKey}`;
    const known = minute.services.get(key);
    if (known !== undefined) return known;
    if (minute.services.size * 4 >= this.#limits.cellsMax) {
      this.dropped += 1;
      return null;
    }
    const made = { projectId, serviceKey, environment, own: emptyCell({}), routes: new Map(), callees: new Map() };
    minute.services.set(key, made);
    return made;
  }

  #cell(cells: Map<string, Cell>, name: string, labelsOf: () => Record<string, string>): Cell {
    const known = cells.get(name);
    if (known !== undefined) return known;
    if (cells.size >= this.#limits.routesMax) {
      const other = cells.get("other");
      if (other !== undefined) return other;
    }
    const isOther = cells.size >= this.#limits.routesMax;
    const labels = labelsOf();
    const made = emptyCell(isOther ? { [Object.keys(labels)[0] ?? ""]: "other" } : cutLabels(labels));
    cells.set(isOther ? "other" : name, made);
    return made;
  }

  #openMinute(startMs: number): Minute {
    if (this.#minutes.size >= MINUTES_MAX) {
      // Somebody sends old spans: the oldest minute ends now.
      const oldest = this.#minutes.get(Math.min(...this.#minutes.keys()));
      if (oldest !== undefined) {
        this.#ending.push(oldest);
        this.#close(oldest);
      }
    }
    const wasTold = this.#closed.has(startMs);
    const minute: Minute = {
      startMs,
      services: new Map(),
      closesAtMs: Math.max(startMs + MINUTE_MS, this.#nowMs) + GRACE_MS,
      spans: 0,
      // Never to be told again.
      toldSpans: wasTold ? Number.POSITIVE_INFINITY : 0,
    };
    this.#minutes.set(startMs, minute);
    return minute;
  }

  #tellQuantiles(samples: Map<string, MetricSample[]>, minute: Minute, nth: number): void {
    minute.toldSpans = minute.spans;
    for (const service of minute.services.values()) {
      const list = listOf(samples, service.projectId);
      for (const cell of [service.own, ...service.routes.values(), ...service.callees.values()]) {
        if (cell.sketch.count === 0) continue;
        for (const [metric, quantile] of quantiles)
          list.push(
            sample(
              service,
              cell,
              metric,
              "gauge",
              minute.startMs + 30_000 + this.#offsetMs + nth,
              cell.sketch.quantile(quantile),
            ),
          );
      }
      for (const [route, cell] of service.routes) this.#latency.learn(service, route, cell.sketch);
    }
  }

  #close(minute: Minute): void {
    this.#minutes.delete(minute.startMs);
    this.#closed.add(minute.startMs);
    const oldest = this.#closed.size > CLOSED_MAX ? this.#closed.values().next().value : undefined;
    if (oldest !== undefined) this.#closed.delete(oldest);
  }
}

const quantiles = [
  [redNames.p50, 0.5],
  [redNames.p90, 0.9],
  [redNames.p99, 0.99],
] as const;

function emptyCell(labels: Cell["labels"]): Cell {
  return { labels, sketch: new DurationSketch(), requests: 0, errors: 0, durationSum: 0 };
}

function add(cell: Cell, durationMs: number, isError: boolean): void {
  cell.sketch.add(durationMs);
  cell.requests += 1;
  cell.durationSum += durationMs;
  if (isError) cell.errors += 1;
}

/** Growth since the last flush; errors are told with the requests, so that none is told from nothing known. */
function tellCounts(list: MetricSample[], service: ServiceCells, atMs: number): void {
  for (const cell of [service.own, ...service.routes.values(), ...service.callees.values()]) {
    if (cell.requests === 0) continue;
    list.push(
      sample(service, cell, redNames.requests, "delta", atMs, cell.requests),
      sample(service, cell, redNames.errors, "delta", atMs, cell.errors),
      sample(service, cell, redNames.durationSum, "delta", atMs, cell.durationSum),
    );
    cell.requests = 0;
    cell.errors = 0;
    cell.durationSum = 0;
  }
}

function sample(
  { serviceKey, environment }: ServiceCells,
  { labels }: Cell,
  metric: string,
  kind: MetricSample["kind"],
  atMs: number,
  value: number,
): MetricSample {
  const unit = metric === redNames.requests || metric === redNames.errors ? "1" : "ms";
  return { serviceKey, environment, metric, kind, unit, labels, atMs, value };
}

function listOf(samples: Map<string, MetricSample[]>, projectId: string): MetricSample[] {
  const known = samples.get(projectId);
  if (known !== undefined) return known;
  const made: MetricSample[] = [];
  samples.set(projectId, made);
  return made;
}

function cutLabels(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, value.slice(0, 200)]));
}
