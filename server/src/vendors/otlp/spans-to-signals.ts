import { createHash } from "node:crypto";
import type { ErrorSignal } from "@culprit/contract";
import { httpTitle, titleOf } from "../../analysis/signal/index.ts";
import { exceptionsFromText } from "../../analysis/stack/index.ts";
import { httpOfSpan, textOf } from "./http-of-span.ts";
import { type ResourceIdentity, resourceIdentity } from "./resource-identity.ts";
import { type ResourceSpans, type Span, type SpanEvent, spanKind, statusCode } from "./span.ts";
import { isoOf, type UpstreamFailure, upstreamOfSpan } from "./upstream-of-span.ts";

/** What a request of an OpenTelemetry exporter brought. */
export interface OtlpIntake {
  readonly events: readonly ErrorSignal[];
  /** Spans in the request, failed or not. */
  readonly spans: number;
  /** Failures that are no signal of their own, by the reason. */
  readonly ignored: Readonly<Record<string, number>>;
}

const upstreamKept = 10;
/** Steps towards the root that are looked at; a loop of parents ends here. */
const ancestorsMax = 64;

/**
 * The failures that spans tell of. One signal for each exception event, with the request of the SERVER span above it; one
 * `http_error` for each SERVER span answered with 5xx that no exception explains. Not signals: answers 4xx and the
 * exceptions behind them, and failed CLIENT calls, which are attached to their service's signals of the trace as `payload.upstream`.
 * An exception recorded again by an outer span counts once.
 */
export function spansToSignals(request: readonly ResourceSpans[], receivedAt: Date): OtlpIntake {
  const batch = indexBatch(request);
  const events: ErrorSignal[] = [];
  const ignored: Record<string, number> = {};
  const ignore = (reason: string) => {
    ignored[reason] = (ignored[reason] ?? 0) + 1;
  };
  const seen = new Set<string>();
  const explained = new Set<Span>();

  for (const entry of batch.failures) {
    const { span } = entry;
    const server = serverAbove(span, batch.byId);
    const request = server === null ? null : httpOfSpan(server);
    const exceptions = span.events.filter(({ name }) => name === "exception");
    if (span.kind === spanKind.client) {
      ignore("client_span");
      continue;
    }
    for (const [index, event] of exceptions.entries()) {
      if (isClientError(request?.status)) {
        ignore("client_error");
        continue;
      }
      if (server !== null) explained.add(server);
      const key = sameness(span, event);
      if (seen.has(key)) {
        ignore("repeated_exception");
        continue;
      }
      seen.add(key);
      const upstream = batch.upstream.get(upstreamKey(span, entry.identity)) ?? [];
      events.push(exceptionSignal(entry, event, index, { server, upstream, receivedAt }));
    }
  }
  for (const entry of batch.failures) {
    const { span } = entry;
    const status = span.kind === spanKind.server ? httpOfSpan(span).status : null;
    if (status === null || status < 500 || span.statusCode === statusCode.ok || explained.has(span)) continue;
    events.push(
      httpSignal(entry, { upstream: batch.upstream.get(upstreamKey(span, entry.identity)) ?? [], receivedAt }),
    );
  }
  return { events, spans: batch.spans, ignored };
}

interface Entry {
  readonly span: Span;
  readonly identity: ResourceIdentity;
}

interface Batch {
  readonly spans: number;
  readonly byId: ReadonlyMap<string, Span>;
  /** Spans that may be failures; all others are not looked at again. */
  readonly failures: readonly Entry[];
  readonly upstream: ReadonlyMap<string, readonly UpstreamFailure[]>;
}

function indexBatch(request: readonly ResourceSpans[]): Batch {
  const byId = new Map<string, Span>();
  const failures: Entry[] = [];
  const upstream = new Map<string, UpstreamFailure[]>();
  let spans = 0;
  for (const resourceSpans of request) {
    let identity: ResourceIdentity | null = null;
    for (const span of resourceSpans.spans) {
      spans += 1;
      byId.set(span.traceId + span.spanId, span);
      if (!mayHaveFailed(span)) continue;
      identity ??= resourceIdentity(resourceSpans.resource);
      failures.push({ span, identity });
      const failure = span.kind === spanKind.client ? upstreamOfSpan(span) : null;
      if (failure === null) continue;
      const key = upstreamKey(span, identity);
      const list = upstream.get(key) ?? [];
      if (list.length < upstreamKept) list.push(failure);
      upstream.set(key, list);
    }
  }
  return { spans, byId, failures, upstream };
}

/** A service's own calls in a trace: that its caller's call of it failed is what it did, not what was done to it. */
function upstreamKey({ traceId }: Span, { service }: ResourceIdentity): string {
  return `${traceId} ${service ?? ""}`;
}

function mayHaveFailed(span: Span): boolean {
  if (span.statusCode === statusCode.error || span.events.some(({ name }) => name === "exception")) return true;
  return (span.kind === spanKind.server || span.kind === spanKind.client) && (httpOfSpan(span).status ?? 0) >= 500;
}

function serverAbove(span: Span, byId: ReadonlyMap<string, Span>): Span | null {
  let current: Span | undefined = span;
  for (let steps = 0; current !== undefined && steps < ancestorsMax; steps += 1) {
    if (current.kind === spanKind.server) return current;
    current = current.parentSpanId === null ? undefined : byId.get(current.traceId + current.parentSpanId);
  }
  return null;
}

function isClientError(status: number | null | undefined): boolean {
  return status !== null && status !== undefined && status >= 400 && status < 500;
}

/** Outer spans record an exception that passes through them once more, word for word. */
function sameness(span: Span, event: SpanEvent): string {
  const { attributes } = event;
  const parts = ["exception.type", "exception.message", "exception.stacktrace"].map(
    (name) => textOf(attributes, name) ?? "",
  );
  return [span.traceId, ...parts].join("\0");
}

interface SignalContext {
  readonly upstream: readonly UpstreamFailure[];
  readonly receivedAt: Date;
}

function exceptionSignal(
  entry: Entry,
  event: SpanEvent,
  index: number,
  ctx: SignalContext & { server: Span | null },
): ErrorSignal {
  const { span } = entry;
  const stack = textOf(event.attributes, "exception.stacktrace");
  const exceptions = exceptionsFromText({
    type: textOf(event.attributes, "exception.type"),
    message: textOf(event.attributes, "exception.message"),
    stack,
  });
  const request = ctx.server === null ? null : httpOfSpan(ctx.server);
  // An exception of a span that went well was caught and dealt with.
  const failed =
    span.statusCode === statusCode.error ||
    (request?.status ?? 0) >= 500 ||
    event.attributes["exception.escaped"] === true;
  return {
    ...common(entry, ctx),
    eventId: eventIdOf(span, `exception/${index}`),
    detector: "exception",
    exceptions,
    title: titleOf(exceptions[0] ?? { type: "Error", message: "" }),
    stackText: stack,
    severity: failed ? "high" : "medium",
    occurredAt: isoOf(event.timeMs) ?? timeOf(span, ctx.receivedAt),
    request,
  };
}

function httpSignal(entry: Entry, ctx: SignalContext): ErrorSignal {
  const { span } = entry;
  const request = httpOfSpan(span);
  return {
    ...common(entry, ctx),
    eventId: eventIdOf(span, "http"),
    detector: "http_error",
    exceptions: [],
    title: httpTitle(request),
    stackText: null,
    severity: "high",
    occurredAt: timeOf(span, ctx.receivedAt),
    request,
  };
}

function common({ span, identity }: Entry, ctx: SignalContext) {
  const { kept, ...identified } = identity;
  const upstream = ctx.upstream.filter(({ span_id }) => span_id !== span.spanId);
  return {
    ...identified,
    door: "otlp" as const,
    traceId: /^0+$/.test(span.traceId) ? null : span.traceId,
    spanId: span.spanId,
    payload: {
      span: span.name,
      span_kind: span.kind,
      status_message: span.statusMessage,
      attributes: span.attributes,
      resource: kept,
      ...(upstream.length === 0 ? {} : { upstream }),
    },
  };
}

function timeOf(span: Span, receivedAt: Date): string {
  return isoOf(span.endMs) ?? isoOf(span.startMs) ?? receivedAt.toISOString();
}

/** The same for the same span whenever it is sent, so that an exporter's retry counts once. */
function eventIdOf(span: Span, part: string): string {
  return createHash("sha256").update(`${span.traceId}/${span.spanId}/${part}`).digest("hex").slice(0, 32);
}
