import {
  enumValue,
  hex,
  invalid,
  isAbsent,
  listAt,
  millis,
  object,
  parseRequest,
  resourceOf,
  textAt,
  toAttributes,
} from "./json-fields.ts";
import { otlpLimits, type ResourceSpans, type Span, type SpanEvent } from "./span.ts";

const kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map(
  (name) => `SPAN_KIND_${name}`,
);
const statuses = ["UNSET", "OK", "ERROR"].map((name) => `STATUS_CODE_${name}`);

/**
 * The spans of an `ExportTraceServiceRequest` in JSON: ids are hex, 64-bit integers text or number, names camel case.
 * See https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
 * @throws CulpritError MALFORMED_BODY when it is no JSON, INVALID_REQUEST with the field when a part has another shape.
 */
export function decodeJsonTraces(body: Uint8Array): readonly ResourceSpans[] {
  let spansLeft: number = otlpLimits.spans;
  return listAt(parseRequest(body).resourceSpans, "resourceSpans").map((entry, index) => {
    const field = `resourceSpans[${index}]`;
    const resourceSpans = object(entry, field);
    const spans: Span[] = [];
    listAt(resourceSpans.scopeSpans, `${field}.scopeSpans`).forEach((scope, scopeIndex) => {
      const scopeField = `${field}.scopeSpans[${scopeIndex}]`;
      const listed = listAt(object(scope, scopeField).spans, `${scopeField}.spans`);
      spansLeft -= listed.length;
      if (spansLeft < 0) throw invalid(`${scopeField}.spans`, `one request may hold ${otlpLimits.spans} spans`);
      listed.forEach((span, spanIndex) => {
        spans.push(toSpan(span, `${scopeField}.spans[${spanIndex}]`));
      });
    });
    return { resource: resourceOf(resourceSpans, field), spans };
  });
}

function toSpan(value: unknown, field: string): Span {
  const span = object(value, field);
  const status = span.status === undefined || span.status === null ? {} : object(span.status, `${field}.status`);
  return {
    traceId: hex(span.traceId, 32, `${field}.traceId`),
    spanId: hex(span.spanId, 16, `${field}.spanId`),
    parentSpanId: isAbsent(span.parentSpanId) ? null : hex(span.parentSpanId, 16, `${field}.parentSpanId`),
    name: textAt(span.name),
    kind: enumValue(span.kind, kinds, `${field}.kind`),
    startMs: millis(span.startTimeUnixNano, `${field}.startTimeUnixNano`),
    endMs: millis(span.endTimeUnixNano, `${field}.endTimeUnixNano`),
    attributes: toAttributes(span.attributes, `${field}.attributes`),
    events: listAt(span.events, `${field}.events`)
      .slice(0, otlpLimits.events)
      .map((event, index) => toEvent(event, `${field}.events[${index}]`)),
    statusCode: enumValue(status.code, statuses, `${field}.status.code`),
    statusMessage: textAt(status.message),
  };
}

function toEvent(value: unknown, field: string): SpanEvent {
  const event = object(value, field);
  return {
    name: textAt(event.name),
    timeMs: millis(event.timeUnixNano, `${field}.timeUnixNano`),
    attributes: toAttributes(event.attributes, `${field}.attributes`),
  };
}
