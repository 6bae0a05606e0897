import { httpOfSpan, textOf } from "./http-of-span.ts";
import { type Span, statusCode } from "./span.ts";

/** A call to another service that failed during a trace, as a diagnosis wants to see it. */
export interface UpstreamFailure {
  readonly peer: string | null;
  readonly method: string | null;
  readonly route: string | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly started_at: string | null;
  readonly duration_ms: number;
  readonly span_id: string;
}

/** The failure that a CLIENT span tells of: a 5xx answer, an error status or an exception. Null when the call went well, or failed by the caller's fault. */
export function upstreamOfSpan(span: Span): UpstreamFailure | null {
  const { method, route, status } = httpOfSpan(span);
  const exception = span.events.find(({ name }) => name === "exception");
  if (status !== null && status < 500) return null;
  if (status === null && span.statusCode !== statusCode.error && exception === undefined) return null;
  const { attributes } = span;
  const error = exception === undefined ? null : textOf(exception.attributes, "exception.message");
  return {
    peer:
      textOf(attributes, "peer.service") ??
      textOf(attributes, "server.address") ??
      textOf(attributes, "net.peer.name") ??
      textOf(attributes, "db.system.name") ??
      textOf(attributes, "db.system"),
    method,
    route,
    status,
    error: error ?? (span.statusMessage || textOf(attributes, "error.type")),
    started_at: isoOf(span.startMs),
    duration_ms: Math.max(0, Math.round(span.endMs - span.startMs)),
    span_id: span.spanId,
  };
}

/** Milliseconds since 1970 as ISO 8601 in UTC; null for a time before it or one no clock shows. */
export function isoOf(ms: number): string | null {
  return ms > 0 && ms < 4_102_444_800_000 ? new Date(ms).toISOString() : null;
}
