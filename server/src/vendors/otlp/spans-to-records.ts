import type { SpanKind, SpanRecord } from "@culprit/contract";
import { normalizeRoute } from "../../analysis/fingerprint/normalize-route.ts";
import { httpOfSpan, textOf } from "./http-of-span.ts";
import { type Cuts, plainAttributes } from "./plain-attributes.ts";
import { type ResourceSpans, type Span, statusCode } from "./span.ts";
import { peerOfSpan } from "./span-peer.ts";
import { telemetryOrigin } from "./telemetry-origin.ts";

const kinds: readonly SpanKind[] = ["internal", "internal", "server", "client", "producer", "consumer"];
const NAME_CHARS = 255;
const ROUTE_CHARS = 300;

/** What is kept of a span's events; beyond it are the last ones of a span that logs in a loop. */
const eventsMax = 32;

/** The spans of a request as records. A span without an end has no length; times that no clock shows become `receivedAt`. */
export function spansToRecords(
  request: readonly ResourceSpans[],
  { receivedAt, fallbackService }: { readonly receivedAt: Date; readonly fallbackService: string },
  cuts?: Cuts,
): readonly SpanRecord[] {
  const records: SpanRecord[] = [];
  for (const { resource, spans } of request) {
    const { serviceKey, environment } = telemetryOrigin(resource, fallbackService);
    for (const span of spans) records.push(toRecord(span, serviceKey, environment, receivedAt.getTime(), cuts));
  }
  return records;
}

function toRecord(span: Span, serviceKey: string, environment: string, nowMs: number, cuts?: Cuts): SpanRecord {
  const request = httpOfSpan(span);
  const startMs = span.startMs > 0 ? span.startMs : span.endMs > 0 ? span.endMs : nowMs;
  return {
    serviceKey,
    environment,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name.length > NAME_CHARS ? span.name.slice(0, NAME_CHARS) : span.name,
    kind: kinds[span.kind] ?? "internal",
    startMs,
    // Doubles of today hold a quarter of a microsecond.
    durationMs: Math.max(0, Math.round((span.endMs - startMs) * 1000) / 1000),
    status: span.statusCode === statusCode.error ? "error" : span.statusCode === statusCode.ok ? "ok" : "unset",
    route: routeOf(span, request),
    httpStatus: request.status,
    peer: peerOfSpan(span),
    attributes: plainAttributes(span.attributes, cuts),
    events:
      span.events.length === 0
        ? []
        : span.events.slice(0, eventsMax).map(({ name, timeMs, attributes }) => ({
            name: name.slice(0, NAME_CHARS),
            atMs: timeMs > 0 ? timeMs : startMs,
            attributes: plainAttributes(attributes),
          })),
  };
}

function routeOf({ attributes }: Span, { method, route }: ReturnType<typeof httpOfSpan>): string | null {
  if (method !== null || route !== null) {
    if (route === null) return method;
    const path = normalizeRoute(route);
    return (method === null ? path : `${method} ${path}`).slice(0, ROUTE_CHARS);
  }
  const service = textOf(attributes, "rpc.service");
  const call = textOf(attributes, "rpc.method");
  if (service === null && call === null) return null;
  return [service, call]
    .filter((part) => part !== null)
    .join("/")
    .slice(0, ROUTE_CHARS);
}
