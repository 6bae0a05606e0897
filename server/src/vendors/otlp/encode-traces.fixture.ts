import protobuf from "protobufjs/minimal.js";

/** What a test says about a span, in the names of OTLP/JSON; the JSON body is this very object. */
export interface SpanFixture {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly KeyValue[];
  readonly events?: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes: readonly KeyValue[];
  }[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}
export interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values: readonly KeyValue[] };
}

export interface TracesFixture {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly scope?: { readonly name: string };
      readonly spans: readonly SpanFixture[];
    }[];
  }[];
}

type Writer = protobuf.Writer;

/** The same request as protobuf bytes, written after opentelemetry-proto `trace/v1/trace.proto`. */
export function encodeTraces(traces: TracesFixture): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const { resource, scopeSpans } of traces.resourceSpans) {
    nested(writer, 1, () => {
      nested(writer, 1, () => keyValues(writer, 1, resource.attributes));
      for (const { scope, spans } of scopeSpans) {
        nested(writer, 2, () => {
          if (scope !== undefined) nested(writer, 1, () => writer.uint32(10).string(scope.name));
          for (const span of spans) nested(writer, 2, () => writeSpan(writer, span));
        });
      }
      // schema_url, which is skipped.
      writer.uint32((3 << 3) | 2).string("https://opentelemetry.io/schemas/1.30.0");
    });
  }
  return writer.finish();
}

function writeSpan(writer: Writer, span: SpanFixture): void {
  writer.uint32((1 << 3) | 2).bytes(Buffer.from(span.traceId, "hex"));
  writer.uint32((2 << 3) | 2).bytes(Buffer.from(span.spanId, "hex"));
  if (span.parentSpanId !== undefined) writer.uint32((4 << 3) | 2).bytes(Buffer.from(span.parentSpanId, "hex"));
  writer.uint32((5 << 3) | 2).string(span.name);
  writer.uint32((6 << 3) | 0).int32(span.kind);
  fixed64(writer, 7, span.startTimeUnixNano);
  fixed64(writer, 8, span.endTimeUnixNano);
  keyValues(writer, 9, span.attributes ?? []);
  for (const event of span.events ?? []) {
    nested(writer, 11, () => {
      fixed64(writer, 1, event.timeUnixNano);
      writer.uint32((2 << 3) | 2).string(event.name);
      keyValues(writer, 3, event.attributes);
    });
  }
  nested(writer, 15, () => {
    if (span.status?.message !== undefined) writer.uint32((2 << 3) | 2).string(span.status.message);
    if (span.status?.code !== undefined) writer.uint32((3 << 3) | 0).int32(span.status.code);
  });
  // flags, which are skipped.
  writer.uint32((16 << 3) | 5).fixed32(257);
}

/** A repeated KeyValue. */
export function keyValues(writer: Writer, field: number, list: readonly KeyValue[]): void {
  for (const { key, value } of list) {
    nested(writer, field, () => {
      writer.uint32((1 << 3) | 2).string(key);
      nested(writer, 2, () => writeValue(writer, value));
    });
  }
}

function writeValue(writer: Writer, value: AnyValue): void {
  if (value.stringValue !== undefined) writer.uint32((1 << 3) | 2).string(value.stringValue);
  if (value.boolValue !== undefined) writer.uint32((2 << 3) | 0).bool(value.boolValue);
  if (value.intValue !== undefined) varint64(writer.uint32((3 << 3) | 0), BigInt(value.intValue));
  if (value.doubleValue !== undefined) writer.uint32((4 << 3) | 1).double(value.doubleValue);
  const { arrayValue, kvlistValue } = value;
  if (arrayValue !== undefined) {
    nested(writer, 5, () => {
      for (const item of arrayValue.values) nested(writer, 1, () => writeValue(writer, item));
    });
  }
  if (kvlistValue !== undefined) nested(writer, 6, () => keyValues(writer, 1, kvlistValue.values));
}

function varint64(writer: Writer, value: bigint): void {
  const bits = BigInt.asUintN(64, value);
  writer.int64(new protobuf.util.LongBits(Number(bits & 0xffff_ffffn), Number(bits >> 32n)).toNumber(false));
}

/** Nanoseconds, or any other fixed64. */
export function fixed64(writer: Writer, field: number, nanos: string): void {
  const value = BigInt(nanos);
  writer
    .uint32((field << 3) | 1)
    .fixed32(Number(value & 0xffff_ffffn))
    .fixed32(Number(value >> 32n));
}

/** A message within a message, or a packed list. */
export function nested(writer: Writer, field: number, write: () => void): void {
  writer.uint32((field << 3) | 2).fork();
  write();
  writer.ldelim();
}
