import type protobuf from "protobufjs/minimal.js";

/*
 * Protobuf read field by field (https://protobuf.dev/programming-guides/encoding/) instead of by a generated decoder: what
 * Culprit does not use is skipped without becoming an object.
 */

type Reader = protobuf.Reader;

export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Calls `read` for each field up to `end`; a field that it does not want is skipped. @throws RangeError where fields and lengths disagree. */
export function readFields(reader: Reader, end: number, read: (field: number, type: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new RangeError("field number 0");
    if (!read(tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new RangeError(`a message ends at ${end}, its fields at ${reader.pos}`);
}

/** Reads a length and gives the place where that many bytes end. @throws RangeError where the body is shorter. */
export function lengthEnd(reader: Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`a message of ${length} bytes at ${reader.pos} is longer than the body`);
  return end;
}

/** Nanoseconds (fixed64) as milliseconds; a double keeps microseconds until the year 2255. */
export function nanosAsMillis(reader: Reader): number {
  const low = reader.fixed32();
  return (reader.fixed32() * 4_294_967_296 + low) / 1e6;
}

/** An unsigned fixed64 as a number, exact to 2^53. */
export function fixed64(reader: Reader): number {
  const low = reader.fixed32();
  return reader.fixed32() * 4_294_967_296 + low;
}

/** A signed sfixed64 as a number, exact to ±2^53. */
export function sfixed64(reader: Reader): number {
  const low = reader.fixed32();
  return (reader.fixed32() | 0) * 4_294_967_296 + low;
}

/** A varint of up to 64 bits as an unsigned number, exact to 2^53. */
export function varint64(reader: Reader): number {
  let [value, factor] = [0, 1];
  for (let bytes = 0; bytes < 10; bytes += 1) {
    const byte = nextByte(reader);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  throw new RangeError("a varint of more than ten bytes");
}

/** A varint of 64 bits in two's complement (int64) as a number, exact to ±2^53. */
export function signedVarint64(reader: Reader): number {
  let [low, high] = [0, 0];
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = nextByte(reader);
    if (shift < 28) low |= (byte & 0x7f) << shift;
    else if (shift === 28) {
      low |= (byte & 0x0f) << 28;
      high |= (byte & 0x7f) >> 4;
    } else if (shift < 63) high |= (byte & 0x7f) << (shift - 32);
    else high |= (byte & 0x01) << 31;
    if (byte < 0x80) return (high | 0) * 4_294_967_296 + (low >>> 0);
  }
  throw new RangeError("a varint of more than ten bytes");
}

/** A zigzag varint of 64 bits (sint64) as a number, exact to ±2^52. */
export function zigzag64(reader: Reader): number {
  const value = varint64(reader);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/**
 * The numbers of a repeated field, packed or one by one, appended to `into`.
 * @throws RangeError when there are more than `countMax`.
 */
export function readNumbers(
  reader: Reader,
  type: number,
  { into, countMax, read }: { into: number[]; countMax: number; read: (reader: Reader) => number },
): void {
  const end = type === wire.bytes ? lengthEnd(reader) : null;
  do {
    if (end !== null && reader.pos >= end) break;
    if (into.length >= countMax) throw new RangeError(`a list of more than ${countMax} numbers`);
    into.push(read(reader));
  } while (end !== null && reader.pos < end);
  if (end !== null && reader.pos !== end) throw new RangeError("a packed list does not end where it says");
}

function nextByte(reader: Reader): number {
  const byte = reader.buf[reader.pos];
  if (reader.pos >= reader.len || byte === undefined) throw new RangeError("the body ends within a number");
  reader.pos += 1;
  return byte;
}
