import type { LogRecord, MetricSample, SpanRecord, TelemetryOrigin } from "@culprit/contract";
import { Batcher } from "../../../platform/batch/batcher.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Log } from "../../../platform/log/log.ts";
import type { ObservedEdge } from "../../change/index.ts";
import { FLUSH_APART_MS } from "../red/delta-instant.ts";
import { RedMetrics } from "../red/red-metrics.ts";
import { TailSampler } from "../sampling/tail-sampler.ts";
import type { StoredTelemetry, TelemetryStore, TimeWindow } from "../telemetry-port.ts";
import { type LoadTemplates, LogTemplates, type TemplateNews } from "./log-templates.ts";
import { RecordBudget } from "./record-budget.ts";
import { RefusedTelemetry } from "./refused-telemetry.ts";
import { TelemetryScrubber } from "./scrub-telemetry.ts";
import { timeBounds } from "./time-bounds.ts";

/*
 * What is true when `acceptX` has returned:
 *   metrics   every sample that was not rejected is committed
 *   logs      every line is committed, with the id of its template
 *   spans     every failed and every slow span is committed, and every span of a trace in the share. The others wait in memory until their trace is decided;
 *             they are a sample, and a process that is killed loses those of the last ten seconds
 * Figures that are derived (requests, errors and durations from spans, lines by template) go out every ten seconds and when the process stops in order;
 * a process that is killed loses those ten seconds of them.
 */

export interface TelemetrySettings {
  readonly telemetryPerMinute: number;
  readonly telemetryQueuedMax: number;
  readonly tracesKeptPercent: number;
  readonly tracesKeptPerMinute: number;
  readonly traceSlowMs: number;
  readonly traceBufferBytesMax: number;
  readonly telemetryRoutesMax: number;
  readonly telemetrySeriesMax: number;
  readonly logTemplatesMax: number;
  readonly retentionTelemetryDays: number;
}

export interface TelemetryDeps {
  readonly store: Pick<TelemetryStore, "write">;
  readonly log: Log;
  /** Refuses when the disk is full. */
  readonly disk: { check(): void };
  /** Who called whom since the last call; each edge once. */
  readonly observeEdges: (edges: readonly ObservedEdge[]) => Promise<void>;
  readonly storeTemplates: (news: readonly TemplateNews[]) => Promise<void>;
  /** What is stored of a service's templates; left out where a service begins anew with each process. */
  readonly loadTemplates?: LoadTemplates;
  readonly now: () => Date;
}

/** Records of one project in a request, on their way to the store. */
type Arrived = StoredTelemetry;

const UNCOUNTED =
  "stored, but beyond the limit of what rate, errors and duration are counted for; culprit.red.uncounted has the number";
const FLUSH_MS = 10_000;
/** Records in one write. */
const BATCH_MAX = 20_000;
const SERVICES_MAX = 2_000;
/** About 50 MB. */
const TEMPLATES_OF_ALL_MAX = 50_000;
/** How often a flush comes early to make room for what is counted. */
const RELEASE_EVERY_MS = 1_000;
/** Derived samples that wait while the store can't be written. */
const UNSENT_MAX = 200_000;

/** What of a request was not taken, and what was taken but not in full; how many, by the reason. */
export interface Accepted {
  readonly rejected: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
}

/** The way in of metrics, spans and log lines, behind all doors. */
export class Telemetry {
  readonly #deps: TelemetryDeps;
  readonly #keepDays: number;
  readonly #budget: RecordBudget;
  readonly #batcher: Batcher<Arrived, null>;
  readonly #red: RedMetrics;
  readonly #sampler: TailSampler;
  readonly #templates: LogTemplates;
  readonly #refused = new RefusedTelemetry();
  readonly #scrubber = new TelemetryScrubber();
  readonly #rejected = new Map<string, number>();
  #unsent: StoredTelemetry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #flushedAtMs = 0;
  #releasing: Promise<void> | null = null;
  #releasedAtMs = 0;

  constructor(deps: TelemetryDeps, settings: TelemetrySettings) {
    this.#deps = deps;
    this.#keepDays = settings.retentionTelemetryDays;
    this.#budget = new RecordBudget(settings.telemetryPerMinute);
    this.#red = new RedMetrics(
      { routesMax: settings.telemetryRoutesMax, cellsMax: settings.telemetrySeriesMax },
      Math.floor(Math.random() * 10_000),
    );
    this.#sampler = new TailSampler(
      {
        share: settings.tracesKeptPercent / 100,
        tracesPerMinuteFloor: settings.tracesKeptPerMinute,
        slowMs: settings.traceSlowMs,
        bytesMax: settings.traceBufferBytesMax,
      },
      (projectId, span) => this.#red.slowOverMs(projectId, span),
    );
    this.#templates = new LogTemplates({
      templatesMax: settings.logTemplatesMax,
      servicesMax: SERVICES_MAX,
      templatesOfAllMax: TEMPLATES_OF_ALL_MAX,
    });
    this.#batcher = new Batcher({
      write: async (items) => {
        await deps.store.write(items);
        return items.map(() => null);
      },
      sizeOf: ({ metrics, spans, logs }) => metrics.length + spans.length + logs.length,
      batchItemsMax: BATCH_MAX,
      queuedItemsMax: settings.telemetryQueuedMax,
      noun: "points, spans and log lines",
      onPoison: ({ projectId }, err) => deps.log.error({ projectId, err }, "the store refused telemetry"),
    });
  }

  /** Sends what was derived every ten seconds, until `close`. */
  start(): void {
    this.#timer ??= setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  /** What waits now, what was kept and what was not used since the start. */
  get state() {
    return {
      queued: this.#batcher.queued,
      waiting: this.#sampler.waiting,
      spans: { ...this.#sampler.counts, uncounted: this.#red.dropped },
      rejected: Object.fromEntries(this.#rejected),
    };
  }

  /**
   * Lets a request of a project in, or refuses it before its body is read.
   * @throws CulpritError RATE_LIMIT_EXCEEDED with `retryAfterS` when over rate, queue or disk.
   */
  admit(projectId: string): void {
    this.#budget.check(projectId);
    if (this.#batcher.isFull) {
      const message = `${this.#batcher.queued} points, spans and log lines wait for the database. Send it again after a second.`;
      throw new CulpritError("RATE_LIMIT_EXCEEDED", message, { details: { retryAfterS: 1 } });
    }
    this.#deps.disk.check();
  }

  /** The times that are believed now. */
  bounds(): TimeWindow {
    return timeBounds(this.#deps.now().getTime(), this.#keepDays);
  }

  /** Stores samples whose time lies within; resolves after the commit. @returns how many were not taken, by the reason. */
  async acceptMetrics(
    projectId: string,
    samples: readonly MetricSample[],
    within: TimeWindow = this.bounds(),
  ): Promise<Readonly<Record<string, number>>> {
    this.#budget.spend(projectId, samples.length);
    const { believed, rejected } = this.#believe(projectId, samples, ({ atMs }) => atMs, within);
    const metrics = believed.map((sample) => this.#scrubber.sample(sample));
    await this.#write({ projectId, metrics, spans: [], logs: [] });
    return rejected;
  }

  /** Counts spans and stores those worth keeping; resolves after the commit. */
  async acceptSpans(projectId: string, spans: readonly SpanRecord[]): Promise<Accepted> {
    this.#budget.spend(projectId, spans.length);
    const { believed, rejected } = this.#believe(projectId, spans, ({ startMs }) => startMs);
    const nowMs = this.#deps.now().getTime();
    const kept = this.#sampler.add(projectId, believed, nowMs);
    await this.#write({ projectId, metrics: [], spans: kept.map((span) => this.#scrubber.span(span)), logs: [] });
    if (this.#red.isFull) await this.#makeRoom(nowMs);
    const droppedBefore = this.#red.dropped;
    // After the commit: a request that failed is sent again, and would count twice.
    for (const span of believed) this.#red.observe(projectId, span, nowMs);
    const uncounted = this.#red.dropped - droppedBefore;
    return { rejected, warnings: uncounted === 0 ? {} : { [UNCOUNTED]: uncounted } };
  }

  /** Stores log lines, scrubbed and with their template; resolves after the commit. @returns how many were not taken, by the reason. */
  async acceptLogs(projectId: string, lines: readonly LogRecord[]): Promise<Readonly<Record<string, number>>> {
    this.#budget.spend(projectId, lines.length);
    const { believed, rejected } = this.#believe(projectId, lines, ({ atMs }) => atMs);
    await this.#recallTemplates(projectId, believed);
    const logs = believed.map((line) => this.#templates.mine(projectId, this.#scrubber.log(line)));
    await this.#write({ projectId, metrics: [], spans: [], logs });
    return rejected;
  }

  /** Lines are taken in all the same where templates can't be read. */
  async #recallTemplates(projectId: string, lines: readonly LogRecord[]): Promise<void> {
    if (this.#deps.loadTemplates === undefined) return;
    try {
      await this.#templates.prepare(projectId, lines, this.#deps.loadTemplates);
    } catch (err) {
      this.#deps.log.warn({ err, projectId }, "stored templates of log lines could not be read");
    }
  }

  /** Counts what was accepted but is of no use here. */
  countRejected(reasons: Readonly<Record<string, number>>): void {
    for (const [reason, count] of Object.entries(reasons))
      this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + count);
  }

  /** Writes what was derived since the last flush. What the store refuses is tried again with the next. */
  flush(isLast = false, mustRelease = false): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush(isLast, mustRelease));
    return this.#flushing;
  }

  /** Lets a backlog wait while what it brought is written. */
  async #makeRoom(nowMs: number): Promise<void> {
    if (this.#releasing === null && nowMs - this.#releasedAtMs >= RELEASE_EVERY_MS) {
      this.#releasedAtMs = nowMs;
      this.#releasing = this.flush(false, true).finally(() => {
        this.#releasing = null;
      });
    }
    await this.#releasing;
  }

  /** Writes everything that was accepted or derived, the minute that is not over included. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#batcher.drain();
    await this.flush(true);
  }

  async #flush(isLast: boolean, mustRelease: boolean): Promise<void> {
    const nowMs = Math.max(this.#deps.now().getTime(), this.#flushedAtMs + FLUSH_APART_MS);
    this.#flushedAtMs = nowMs;
    this.#sampler.expire(nowMs);
    const red = this.#red.flush(nowMs, isLast, mustRelease);
    const lines = this.#templates.flush(nowMs);
    const refused = this.#refused.flush(nowMs);
    for (const one of refused.news) this.#deps.log.warn(one, "telemetry was refused by its time");
    for (const samples of [red.samples, lines.samples, refused.samples]) {
      for (const [projectId, metrics] of samples)
        if (metrics.length > 0)
          this.#unsent.push({
            projectId,
            metrics: metrics.map((sample) => this.#scrubber.sample(sample)),
            spans: [],
            logs: [],
          });
    }
    try {
      if (this.#unsent.length > 0) await this.#deps.store.write(this.#unsent);
      this.#unsent = [];
    } catch (err) {
      const waiting = this.#unsent.reduce((sum, { metrics }) => sum + metrics.length, 0);
      this.#deps.log.warn({ err, waiting }, "derived series could not be stored; they are tried again");
      while (this.#unsent.reduce((sum, { metrics }) => sum + metrics.length, 0) > UNSENT_MAX) this.#unsent.shift();
    }
    await this.#tell("edges", red.edges, this.#deps.observeEdges);
    await this.#tell("templates", lines.news, this.#deps.storeTemplates);
  }

  /** Edges and templates come again with the next span or line, so a failure is told and not kept. */
  async #tell<T>(what: string, items: readonly T[], tell: (items: readonly T[]) => Promise<void>): Promise<void> {
    if (items.length === 0) return;
    try {
      await tell(items);
    } catch (err) {
      this.#deps.log.warn({ err, count: items.length }, `observed ${what} could not be stored`);
    }
  }

  async #write(arrived: Arrived): Promise<void> {
    if (arrived.metrics.length + arrived.spans.length + arrived.logs.length === 0) return;
    await this.#batcher.add([arrived]);
  }

  #believe<T extends TelemetryOrigin>(
    projectId: string,
    items: readonly T[],
    timeOf: (item: T) => number,
    { fromMs, toMs }: TimeWindow = this.bounds(),
  ) {
    const isBelieved = (item: T) => timeOf(item) >= fromMs && timeOf(item) < toMs;
    if (items.every(isBelieved)) return { believed: items, rejected: {} };
    const believed = items.filter(isBelieved);
    this.#refused.add(
      projectId,
      items.filter((item) => !isBelieved(item)),
    );
    const rejected = {
      "a time is older than what is kept, or more than an hour ahead": items.length - believed.length,
    };
    this.countRejected(rejected);
    return { believed, rejected };
  }
}
