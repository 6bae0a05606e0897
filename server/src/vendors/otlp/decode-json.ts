import { CulpritError } from "../../platform/errors/culprit-error.ts";
import {
  type Attributes,
  type AttributeValue,
  otlpLimits,
  type ResourceSpans,
  type Span,
  type SpanEvent,
} from "./span.ts";

type Json = Readonly<Record<string, unknown>>;

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
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new CulpritError("MALFORMED_BODY", "The body is not valid JSON.", { details: { field: "body" }, cause });
  }
  let spansLeft: number = otlpLimits.spans;
  return listAt(object(value, "body").resourceSpans, "resourceSpans").map((entry, index) => {
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
    const resource = resourceSpans.resource === undefined ? {} : object(resourceSpans.resource, `${field}.resource`);
    return { resource: toAttributes(resource.attributes, `${field}.resource.attributes`), spans };
  });
}

function toSpan(value: unknown, field: string): Span {
  const span = object(value, field);
  const status = span.status === undefined || span.status === null ? {} : object(span.status, `${field}.status`);
  return {
    traceId: hex(span.traceId, 32, `${field}.traceId`),
    spanId: hex(span.spanId, 16, `${field}.spanId`),
    parentSpanId: isAbsent(span.parentSpanId) ? null : hex(span.parentSpanId, 16, `${field}.parentSpanId`),
    name: typeof span.name === "string" ? span.name : "",
    kind: enumValue(span.kind, kinds, `${field}.kind`),
    startMs: millis(span.startTimeUnixNano, `${field}.startTimeUnixNano`),
    endMs: millis(span.endTimeUnixNano, `${field}.endTimeUnixNano`),
    attributes: toAttributes(span.attributes, `${field}.attributes`),
    events: listAt(span.events, `${field}.events`)
      .slice(0, otlpLimits.events)
      .map((event, index) => toEvent(event, `${field}.events[${index}]`)),
    statusCode: enumValue(status.code, statuses, `${field}.status.code`),
    statusMessage: typeof status.message === "string" ? status.message : "",
  };
}

function toEvent(value: unknown, field: string): SpanEvent {
  const event = object(value, field);
  return {
    name: typeof event.name === "string" ? event.name : "",
    timeMs: millis(event.timeUnixNano, `${field}.timeUnixNano`),
    attributes: toAttributes(event.attributes, `${field}.attributes`),
  };
}

function toAttributes(value: unknown, field: string): Attributes {
  const entries: [string, AttributeValue][] = [];
  listAt(value, field)
    .slice(0, otlpLimits.attributes)
    .forEach((entry, index) => {
      const pair = object(entry, `${field}[${index}]`);
      if (typeof pair.key !== "string") throw invalid(`${field}[${index}].key`, "it must be a text");
      entries.push([pair.key, toValue(pair.value, `${field}[${index}].value`, 0)]);
    });
  return Object.fromEntries(entries);
}

function toValue(value: unknown, field: string, depth: number): AttributeValue {
  if (isAbsent(value) || depth >= otlpLimits.valueDepth) return null;
  const any = object(value, field);
  if (typeof any.stringValue === "string") return any.stringValue;
  if (typeof any.boolValue === "boolean") return any.boolValue;
  if (typeof any.intValue === "number" || typeof any.intValue === "string")
    return integer(any.intValue, `${field}.intValue`);
  if (typeof any.doubleValue === "number" || typeof any.doubleValue === "string") return Number(any.doubleValue);
  if (typeof any.bytesValue === "string") return any.bytesValue;
  if (any.arrayValue !== undefined) {
    const { values } = object(any.arrayValue, `${field}.arrayValue`);
    const listed = listAt(values, `${field}.arrayValue.values`).slice(0, otlpLimits.attributes);
    return listed.map((item, index) => toValue(item, `${field}.arrayValue.values[${index}]`, depth + 1));
  }
  if (any.kvlistValue !== undefined) {
    const { values } = object(any.kvlistValue, `${field}.kvlistValue`);
    const pairs = listAt(values, `${field}.kvlistValue.values`).slice(0, otlpLimits.attributes);
    const entries = pairs.map((item, index): [string, AttributeValue] => {
      const pair = object(item, `${field}.kvlistValue.values[${index}]`);
      return [
        typeof pair.key === "string" ? pair.key : "",
        toValue(pair.value, `${field}.kvlistValue.values[${index}].value`, depth + 1),
      ];
    });
    return Object.fromEntries(entries);
  }
  return null;
}

function integer(value: number | string, field: string): AttributeValue {
  const number = Number(value);
  if (!Number.isInteger(number)) throw invalid(field, "it must be a whole number");
  return Number.isSafeInteger(number) ? number : String(value);
}

function millis(value: unknown, field: string): number {
  if (isAbsent(value)) return 0;
  const nanos = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  if (!Number.isFinite(nanos) || nanos < 0) throw invalid(field, "it must be nanoseconds since 1970");
  return nanos / 1e6;
}

function enumValue(value: unknown, names: readonly string[], field: string): number {
  if (isAbsent(value)) return 0;
  const number = typeof value === "string" ? names.indexOf(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0)
    throw invalid(field, `it must be a number or one of ${names.join(", ")}`);
  return number;
}

function hex(value: unknown, digits: number, field: string): string {
  if (typeof value !== "string" || value.length !== digits || !/^[0-9a-f]+$/i.test(value)) {
    throw invalid(field, `it must be ${digits} hex digits (JSON does not use base 64 here)`);
  }
  return value.toLowerCase();
}

function listAt(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(field, "it must be a list");
  return value;
}

function object(value: unknown, field: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(field, "it must be an object");
  return value as Json;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function invalid(field: string, why: string): CulpritError {
  return new CulpritError("INVALID_REQUEST", `${field} is not as OTLP says: ${why}.`, { details: { field } });
}
