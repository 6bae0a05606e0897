import type { MetricSample, SpanRecord } from "@culprit/contract";
import { evictOldest } from "../../../analysis/bounded/evict-oldest.ts";
import type { ObservedEdge } from "../../change/index.ts";
import { deltaInstant } from "./delta-instant.ts";
import { EdgeMatcher } from "./edge-matcher.ts";
import type { ObservedCall } from "./observed-call.ts";
import { redNames } from "./red-names.ts";
import { RouteLatency } from "./route-latency.ts";
import {
  addTo,
  type Cell,
  cellsOf,
  emptyCell,
  type ServiceMinute,
  sampleOf,
  tellCounts,
  tellQuantiles,
} from "./service-minute.ts";
import { isEntry, isFailed } from "./span-outcome.ts";

export interface RedLimits {
  /** Routes, and callees, of one service that have series of their own; the rest is `other`. */
  readonly routesMax: number;
  /** A quarter of it is services of all projects in one minute; a service beyond it has none. Twice of it is series that are held at all. */
  readonly cellsMax: number;
}

/** What a flush brings, for each project. */
export interface RedFlush {
  readonly samples: ReadonlyMap<string, readonly MetricSample[]>;
  readonly edges: readonly ObservedEdge[];
}

const MINUTE_MS = 60_000;
/** After its end: what exporters hold back (OpenTelemetry's default is 5 s). */
const GRACE_MS = 8_000;
/** After the last span of a minute whose first came later than that: a backlog brings a minute at once. */
const QUIET_MS = 2_000;
/** A minute that goes on coming late is told after so long. */
const LATE_MS = 120_000;
/** What was told is held for late spans so long, and so many series of it. */
const HELD_MS = 3_600_000;
const TOLD_CELLS_MAX = 8_000;
/** Parts of minutes that were told and are gone. */
const GONE_MAX = 20_000;
const UNCOUNTED_MAX = 100;

/**
 * Rate, errors and duration for each service, route and edge (the RED method), from every span before any sampling. A span belongs to the minute in which it ended,
 * however late and in whatever order it comes. Counts go out with each flush as additions, so those of several processes and of late spans add up.
 * Quantiles go out when a minute is over, by a sketch that is off by 2 % at most; its sketches stay for an hour, so that late spans are
 * merged and the quantiles told again where there are enough of them.
 *
 * Memory is bounded by the series held, whosesoever and of whatever minute: beyond `TOLD_CELLS_MAX` what was told goes first. `isFull` asks for a flush
 * with `mustRelease`, which tells and lets go of minutes that are over; what finds no room even then is counted as uncounted.
 *
 * What was counted since the last flush is lost if the process is killed; what it was counted from is a sample anyway, errors apart, which are stored.
 */
export class RedMetrics {
  readonly #limits: RedLimits;
  /** By minute, then by service. */
  readonly #minutes = new Map<number, Map<string, ServiceMinute>>();
  readonly #gone = new Map<string, number>();
  readonly #edges = new Map<string, ObservedEdge>();
  readonly #matcher = new EdgeMatcher((call) => this.#observeCall(call));
  readonly #latency = new RouteLatency();
  readonly #uncounted = new Map<string, { readonly projectId: string; readonly sample: MetricSample; count: number }>();
  /** Sets the quantiles of this process apart from those of others: a store keeps one value of a series at an instant. */
  readonly #offsetMs: number;
  #nowMs = 0;
  #cells = 0;
  /** Requests and calls beyond the limits. */
  dropped = 0;

  /** `offsetMs` is this process's own, from 0 to 9,999. */
  constructor(limits: RedLimits, offsetMs = 0) {
    this.#limits = limits;
    this.#offsetMs = offsetMs;
  }

  /** Whether a flush should come before further spans. */
  get isFull(): boolean {
    return this.#cells >= this.#limits.cellsMax;
  }

  /** Counts a span. */
  observe(projectId: string, span: SpanRecord, nowMs: number): void {
    this.#nowMs = nowMs;
    if (isEntry(span)) {
      const service = this.#service(projectId, span, span.startMs + span.durationMs);
      if (service !== null) {
        const isError = isFailed(span);
        addTo(service.own, span.durationMs, isError);
        const route = span.route ?? span.name;
        addTo(
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

  /** What there is to tell since the last flush. `isLast` ends every minute; `mustRelease` those that are over. */
  flush(nowMs: number, isLast = false, mustRelease = false): RedFlush {
    this.#nowMs = nowMs;
    this.#matcher.expire(isLast ? Number.POSITIVE_INFINITY : nowMs);
    const samples = new Map<string, MetricSample[]>();
    const settled: ServiceMinute[] = [];
    for (const startMs of [...this.#minutes.keys()].sort((a, b) => a - b)) {
      const atMs = deltaInstant(startMs, nowMs);
      for (const service of this.#minutes.get(startMs)?.values() ?? []) {
        if (service.isChanged) tellCounts(listOf(samples, service.projectId), service, atMs);
        const mustEnd = isLast || (mustRelease && nowMs >= startMs + MINUTE_MS + GRACE_MS);
        if (isDue(service, nowMs, mustEnd)) this.#tellQuantiles(samples, service);
        if (mustEnd || nowMs - service.lastAtMs >= HELD_MS) this.#release(service);
        else if (service.toldSpans === service.spans || nowMs - service.lastAtMs >= LATE_MS) settled.push(service);
      }
    }
    let cells = settled.reduce((sum, service) => sum + cellsOf(service), 0);
    if (cells > TOLD_CELLS_MAX)
      for (const service of settled.sort((a, b) => a.lastAtMs - b.lastAtMs)) {
        if (cells <= TOLD_CELLS_MAX) break;
        cells -= cellsOf(service);
        this.#release(service);
      }
    for (const { projectId, sample, count } of this.#uncounted.values())
      listOf(samples, projectId).push({ ...sample, atMs: nowMs, value: count });
    this.#uncounted.clear();
    const edges = [...this.#edges.values()];
    this.#edges.clear();
    return { samples, edges };
  }

  #observeCall(call: ObservedCall): void {
    const service = this.#service(call.projectId, { ...call, serviceKey: call.fromKey }, call.atMs);
    if (service !== null) {
      const labels = () => ({ callee: call.toKey });
      addTo(this.#cell(service.callees, call.toKey, labels), call.durationMs, call.isError);
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
    origin: Pick<SpanRecord, "serviceKey" | "environment">,
    endMs: number,
  ): ServiceMinute | null {
    const startMs = Math.floor(endMs / MINUTE_MS) * MINUTE_MS;
    const { serviceKey, environment } = origin;
    const key = `${projectId} ${environment} ${serviceKey}`;
    const service = this.#minutes.get(startMs)?.get(key) ?? this.#open(projectId, origin, startMs, key);
    if (service === null) return null;
    service.spans += 1;
    service.lastAtMs = this.#nowMs;
    service.isChanged = true;
    return service;
  }

  #open(
    projectId: string,
    { serviceKey, environment }: Pick<SpanRecord, "serviceKey" | "environment">,
    startMs: number,
    key: string,
  ): ServiceMinute | null {
    const minute = this.#minutes.get(startMs) ?? new Map<string, ServiceMinute>();
    if (minute.size * 4 >= this.#limits.cellsMax || this.#cells >= 2 * this.#limits.cellsMax) {
      this.#drop(projectId, key, serviceKey, environment);
      return null;
    }
    const service: ServiceMinute = {
      ...{ projectId, serviceKey, environment, startMs, key },
      ...{ own: emptyCell({}), routes: new Map(), callees: new Map() },
      ...{ openedAtMs: this.#nowMs, lastAtMs: this.#nowMs, isChanged: true, spans: 0, toldSpans: 0, tells: 0 },
      goneSpans: this.#gone.get(`${startMs} ${key}`) ?? 0,
    };
    this.#cells += 1;
    minute.set(key, service);
    this.#minutes.set(startMs, minute);
    return service;
  }

  #drop(projectId: string, key: string, serviceKey: string, environment: string): void {
    this.dropped += 1;
    const known = this.#uncounted.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#uncounted.size < UNCOUNTED_MAX) {
      const sample = sampleOf({ serviceKey, environment }, { labels: {} }, redNames.uncounted, "delta", 0, 0);
      this.#uncounted.set(key, { projectId, sample, count: 1 });
    }
  }

  #cell(cells: Map<string, Cell>, name: string, labelsOf: () => Record<string, string>): Cell {
    const known = cells.get(name);
    if (known !== undefined) return known;
    const isOther = cells.size >= this.#limits.routesMax || this.#cells >= 2 * this.#limits.cellsMax;
    const other = isOther ? cells.get("other") : undefined;
    if (other !== undefined) return other;
    const labels = labelsOf();
    const made = emptyCell(isOther ? { [Object.keys(labels)[0] ?? ""]: "other" } : cutLabels(labels));
    this.#cells += 1;
    cells.set(isOther ? "other" : name, made);
    return made;
  }

  #tellQuantiles(samples: Map<string, MetricSample[]>, service: ServiceMinute): void {
    if (service.tells === 0)
      for (const [route, cell] of service.routes) this.#latency.learn(service, route, cell.sketch);
    const atMs = service.startMs + 30_000 + this.#offsetMs + service.tells + (service.goneSpans > 0 ? 100 : 0);
    tellQuantiles(listOf(samples, service.projectId), service, atMs);
  }

  #release(service: ServiceMinute): void {
    const minute = this.#minutes.get(service.startMs);
    if (minute?.delete(service.key) !== true) return;
    if (minute.size === 0) this.#minutes.delete(service.startMs);
    this.#cells -= cellsOf(service);
    const key = `${service.startMs} ${service.key}`;
    if (!this.#gone.has(key)) evictOldest(this.#gone, GONE_MAX);
    this.#gone.set(key, service.goneSpans + service.spans);
  }
}

/** Whether the quantiles of a service's minute are to be told: when it is over and complete, and again where late spans are enough to move one. */
function isDue(service: ServiceMinute, nowMs: number, mustEnd: boolean): boolean {
  const { startMs, openedAtMs, lastAtMs, spans, toldSpans, goneSpans } = service;
  const overMs = startMs + MINUTE_MS + GRACE_MS;
  if (toldSpans === 0) {
    // A few of a minute that was told as a whole say nothing about it.
    if (spans * 4 < goneSpans) return false;
    const isQuiet = nowMs >= lastAtMs + QUIET_MS || nowMs >= openedAtMs + LATE_MS;
    return mustEnd || (nowMs >= overMs && (openedAtMs <= overMs || isQuiet));
  }
  return spans > toldSpans * 1.05 && (mustEnd || nowMs >= lastAtMs + LATE_MS / 2);
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
