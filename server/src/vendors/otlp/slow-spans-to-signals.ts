import { createHash } from "node:crypto";
import type { ErrorSignal, SpanRecord } from "@culprit/contract";
import { httpOfSpan } from "./http-of-span.ts";
import { isHeldOpen } from "./is-held-open.ts";
import { resourceIdentity } from "./resource-identity.ts";
import { type ResourceSpans, type Span, spanKind } from "./span.ts";
import { isoOf } from "./upstream-of-span.ts";

/** How long requests may take; `leastMs` is the lowest, below which nothing is looked up. */
export interface SlowBounds {
  readonly leastMs: number;
  of(place: Pick<SpanRecord, "serviceKey" | "environment"> & { readonly route: string }): number;
}

/** Slow requests told of each route and export: enough for the gate to tell one from several, and no flood. */
const TOLD_MAX = 5;

/**
 * A signal for each of the slowest requests of a route that it answered too slowly (document 1's `latency`): only SERVER spans, no streams and long polls, and none whose trace failed in
 * this request, because that is told already. Where a request was slow through several services, that one is named whose own called ones were not.
 */
export function slowSpansToSignals(
  request: readonly ResourceSpans[],
  records: readonly SpanRecord[],
  {
    bounds,
    failedTraces,
    receivedAt,
  }: { readonly bounds: SlowBounds; readonly failedTraces: ReadonlySet<string>; readonly receivedAt: Date },
): ErrorSignal[] {
  if (!Number.isFinite(bounds.leastMs)) return [];
  const placeOf = new Map(records.map((record) => [record.traceId + record.spanId, record]));
  const slow: {
    readonly span: Span;
    readonly resource: ResourceSpans["resource"];
    readonly record: SpanRecord;
    readonly thresholdMs: number;
  }[] = [];
  for (const { resource, spans } of request)
    for (const span of spans) {
      const ms = span.endMs - span.startMs;
      if (span.kind !== spanKind.server || !(ms > bounds.leastMs) || failedTraces.has(span.traceId)) continue;
      if (isHeldOpen(span)) continue;
      const record = placeOf.get(span.traceId + span.spanId);
      if (record === undefined) continue;
      const thresholdMs = bounds.of({
        serviceKey: record.serviceKey,
        environment: record.environment,
        route: record.route ?? record.name,
      });
      if (ms > thresholdMs) slow.push({ span, resource, record, thresholdMs });
    }
  const waitedFor = ancestorsOf(
    slow.map(({ span }) => span),
    request,
  );
  const byRoute = new Map<string, (typeof slow)[number][]>();
  for (const one of slow) {
    if (waitedFor.has(one.span.traceId + one.span.spanId)) continue;
    const key = `${one.record.serviceKey}\n${one.record.environment}\n${one.record.route ?? one.record.name}`;
    byRoute.set(key, [...(byRoute.get(key) ?? []), one]);
  }
  const told = [...byRoute.values()].flatMap((ofRoute) =>
    ofRoute.toSorted((a, b) => durationOf(b.span) - durationOf(a.span)).slice(0, TOLD_MAX),
  );
  return told.map(({ span, resource, record, thresholdMs }) => {
    const { kept, ...identified } = resourceIdentity(resource);
    const http = httpOfSpan(span);
    const route = record.route ?? record.name;
    const name = http.method === null || route.startsWith(http.method) ? route : `${http.method} ${route}`;
    return {
      ...identified,
      eventId: createHash("sha256").update(`${span.traceId}/${span.spanId}/latency`).digest("hex").slice(0, 32),
      door: "otlp",
      detector: "latency",
      exceptions: [],
      title: `High latency: ${name}`.slice(0, 300),
      description: `High Latency: ${Math.round(durationOf(span))}ms (Threshold: ${thresholdMs}ms)`,
      stackText: null,
      severity: "medium",
      occurredAt: isoOf(span.endMs) ?? receivedAt.toISOString(),
      traceId: /^0+$/.test(span.traceId) ? null : span.traceId,
      spanId: span.spanId,
      request: http,
      grouping: ["latency", record.serviceKey, name],
      payload: {
        span: span.name,
        duration_ms: durationOf(span),
        threshold_ms: thresholdMs,
        attributes: span.attributes,
        resource: kept,
      },
    };
  });
}

function durationOf({ startMs, endMs }: Span): number {
  return endMs - startMs;
}

/** The spans above those that were slow, in this request: they waited. */
function ancestorsOf(slow: readonly Span[], request: readonly ResourceSpans[]): ReadonlySet<string> {
  const above = new Set<string>();
  if (slow.length < 2) return above;
  const byId = new Map(
    request.flatMap(({ spans }) => spans.map((span) => [span.traceId + span.spanId, span] as const)),
  );
  for (const span of slow)
    for (let at = parentOf(span); at !== null && !above.has(at); ) {
      above.add(at);
      const parent = byId.get(at);
      at = parent === undefined ? null : parentOf(parent);
    }
  return above;
}

function parentOf({ traceId, parentSpanId }: Span): string | null {
  return parentSpanId === null ? null : traceId + parentSpanId;
}
