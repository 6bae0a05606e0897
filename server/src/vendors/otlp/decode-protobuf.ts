import protobuf from "protobufjs/minimal.js";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { lengthEnd, nanosAsMillis, readFields, wire } from "../shared/protobuf-fields.ts";
import {
  type AttributeEntries,
  addAttribute,
  attributesOf,
  invalidId,
  readAttributesOf,
  readId,
} from "./protobuf-attributes.ts";
import { type Attributes, otlpLimits, type ResourceSpans, type Span, type SpanEvent } from "./span.ts";

type Reader = protobuf.Reader;

/**
 * The spans of an `ExportTraceServiceRequest` in protobuf (opentelemetry-proto `trace/v1`).
 * @throws CulpritError MALFORMED_BODY when it is no such message.
 */
export function decodeProtobufTraces(body: Uint8Array): readonly ResourceSpans[] {
  const resourceSpans: ResourceSpans[] = [];
  const budget = { spans: otlpLimits.spans };
  try {
    const reader = protobuf.Reader.create(body);
    readFields(reader, reader.len, (field, type) => {
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
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) resource = readAttributesOf(reader, 1);
    else if (field === 2) readScopeSpans(reader, spans, budget);
    else return false;
    return true;
  });
  return { resource, spans };
}

function readScopeSpans(reader: Reader, spans: Span[], budget: { spans: number }): void {
  readFields(reader, lengthEnd(reader), (field, type) => {
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
  const attributes: AttributeEntries = [];
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
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type === wire.fixed64 && field === 7) span.startMs = nanosAsMillis(reader);
    else if (type === wire.fixed64 && field === 8) span.endMs = nanosAsMillis(reader);
    else if (type === wire.varint && field === 6) span.kind = reader.int32();
    else if (type !== wire.bytes) return false;
    else if (field === 1) span.traceId = readId(reader, 16, "span");
    else if (field === 2) span.spanId = readId(reader, 8, "span");
    else if (field === 4) span.parentSpanId = readId(reader, 8, "span") || null;
    else if (field === 5) span.name = reader.string();
    else if (field === 9) addAttribute(reader, attributes);
    else if (field === 11 && events.length < otlpLimits.events) events.push(readEvent(reader));
    else if (field === 15) status = readStatus(reader);
    else return false;
    return true;
  });
  if (span.traceId === "" || span.spanId === "") throw invalidId(span.traceId === "" ? 16 : 8, "span");
  return { ...span, ...status, attributes: attributesOf(attributes), events };
}

function readEvent(reader: Reader): SpanEvent {
  const attributes: AttributeEntries = [];
  const event = { name: "", timeMs: 0 };
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type === wire.fixed64 && field === 1) event.timeMs = nanosAsMillis(reader);
    else if (type !== wire.bytes) return false;
    else if (field === 2) event.name = reader.string();
    else if (field === 3) addAttribute(reader, attributes);
    else return false;
    return true;
  });
  return { ...event, attributes: attributesOf(attributes) };
}

function readStatus(reader: Reader): { statusCode: number; statusMessage: string } {
  const status = { statusCode: 0, statusMessage: "" };
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type === wire.bytes && field === 2) status.statusMessage = reader.string();
    else if (type === wire.varint && field === 3) status.statusCode = reader.int32();
    else return false;
    return true;
  });
  return status;
}
