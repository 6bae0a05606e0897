import type protobuf from "protobufjs/minimal.js";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { lengthEnd, readFields, signedVarint64, wire } from "../shared/protobuf-fields.ts";
import { type Attributes, type AttributeValue, otlpLimits } from "./span.ts";

type Reader = protobuf.Reader;
export type AttributeEntries = [string, AttributeValue][];

/** The attributes of a message that is read for them alone, such as a resource. */
export function readAttributesOf(reader: Reader, attributesField: number): Attributes {
  const entries: AttributeEntries = [];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field !== attributesField || type !== wire.bytes) return false;
    addAttribute(reader, entries);
    return true;
  });
  return attributesOf(entries);
}

/** Entries as an object; most messages have a handful, and building them so is four times as quick as Object.fromEntries. */
export function attributesOf(entries: AttributeEntries): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const [key, value] of entries) {
    if (key === "__proto__") continue;
    attributes[key] = value;
  }
  return attributes;
}

/** Reads a KeyValue to the end of `entries`, within the limit of attributes. */
export function addAttribute(reader: Reader, entries: AttributeEntries, depth = 0): void {
  let key = "";
  let value: AttributeValue = null;
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) key = reader.string();
    else if (field === 2) value = readValue(reader, depth);
    else return false;
    return true;
  });
  if (entries.length < otlpLimits.attributes) entries.push([key, value]);
}

/** Reads an AnyValue. */
export function readValue(reader: Reader, depth = 0): AttributeValue {
  let value: AttributeValue = null;
  const end = lengthEnd(reader);
  if (depth >= otlpLimits.valueDepth) {
    reader.pos = end;
    return null;
  }
  readFields(reader, end, (field, type) => {
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
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field !== 1 || type !== wire.bytes || values.length >= otlpLimits.attributes) return false;
    values.push(readValue(reader, depth));
    return true;
  });
  return values;
}

function readKeyValues(reader: Reader, depth: number): AttributeValue {
  const entries: AttributeEntries = [];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field !== 1 || type !== wire.bytes) return false;
    addAttribute(reader, entries, depth);
    return true;
  });
  return attributesOf(entries);
}

/** An integer; beyond 2^53 as text, because a number would be another one. */
function integer(reader: Reader): AttributeValue {
  const from = reader.pos;
  const number = signedVarint64(reader);
  if (Number.isSafeInteger(number)) return number;
  reader.pos = from;
  return String(reader.int64());
}

/** An id as hex; empty bytes mean that there is none. @throws CulpritError INVALID_REQUEST when it has another length. */
export function readId(reader: Reader, bytes: 8 | 16, where: string): string {
  const raw = reader.bytes();
  if (raw.length === 0) return "";
  if (raw.length !== bytes) throw invalidId(bytes, where);
  return Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString("hex");
}

/** The error for an id of another length, or none where one must be. */
export function invalidId(bytes: 8 | 16, where: string): CulpritError {
  const field = bytes === 16 ? "trace_id" : "span_id";
  return new CulpritError("INVALID_REQUEST", `${field} of a ${where} must be ${bytes} bytes.`, {
    details: { field: `${where}.${field}` },
  });
}
