import type { SpanRecord } from "@culprit/contract";
import { evictOldest } from "../../../analysis/bounded/evict-oldest.ts";
import { isEntry, isFailed } from "../red/span-outcome.ts";
import { traceShare } from "./trace-share.ts";

/*
 * A trace is `undecided` while its spans wait here, `kept` or `dropped` after. What decides:
 *   undecided → kept     a span of it failed or was slow; all that waited is given out with it
 *   undecided → dropped  two seconds after its root came, ten after its first span, or when memory is full (oldest first)
 *   dropped → kept       a late span of it failed or was slow: it and what comes after it is kept, what was dropped stays so
 * A trace whose id falls into the share never waits: each of its spans is given out as it comes, by every process alike.
 * Failed and slow spans are thus always given out in the call that brought them, and never wait in memory.
 */

export interface SamplingSettings {
  /** 0..1 of the traces without an error or slowness. */
  readonly share: number;
  /** Traces of a project in a minute of which all are kept; beyond it the share falls to `share`. */
  readonly tracesPerMinuteFloor: number;
  /** A span that takes longer is slow whatever its route does. */
  readonly slowMs: number;
  readonly bytesMax: number;
}

/** Why spans were given out, counted since the start. */
export interface SamplingCounts {
  error: number;
  slow: number;
  share: number;
  dropped: number;
}

interface Waiting {
  readonly projectId: string;
  readonly traceId: string;
  readonly spans: SpanRecord[];
  bytes: number;
  decideAtMs: number;
}

interface TraceRate {
  minute: number;
  traces: number;
  before: number;
}

const WAIT_MS = 10_000;
const AFTER_ROOT_MS = 2_000;
/** Also while spans come: a decided trace would else hold its memory until the next flush. */
const EXPIRE_EVERY_MS = 1_000;
const DECIDED_MAX = 100_000;

/** Decides which spans are worth keeping: whole traces with an error or slowness, and a share of the rest. Bounded in time and memory. */
export class TailSampler {
  readonly counts: SamplingCounts = { error: 0, slow: 0, share: 0, dropped: 0 };
  readonly #settings: SamplingSettings;
  readonly #slowOverMs: (projectId: string, span: SpanRecord) => number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #decided = new Map<string, boolean>();
  readonly #rates = new Map<string, TraceRate>();
  #bytes = 0;
  #expireAtMs = 0;

  /** `slowOverMs` is the time over which a request of a route is slow. */
  constructor(settings: SamplingSettings, slowOverMs: (projectId: string, span: SpanRecord) => number) {
    this.#settings = settings;
    this.#slowOverMs = slowOverMs;
  }

  /** Spans and bytes that wait for a decision. */
  get waiting(): { readonly traces: number; readonly bytes: number } {
    return { traces: this.#waiting.size, bytes: this.#bytes };
  }

  /** Takes spans of a project. @returns those to store now: of these, and of earlier ones whose trace turned out worth keeping. */
  add(projectId: string, spans: readonly SpanRecord[], nowMs: number): readonly SpanRecord[] {
    if (nowMs >= this.#expireAtMs) this.expire(nowMs);
    const kept: SpanRecord[] = [];
    for (const span of spans) this.#addSpan(projectId, span, nowMs, kept);
    this.#makeRoom();
    return kept;
  }

  /** Drops the traces whose time is up. */
  expire(nowMs: number): void {
    this.#expireAtMs = nowMs + EXPIRE_EVERY_MS;
    for (const waiting of this.#waiting.values()) {
      if (waiting.decideAtMs <= nowMs) this.#drop(waiting);
    }
    for (const [projectId, rate] of this.#rates)
      if (rate.minute < Math.floor(nowMs / 60_000) - 2) this.#rates.delete(projectId);
  }

  #addSpan(projectId: string, span: SpanRecord, nowMs: number, kept: SpanRecord[]): void {
    const reason = this.#reasonOf(projectId, span);
    const key = projectId + span.traceId;
    const waiting = this.#waiting.get(key);
    if (reason !== null) {
      this.counts[reason] += 1;
      if (waiting !== undefined) {
        this.#take(waiting);
        for (const each of waiting.spans) kept.push(each);
        this.counts[reason] += waiting.spans.length;
      }
      this.#decide(key, true);
      kept.push(span);
      return;
    }
    if (waiting !== undefined) {
      this.#wait(waiting, span, nowMs);
      return;
    }
    const decision = this.#decided.get(key);
    if (decision === true || (decision === undefined && this.#isInShare(projectId, span.traceId, nowMs))) {
      if (decision === undefined) this.#decide(key, true);
      this.counts.share += 1;
      kept.push(span);
    } else if (decision === false) this.counts.dropped += 1;
    else {
      const { traceId } = span;
      const made = { projectId, traceId, spans: [], bytes: 0, decideAtMs: nowMs + WAIT_MS };
      this.#waiting.set(key, made);
      this.#wait(made, span, nowMs);
    }
  }

  #wait(waiting: Waiting, span: SpanRecord, nowMs: number): void {
    const bytes = bytesOf(span);
    waiting.spans.push(span);
    waiting.bytes += bytes;
    this.#bytes += bytes;
    if (span.parentSpanId === null) waiting.decideAtMs = Math.min(waiting.decideAtMs, nowMs + AFTER_ROOT_MS);
  }

  #reasonOf(projectId: string, span: SpanRecord): "error" | "slow" | null {
    if (isFailed(span)) return "error";
    if (span.durationMs > this.#settings.slowMs) return "slow";
    return isEntry(span) && span.durationMs > this.#slowOverMs(projectId, span) ? "slow" : null;
  }

  #isInShare(projectId: string, traceId: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / 60_000);
    const rate = this.#rates.get(projectId) ?? { minute, traces: 0, before: 0 };
    if (rate.minute !== minute) {
      rate.before = rate.minute === minute - 1 ? rate.traces : 0;
      rate.minute = minute;
      rate.traces = 0;
    }
    rate.traces += 1;
    this.#rates.set(projectId, rate);
    const { share, tracesPerMinuteFloor } = this.#settings;
    return traceShare(traceId) < Math.max(share, tracesPerMinuteFloor / Math.max(rate.traces, rate.before));
  }

  #makeRoom(): void {
    for (const waiting of this.#waiting.values()) {
      if (this.#bytes <= this.#settings.bytesMax) return;
      this.#drop(waiting);
    }
  }

  #drop(waiting: Waiting): void {
    this.#take(waiting);
    this.counts.dropped += waiting.spans.length;
    this.#decide(waiting.projectId + waiting.traceId, false);
  }

  #take(waiting: Waiting): void {
    this.#waiting.delete(waiting.projectId + waiting.traceId);
    this.#bytes -= waiting.bytes;
  }

  /** Remembers a decision, the latest longest. */
  #decide(key: string, isKept: boolean): void {
    this.#decided.delete(key);
    evictOldest(this.#decided, DECIDED_MAX);
    this.#decided.set(key, isKept);
  }
}

/** About what a record costs in memory. */
function bytesOf(span: SpanRecord): number {
  let bytes = 500 + span.events.length * 400;
  for (const name in span.attributes) {
    const value = span.attributes[name];
    bytes += 48 + (typeof value === "string" ? value.length : 8);
  }
  return bytes;
}
