import protobuf from "protobufjs/minimal.js";
import snappy from "snappyjs";

/** What a test says about a series of remote-write. */
export interface SeriesFixture {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples?: readonly { readonly value: number; readonly timestamp: number }[];
  readonly histogram?: {
    readonly count: number;
    readonly sum: number;
    readonly schema: number;
    readonly zeroCount: number;
    readonly spans: readonly (readonly [offset: number, length: number])[];
    readonly deltas: readonly number[];
    readonly customValues?: readonly number[];
    readonly timestamp: number;
  };
  readonly exemplars?: number;
  readonly type?: number;
  readonly unit?: string;
}
type Writer = protobuf.Writer;

/** A `prometheus.WriteRequest`, not compressed. */
export function encodeWrite1(
  series: readonly SeriesFixture[],
  metadata: readonly { family: string; type: number; unit: string }[] = [],
): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const one of series)
    nested(writer, 1, () => {
      for (const [name, value] of Object.entries(one.labels))
        nested(writer, 1, () =>
          writer
            .uint32((1 << 3) | 2)
            .string(name)
            .uint32((2 << 3) | 2)
            .string(value),
        );
      writeValues(writer, one, { samples: 2, exemplars: 3, histograms: 4 });
    });
  for (const { family, type, unit } of metadata)
    nested(writer, 3, () =>
      writer
        .uint32(8)
        .int32(type)
        .uint32((2 << 3) | 2)
        .string(family)
        .uint32((5 << 3) | 2)
        .string(unit),
    );
  return writer.finish();
}

/** An `io.prometheus.write.v2.Request`, its symbols after the series. */
export function encodeWrite2(series: readonly SeriesFixture[]): Uint8Array {
  const symbols = [""];
  const ref = (text: string) => {
    const known = symbols.indexOf(text);
    return known === -1 ? symbols.push(text) - 1 : known;
  };
  const writer = protobuf.Writer.create();
  for (const one of series)
    nested(writer, 5, () => {
      nested(writer, 1, () => {
        for (const [name, value] of Object.entries(one.labels)) writer.uint32(ref(name)).uint32(ref(value));
      });
      writeValues(writer, one, { samples: 2, exemplars: 4, histograms: 3 });
      nested(writer, 5, () =>
        writer
          .uint32(8)
          .int32(one.type ?? 0)
          .uint32((4 << 3) | 0)
          .uint32(ref(one.unit ?? "")),
      );
      writer.uint32((6 << 3) | 0).int64(1_700_000_000_000);
    });
  for (const symbol of symbols) writer.uint32((4 << 3) | 2).string(symbol);
  return writer.finish();
}

/** As it goes over the wire: a snappy block, made by another's encoder. */
export function compress(bytes: Uint8Array): Uint8Array {
  return snappy.compress(Uint8Array.from(bytes));
}

function writeValues(
  writer: Writer,
  { samples = [], histogram, exemplars = 0 }: SeriesFixture,
  fields: Readonly<Record<"samples" | "exemplars" | "histograms", number>>,
): void {
  for (const { value, timestamp } of samples)
    nested(writer, fields.samples, () =>
      writer
        .uint32((1 << 3) | 1)
        .double(value)
        .uint32((2 << 3) | 0)
        .int64(timestamp),
    );
  for (let index = 0; index < exemplars; index += 1)
    nested(writer, fields.exemplars, () => writer.uint32((2 << 3) | 1).double(1));
  if (histogram === undefined) return;
  nested(writer, fields.histograms, () => {
    writer
      .uint32((1 << 3) | 0)
      .uint64(histogram.count)
      .uint32((3 << 3) | 1)
      .double(histogram.sum);
    writer
      .uint32((4 << 3) | 0)
      .sint32(histogram.schema)
      .uint32((6 << 3) | 0)
      .uint64(histogram.zeroCount);
    for (const [offset, length] of histogram.spans)
      nested(writer, 11, () =>
        writer
          .uint32((1 << 3) | 0)
          .sint32(offset)
          .uint32((2 << 3) | 0)
          .uint32(length),
      );
    nested(writer, 12, () => {
      for (const delta of histogram.deltas) writer.sint64(delta);
    });
    writer.uint32((15 << 3) | 0).int64(histogram.timestamp);
    for (const bound of histogram.customValues ?? []) writer.uint32((16 << 3) | 1).double(bound);
  });
}

function nested(writer: Writer, field: number, write: () => void): void {
  writer.uint32((field << 3) | 2).fork();
  write();
  writer.ldelim();
}
