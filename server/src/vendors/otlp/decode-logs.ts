import protobuf from "protobufjs/minimal.js";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { lengthEnd, nanosAsMillis, readFields, wire } from "../shared/protobuf-fields.ts";
import {
  hex,
  invalid,
  isAbsent,
  listAt,
  millis,
  numberAt,
  object,
  parseRequest,
  resourceOf,
  textAt,
  toAttributes,
  toValue,
} from "./json-fields.ts";
import { type LogLine, logLinesMax, type ResourceLogs } from "./log-line.ts";
import {
  type AttributeEntries,
  addAttribute,
  attributesOf,
  readAttributesOf,
  readId,
  readValue,
} from "./protobuf-attributes.ts";
import type { Attributes, AttributeValue } from "./span.ts";

type Reader = protobuf.Reader;

/**
 * The log lines of an `ExportLogsServiceRequest` in protobuf (opentelemetry-proto `logs/v1`).
 * @throws CulpritError MALFORMED_BODY when it is no such message, INVALID_REQUEST when it holds too much.
 */
export function decodeProtobufLogs(body: Uint8Array): readonly ResourceLogs[] {
  const list: ResourceLogs[] = [];
  const budget = { lines: logLinesMax };
  try {
    const reader = protobuf.Reader.create(body);
    readFields(reader, reader.len, (field, type) => {
      if (field !== 1 || type !== wire.bytes) return false;
      list.push(readResourceLogs(reader, budget));
      return true;
    });
  } catch (cause) {
    if (cause instanceof CulpritError) throw cause;
    throw new CulpritError("MALFORMED_BODY", "The body is not an ExportLogsServiceRequest in protobuf.", {
      details: { field: "body" },
      cause,
    });
  }
  return list;
}

function readResourceLogs(reader: Reader, budget: { lines: number }): ResourceLogs {
  let resource: Attributes = {};
  const lines: LogLine[] = [];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) resource = readAttributesOf(reader, 1);
    else if (field === 2) readScopeLogs(reader, lines, budget);
    else return false;
    return true;
  });
  return { resource, lines };
}

function readScopeLogs(reader: Reader, lines: LogLine[], budget: { lines: number }): void {
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field !== 2 || type !== wire.bytes) return false;
    budget.lines -= 1;
    if (budget.lines < 0) throw invalid("resource_logs", `one request may hold ${logLinesMax} log records`);
    lines.push(readLine(reader));
    return true;
  });
}

function readLine(reader: Reader): LogLine {
  const attributes: AttributeEntries = [];
  let [timeMs, observedMs, severityNumber] = [0, 0, 0];
  let [severityText, traceId, spanId, eventName] = ["", "", "", ""];
  let body: AttributeValue = null;
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1 && type === wire.fixed64) timeMs = nanosAsMillis(reader);
    else if (field === 11 && type === wire.fixed64) observedMs = nanosAsMillis(reader);
    else if (field === 2 && type === wire.varint) severityNumber = reader.int32();
    else if (type !== wire.bytes) return false;
    else if (field === 3) severityText = reader.string();
    else if (field === 5) body = readValue(reader);
    else if (field === 6) addAttribute(reader, attributes);
    else if (field === 9) traceId = readId(reader, 16, "log_record");
    else if (field === 10) spanId = readId(reader, 8, "log_record");
    else if (field === 12) eventName = reader.string();
    else return false;
    return true;
  });
  const read = { timeMs, observedMs, severityNumber, severityText, body, traceId, spanId, eventName };
  return { ...read, attributes: attributesOf(attributes) };
}

/**
 * The log lines of an `ExportLogsServiceRequest` in JSON.
 * @throws CulpritError MALFORMED_BODY when it is no JSON, INVALID_REQUEST with the field when a part has another shape.
 */
export function decodeJsonLogs(body: Uint8Array): readonly ResourceLogs[] {
  let left = logLinesMax;
  return listAt(parseRequest(body).resourceLogs, "resourceLogs").map((entry, index) => {
    const field = `resourceLogs[${index}]`;
    const part = object(entry, field);
    const lines = listAt(part.scopeLogs, `${field}.scopeLogs`).flatMap((scope, scopeIndex) => {
      const at = `${field}.scopeLogs[${scopeIndex}].logRecords`;
      const listed = listAt(object(scope, `${field}.scopeLogs[${scopeIndex}]`).logRecords, at);
      left -= listed.length;
      if (left < 0) throw invalid(at, `one request may hold ${logLinesMax} log records`);
      return listed.map((line, lineIndex) => toLine(line, `${at}[${lineIndex}]`));
    });
    return { resource: resourceOf(part, field), lines };
  });
}

function toLine(value: unknown, field: string): LogLine {
  const line = object(value, field);
  return {
    timeMs: millis(line.timeUnixNano, `${field}.timeUnixNano`),
    observedMs: millis(line.observedTimeUnixNano, `${field}.observedTimeUnixNano`),
    severityNumber: severityNumberOf(line.severityNumber, `${field}.severityNumber`),
    severityText: textAt(line.severityText),
    // A plain text where an AnyValue belongs, as hand-written clients send it.
    body: typeof line.body === "string" ? line.body : toValue(line.body, `${field}.body`),
    attributes: toAttributes(line.attributes, `${field}.attributes`),
    traceId: isAbsent(line.traceId) ? "" : hex(line.traceId, 32, `${field}.traceId`),
    spanId: isAbsent(line.spanId) ? "" : hex(line.spanId, 16, `${field}.spanId`),
    eventName: textAt(line.eventName),
  };
}

/** Also by name: `SEVERITY_NUMBER_ERROR2` is 18. */
function severityNumberOf(value: unknown, field: string): number {
  if (typeof value !== "string" || !value.startsWith("SEVERITY_NUMBER_")) return numberAt(value, 0, field);
  const [, name = "", step = "1"] = /^SEVERITY_NUMBER_([A-Z]+?)(\d)?$/.exec(value) ?? [];
  const base = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].indexOf(name);
  return base === -1 ? 0 : base * 4 + Number(step);
}
