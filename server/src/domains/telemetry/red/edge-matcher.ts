import type { SpanRecord } from "@culprit/contract";
import { evictOldest } from "../../../analysis/bounded/evict-oldest.ts";
import { keyOfPeer, type ObservedCall } from "./observed-call.ts";
import { isFailed } from "./span-outcome.ts";

interface Pending<T> {
  readonly projectId: string;
  readonly span: T;
  readonly untilMs: number;
}

type Callee = Pick<SpanRecord, "traceId" | "serviceKey">;
/** What is held of a call: not its attributes, which are most of a span. */
type Caller = Callee & Pick<SpanRecord, "environment" | "startMs" | "durationMs" | "status" | "httpStatus" | "peer">;

/** Calls that wait for the other side, each way; the oldest give way. */
const PENDING_MAX = 50_000;
const WAIT_MS = 10_000;

/**
 * Finds who calls whom, as the service graphs of OpenTelemetry's collector and Tempo do: a CLIENT span and the SERVER span below it, in whatever
 * order and request they come, within ten seconds and in bounded memory. A call to a database, cache or queue needs no other side; a call that nobody
 * answers goes to what its span says it called.
 */
export class EdgeMatcher {
  readonly #emit: (call: ObservedCall) => void;
  readonly #callers = new Map<string, Pending<Caller>>();
  readonly #callees = new Map<string, Pending<Callee>>();

  constructor(emit: (call: ObservedCall) => void) {
    this.#emit = emit;
  }

  get pending(): number {
    return this.#callers.size + this.#callees.size;
  }

  /** Looks at a span, which may complete a call. */
  observe(projectId: string, span: SpanRecord, nowMs: number): void {
    const { kind, peer } = span;
    if (kind === "internal") return;
    if (kind !== "server" && peer !== null && peer.kind !== "service" && peer.kind !== "external") {
      this.#call(projectId, span, keyOfPeer(span, peer), peer.engine);
      return;
    }
    if (kind === "client") this.#observeCaller(projectId, span, nowMs);
    else if (kind === "server" && span.parentSpanId !== null) this.#observeCallee(projectId, span, nowMs);
  }

  /** Ends the waiting of calls that nobody answered; of all of them where `nowMs` is infinite. */
  expire(nowMs: number): void {
    for (const [key, pending] of this.#callers) {
      if (pending.untilMs > nowMs) break;
      this.#callers.delete(key);
      this.#unanswered(pending);
    }
    for (const [key, pending] of this.#callees) {
      if (pending.untilMs > nowMs) break;
      this.#callees.delete(key);
    }
  }

  #observeCaller(projectId: string, span: SpanRecord, nowMs: number): void {
    const callee = this.#callees.get(span.spanId);
    if (callee !== undefined && callee.projectId === projectId && callee.span.traceId === span.traceId) {
      this.#callees.delete(span.spanId);
      this.#answered(projectId, span, callee.span);
      return;
    }
    for (const [, oldest] of evictOldest(this.#callers, PENDING_MAX)) this.#unanswered(oldest);
    const { traceId, serviceKey, environment, startMs, durationMs, status, httpStatus, peer } = span;
    const held = { traceId, serviceKey, environment, startMs, durationMs, status, httpStatus, peer };
    this.#callers.set(span.spanId, { projectId, span: held, untilMs: nowMs + WAIT_MS });
  }

  #observeCallee(projectId: string, span: SpanRecord, nowMs: number): void {
    const parent = span.parentSpanId ?? "";
    const caller = this.#callers.get(parent);
    if (caller !== undefined && caller.projectId === projectId && caller.span.traceId === span.traceId) {
      this.#callers.delete(parent);
      this.#answered(projectId, caller.span, span);
      return;
    }
    evictOldest(this.#callees, PENDING_MAX);
    const { traceId, serviceKey } = span;
    this.#callees.set(parent, { projectId, span: { traceId, serviceKey }, untilMs: nowMs + WAIT_MS });
  }

  #answered(projectId: string, caller: Caller, { serviceKey }: Callee): void {
    if (caller.serviceKey !== serviceKey) this.#call(projectId, caller, serviceKey, null);
  }

  #unanswered({ projectId, span }: Pending<Caller>): void {
    if (span.peer !== null) this.#call(projectId, span, keyOfPeer(span, span.peer), span.peer.engine);
  }

  #call(projectId: string, span: Caller, toKey: string, engine: string | null): void {
    const { environment, serviceKey: fromKey, startMs, durationMs } = span;
    const atMs = startMs + durationMs;
    this.#emit({ projectId, environment, fromKey, toKey, engine, atMs, durationMs, isError: isFailed(span) });
  }
}
