import type protobuf from "protobufjs/minimal.js";
import {
  lengthEnd,
  readFields,
  readNumbers,
  signedVarint64,
  varint64,
  wire,
  zigzag64,
} from "../shared/protobuf-fields.ts";
import { type NativeBuckets, type NativeHistogram, writeLimits } from "./write-request.ts";

type Reader = protobuf.Reader;

/** A native histogram; its fields have the same numbers in remote-write 1.0 and 2.0. */
export function readNativeHistogram(reader: Reader): NativeHistogram {
  const positive = emptySide();
  const negative = emptySide();
  const customBounds: number[] = [];
  let [count, sum, schema, zeroThreshold, zeroCount, atMs] = [0, 0, 0, 0, 0, 0];
  const countMax = writeLimits.buckets;
  const double = (from: Reader) => from.double();
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1 && type === wire.varint) count = varint64(reader);
    else if (field === 2 && type === wire.fixed64) count = reader.double();
    else if (field === 3 && type === wire.fixed64) sum = reader.double();
    else if (field === 4 && type === wire.varint) schema = reader.sint32();
    else if (field === 5 && type === wire.fixed64) zeroThreshold = reader.double();
    else if (field === 6 && type === wire.varint) zeroCount = varint64(reader);
    else if (field === 7 && type === wire.fixed64) zeroCount = reader.double();
    else if ((field === 8 || field === 11) && type === wire.bytes)
      (field === 8 ? negative : positive).spans.push(readSpan(reader));
    else if (field === 9 || field === 12)
      readNumbers(reader, type, { into: (field === 9 ? negative : positive).deltas, countMax, read: zigzag64 });
    else if (field === 10 || field === 13)
      readNumbers(reader, type, { into: (field === 10 ? negative : positive).counts, countMax, read: double });
    else if (field === 15 && type === wire.varint) atMs = signedVarint64(reader);
    else if (field === 16) readNumbers(reader, type, { into: customBounds, countMax, read: double });
    else return false;
    return true;
  });
  const read = { count, sum, schema, zeroThreshold, zeroCount, customBounds, atMs };
  return { ...read, positive: bucketsOf(positive), negative: bucketsOf(negative) };
}

interface Side {
  readonly spans: { offset: number; length: number }[];
  readonly deltas: number[];
  readonly counts: number[];
}

function emptySide(): Side {
  return { spans: [], deltas: [], counts: [] };
}

/** Whole counts come as differences from one bucket to the next, fractions as they are. */
function bucketsOf({ spans, deltas, counts }: Side): NativeBuckets {
  if (counts.length > 0) return { spans, counts };
  let last = 0;
  return { spans, counts: deltas.map((delta) => (last += delta)) };
}

function readSpan(reader: Reader): { offset: number; length: number } {
  let [offset, length] = [0, 0];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1 && type === wire.varint) offset = reader.sint32();
    else if (field === 2 && type === wire.varint) length = reader.uint32();
    else return false;
    return true;
  });
  return { offset, length };
}
