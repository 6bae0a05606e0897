import protobuf from "protobufjs/minimal.js";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import {
  type Attributes,
  type AttributeValue,
  otlpLimits,
  type ResourceSpans,
  type Span,
  type SpanEvent,
} from "./span.ts";

type Reader = protobuf.Reader;

/** The wire types of https://protobuf.dev/programming-guides/encoding/ that OTLP uses. */
const wire = { varint: 0, fixed64: 1, bytes: 2 } as const;

/**
 * The spans of an `ExportTraceServiceRequest` in protobuf (opentelemetry-proto `trace/v1`). Read field by field instead of by
 * a generated decoder: what Culprit does not use is skipped without becoming an object.
 * @throws CulpritError MALFORMED_BODY when it is no such message.
 */
export function decodeProtobufTraces(body: Uint8Array): readonly ResourceSpans[] {
  const resourceSpans: ResourceSpans[] = [];
  const budget = { spans: otlpLimits.spans };
  try {
    const reader = protobuf.Reader.create(body);
    message(reader, reader.len, (field, type) => {
      if (field !== 1 || type !== wire.bytes) return false;
      resourceSpans.push(readResourceSpans(reader, budget));
      return true;
    });
  } catch (cause) {
    if (cause instanceof CulpritError) throw cause;
    throw new CulpritError("MALFORMED_BODY", "The body is not an ExportTraceServiceRequest in protobuf.", {
      details: { field: "body" },
      cause,
    });
  }
  return resourceSpans;
}

function readResourceSpans(reader: Reader, budget: { spans: number }): ResourceSpans {
  let resource: Attributes = {};
  const spans: Span[] = [];
  message(reader, lengthEnd(reader), (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) resource = readAttributesOf(reader, 1);
    else if (field === 2) readScopeSpans(reader, spans, budget);
    else return false;
    return true;
  });
  return { resource, spans };
}

/** The attributes of a message that is read for them alone. */
function readAttributesOf(reader: Reader, attributesField: number): Attributes {
  const entries: [string, AttributeValue][] = [];
  message(reader, lengthEnd(reader), (field, type) => {
    if (field !== attributesField || type !== wire.bytes) return false;
    addAttribute(reader, entries);
    return true;
  });
  return Object.fromEntries(entries);
}

function readScopeSpans(reader: Reader, spans: Span[], budget: { spans: number }): void {
  message(reader, lengthEnd(reader), (field, type) => {
    if (field !== 2 || type !== wire.bytes) return false;
    budget.spans -= 1;
    if (budget.spans < 0) {
      throw new CulpritError("INVALID_REQUEST", `One request may hold ${otlpLimits.spans} spans.`, {
        details: { field: "resource_spans" },
      });
    }
    spans.push(readSpan(reader));
    return true;
  });
}

function readSpan(reader: Reader): Span {
  const attributes: [string, AttributeValue][] = [];
  const events: SpanEvent[] = [];
  const span = {
    traceId: "",
    spanId: "",
    parentSpanId: null as string | null,
    name: "",
    kind: 0,
    startMs: 0,
    endMs: 0,
  };
  let status = { statusCode: 0, statusMessage: "" };
  message(reader, lengthEnd(reader), (field, type) => {
    if (type === wire.fixed64 && field === 7) span.startMs = millis(reader);
    else if (type === wire.fixed64 && field === 8) span.endMs = millis(reader);
    else if (type === wire.varint && field === 6) span.kind = reader.int32();
    else if (type !== wire.bytes) return false;
    else if (field === 1) span.traceId = id(reader, 16, "trace_id");
    else if (field === 2) span.spanId = id(reader, 8, "span_id");
    else if (field === 4) span.parentSpanId = id(reader, 8, "parent_span_id") || null;
    else if (field === 5) span.name = reader.string();
    else if (field === 9) addAttribute(reader, attributes);
    else if (field === 11 && events.length < otlpLimits.events) events.push(readEvent(reader));
    else if (field === 15) status = readStatus(reader);
    else return false;
    return true;
  });
  if (span.traceId === "" || span.spanId === "") throw invalidId(span.traceId === "" ? "trace_id" : "span_id");
  return { ...span, ...status, attributes: Object.fromEntries(attributes), events };
}

function readEvent(reader: Reader): SpanEvent {
  const attributes: [string, AttributeValue][] = [];
  const event = { name: "", timeMs: 0 };
  message(reader, lengthEnd(reader), (field, type) => {
    if (type === wire.fixed64 && field === 1) event.timeMs = millis(reader);
    else if (type !== wire.bytes) return false;
    else if (field === 2) event.name = reader.string();
    else if (field === 3) addAttribute(reader, attributes);
    else return false;
    return true;
  });
  return { ...event, attributes: Object.fromEntries(attributes) };
}

function readStatus(reader: Reader): { statusCode: number; statusMessage: string } {
  const status = { statusCode: 0, statusMessage: "" };
  message(reader, lengthEnd(reader), (field, type) => {
    if (type === wire.bytes && field === 2) status.statusMessage = reader.string();
    else if (type === wire.varint && field === 3) status.statusCode = reader.int32();
    else return false;
    return true;
  });
  return status;
}

function addAttribute(reader: Reader, entries: [string, AttributeValue][], depth = 0): void {
  let key = "";
  let value: AttributeValue = null;
  message(reader, lengthEnd(reader), (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) key = reader.string();
    else if (field === 2) value = readValue(reader, depth);
    else return false;
    return true;
  });
  if (entries.length < otlpLimits.attributes) entries.push([key, value]);
}

function readValue(reader: Reader, depth: number): AttributeValue {
  let value: AttributeValue = null;
  const end = lengthEnd(reader);
  if (depth >= otlpLimits.valueDepth) {
    reader.pos = end;
    return null;
  }
  message(reader, end, (field, type) => {
    if (field === 1 && type === wire.bytes) value = reader.string();
    else if (field === 2 && type === wire.varint) value = reader.bool();
    else if (field === 3 && type === wire.varint) value = integer(reader);
    else if (field === 4 && type === wire.fixed64) value = reader.double();
    else if (field === 5 && type === wire.bytes) value = readArray(reader, depth + 1);
    else if (field === 6 && type === wire.bytes) value = readKeyValues(reader, depth + 1);
    else if (field === 7 && type === wire.bytes) value = Buffer.from(reader.bytes()).toString("base64");
    else return false;
    return true;
  });
  return value;
}

function readArray(reader: Reader, depth: number): AttributeValue {
  const values: AttributeValue[] = [];
  message(reader, lengthEnd(reader), (field, type) => {
    if (field !== 1 || type !== wire.bytes || values.length >= otlpLimits.attributes) return false;
    values.push(readValue(reader, depth));
    return true;
  });
  return values;
}

function readKeyValues(reader: Reader, depth: number): AttributeValue {
  const entries: [string, AttributeValue][] = [];
  message(reader, lengthEnd(reader), (field, type) => {
    if (field !== 1 || type !== wire.bytes) return false;
    addAttribute(reader, entries, depth);
    return true;
  });
  return Object.fromEntries(entries);
}

/** Calls `read` for each field up to `end`; a field that it does not want is skipped. */
function message(reader: Reader, end: number, read: (field: number, type: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new RangeError("field number 0");
    if (!read(tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new RangeError(`a message ends at ${end}, its fields at ${reader.pos}`);
}

function lengthEnd(reader: Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`a message of ${length} bytes at ${reader.pos} is longer than the body`);
  return end;
}

/** Nanoseconds as milliseconds; a double keeps microseconds until the year 2255. */
function millis(reader: Reader): number {
  const low = reader.fixed32();
  return (reader.fixed32() * 4_294_967_296 + low) / 1e6;
}

function integer(reader: Reader): AttributeValue {
  const text = String(reader.int64());
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** An id as hex; empty bytes mean that there is none. */
function id(reader: Reader, bytes: number, field: string): string {
  const raw = reader.bytes();
  if (raw.length === 0) return "";
  if (raw.length !== bytes) throw invalidId(field);
  return Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString("hex");
}

function invalidId(field: string): CulpritError {
  const bytes = field === "trace_id" ? 16 : 8;
  return new CulpritError("INVALID_REQUEST", `${field} of a span must be ${bytes} bytes.`, {
    details: { field: `span.${field}` },
  });
}
