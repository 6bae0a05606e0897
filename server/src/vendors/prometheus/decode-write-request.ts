import protobuf from "protobufjs/minimal.js";
import { type FamilyType, familyTypes } from "../../analysis/exposition/kind-of-series.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { lengthEnd, readFields, readNumbers, signedVarint64, wire } from "../shared/protobuf-fields.ts";
import { readNativeHistogram } from "./decode-native-histogram.ts";
import type { SeriesMemory } from "./series-memory.ts";
import { type NativeHistogram, type WriteRequest, type WrittenSeries, writeLimits } from "./write-request.ts";

type Reader = protobuf.Reader;
type Sample = WrittenSeries["samples"][number];
interface Budget {
  series: number;
  samples: number;
}
/** What is read as it goes: the request so far, what it may still hold, and the series that are known. */
interface Decoding {
  readonly request: ReturnType<typeof emptyRequest>;
  readonly budget: Budget;
  readonly memory: SeriesMemory;
  readonly bytes: Buffer;
}

/** The first byte of a label in 1.0. */
const LABEL = (1 << 3) | wire.bytes;

/**
 * A `prometheus.WriteRequest` (remote-write 1.0, https://prometheus.io/docs/specs/prw/remote_write_spec/).
 * @throws CulpritError MALFORMED_BODY when it is no such message, INVALID_REQUEST when it holds too much.
 */
export function decodeWriteRequest1(body: Uint8Array, memory: SeriesMemory): WriteRequest {
  return decoding("prometheus.WriteRequest", body, (reader, bytes) => {
    const request = emptyRequest();
    const decoding = { request, budget: newBudget(), memory, bytes };
    readFields(reader, reader.len, (field, type) => {
      if (type !== wire.bytes) return false;
      if (field === 1) request.series.push(readSeries1(reader, decoding));
      else if (field === 3) request.metadata.push(readMetadata1(reader));
      else return false;
      return true;
    });
    return request;
  });
}

/**
 * An `io.prometheus.write.v2.Request` (remote-write 2.0, https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/): texts are numbers into a table of symbols, which
 * may come after the series.
 * @throws as `decodeWriteRequest1`.
 */
export function decodeWriteRequest2(body: Uint8Array, memory: SeriesMemory): WriteRequest {
  return decoding("io.prometheus.write.v2.Request", body, (reader, bytes) => {
    const request = emptyRequest();
    const decoding = { request, budget: newBudget(), memory, bytes };
    const symbols: string[] = [];
    const places: number[] = [];
    readFields(reader, reader.len, (field, type) => {
      if (type !== wire.bytes) return false;
      if (field === 4) {
        if (symbols.length >= writeLimits.symbols) throw tooMuch(`${writeLimits.symbols} symbols`, "symbols");
        symbols.push(reader.string());
      } else if (field === 5) {
        places.push(reader.pos);
        reader.skipType(type);
      } else return false;
      return true;
    });
    if (symbols.length > 0 && symbols[0] !== "") throw new RangeError("the first symbol must be empty");
    for (const place of places) {
      reader.pos = place;
      request.series.push(readSeries2(reader, symbols, decoding));
    }
    return request;
  });
}

function decoding(
  what: string,
  body: Uint8Array,
  decode: (reader: Reader, bytes: Buffer) => WriteRequest,
): WriteRequest {
  try {
    return decode(protobuf.Reader.create(body), Buffer.from(body.buffer, body.byteOffset, body.length));
  } catch (cause) {
    if (cause instanceof CulpritError) throw cause;
    throw new CulpritError("MALFORMED_BODY", `The body is not a ${what} in protobuf.`, {
      details: { field: "body" },
      cause,
    });
  }
}

function emptyRequest() {
  return { series: [] as WrittenSeries[], metadata: [] as WriteRequest["metadata"][number][], exemplars: 0 };
}

function newBudget(): Budget {
  return { series: writeLimits.series, samples: writeLimits.samples };
}

function readSeries1(reader: Reader, { request, budget, memory, bytes }: Decoding): WrittenSeries {
  const values = emptyValues();
  countSeries(budget);
  const end = lengthEnd(reader);
  const from = reader.pos;
  skipLabels(reader, end);
  const labelsEnd = reader.pos;
  let labels = memory.labels(bytes.toString("latin1", from, labelsEnd), () => {
    const read = {};
    reader.pos = from;
    readLabels(reader, labelsEnd, read);
    return read;
  });
  readFields(reader, end, (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) {
      // Labels are sent before the values, but protobuf leaves the order free.
      const all = { ...labels };
      readLabel(reader, all);
      if (Object.keys(all).length > writeLimits.labels) throw tooManyLabels();
      labels = all;
    } else if (field === 2) values.samples.push(readSample(reader, budget));
    else if (field === 4) values.histograms.push(readHistogram(reader, budget));
    else {
      if (field === 3) request.exemplars += 1;
      return false;
    }
    return true;
  });
  return { labels, ...values, type: null, unit: null };
}

/** Goes over the labels at the beginning of a series. */
function skipLabels(reader: Reader, end: number): void {
  while (reader.pos < end && reader.buf[reader.pos] === LABEL) {
    reader.pos += 1;
    reader.pos = lengthEnd(reader);
  }
  if (reader.pos > end) throw new RangeError(`a series ends at ${end}, its labels at ${reader.pos}`);
}

function readLabels(reader: Reader, end: number, into: Record<string, string>): void {
  let count = 0;
  readFields(reader, end, () => {
    count += 1;
    if (count > writeLimits.labels) throw tooManyLabels();
    readLabel(reader, into);
    return true;
  });
}

function readSeries2(reader: Reader, symbols: readonly string[], { request, budget, memory }: Decoding): WrittenSeries {
  const refs: number[] = [];
  const values = emptyValues();
  const told: { type: FamilyType; unit: string }[] = [];
  countSeries(budget);
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1)
      readNumbers(reader, type, { into: refs, countMax: 2 * writeLimits.labels, read: (from) => from.uint32() });
    else if (type !== wire.bytes) return false;
    else if (field === 2) values.samples.push(readSample(reader, budget));
    else if (field === 3) values.histograms.push(readHistogram(reader, budget));
    else if (field === 5) told.push(readMetadata2(reader, symbols));
    else {
      if (field === 4) request.exemplars += 1;
      return false;
    }
    return true;
  });
  if (refs.length % 2 !== 0) throw new RangeError("a label has a name and no value");
  // With their lengths, so that no two lists read the same.
  let key = "";
  for (const ref of refs) key += `${symbolAt(symbols, ref).length}:${symbolAt(symbols, ref)}`;
  const labels = memory.labels(key, () => {
    const read = {};
    for (let index = 0; index < refs.length; index += 2)
      putLabel(read, symbolAt(symbols, refs[index]), symbolAt(symbols, refs[index + 1]));
    return read;
  });
  const metadata = told.at(-1);
  return { labels, ...values, type: metadata?.type ?? null, unit: metadata?.unit || null };
}

function emptyValues() {
  return { samples: [] as Sample[], histograms: [] as NativeHistogram[] };
}

function readLabel(reader: Reader, labels: Record<string, string>): void {
  let [name, value] = ["", ""];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) name = reader.string();
    else if (field === 2) value = reader.string();
    else return false;
    return true;
  });
  putLabel(labels, name, value);
}

/** An empty value is the same as no label. */
function putLabel(labels: Record<string, string>, name: string, value: string): void {
  if (name !== "" && value !== "" && name !== "__proto__") labels[name] = value;
}

function readSample(reader: Reader, budget: Budget): Sample {
  let [value, atMs] = [0, 0];
  countSample(budget);
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1 && type === wire.fixed64) value = reader.double();
    else if (field === 2 && type === wire.varint) atMs = signedVarint64(reader);
    else return false;
    return true;
  });
  return { value, atMs };
}

function readHistogram(reader: Reader, budget: Budget): NativeHistogram {
  countSample(budget);
  return readNativeHistogram(reader);
}

function readMetadata1(reader: Reader): WriteRequest["metadata"][number] {
  let [type, family, unit] = [0, "", ""];
  readFields(reader, lengthEnd(reader), (field, kind) => {
    if (field === 1 && kind === wire.varint) type = reader.int32();
    else if (kind !== wire.bytes) return false;
    else if (field === 2) family = reader.string();
    else if (field === 5) unit = reader.string();
    else return false;
    return true;
  });
  return { family, type: familyTypes[type] ?? "unknown", unit };
}

function readMetadata2(reader: Reader, symbols: readonly string[]): { type: FamilyType; unit: string } {
  let [type, unit] = [0, ""];
  readFields(reader, lengthEnd(reader), (field, kind) => {
    if (kind !== wire.varint) return false;
    if (field === 1) type = reader.int32();
    else if (field === 4) unit = symbolAt(symbols, reader.uint32());
    else return false;
    return true;
  });
  return { type: familyTypes[type] ?? "unknown", unit };
}

function symbolAt(symbols: readonly string[], ref: number | undefined): string {
  const symbol = symbols[ref ?? -1];
  if (symbol === undefined) throw new RangeError(`there is no symbol ${ref}`);
  return symbol;
}

function countSeries(budget: Budget): void {
  budget.series -= 1;
  if (budget.series < 0) throw tooMuch(`${writeLimits.series} series`, "timeseries");
}

function countSample(budget: Budget): void {
  budget.samples -= 1;
  if (budget.samples < 0) throw tooMuch(`${writeLimits.samples} samples`, "timeseries.samples");
}

function tooManyLabels(): CulpritError {
  return tooMuch(`${writeLimits.labels} labels`, "timeseries.labels");
}

function tooMuch(what: string, field: string): CulpritError {
  return new CulpritError("INVALID_REQUEST", `One request may hold ${what}.`, { details: { field } });
}
