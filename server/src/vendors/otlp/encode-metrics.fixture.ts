import protobuf from "protobufjs/minimal.js";
import { fixed64, type KeyValue, keyValues, nested } from "./encode-traces.fixture.ts";

/** What a test says about metrics, in the names of OTLP/JSON; the JSON body is this very object. */
interface PointFixture {
  readonly timeUnixNano: string;
  readonly startTimeUnixNano?: string;
  readonly attributes?: readonly KeyValue[];
  readonly flags?: number;
}
interface NumberFixture extends PointFixture {
  readonly asInt?: string | number;
  readonly asDouble?: string | number;
}
interface DistributionFixture extends PointFixture {
  readonly count: string | number;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
}
export interface MetricsFixture {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly unit: string;
        readonly gauge?: { readonly dataPoints: readonly NumberFixture[] };
        readonly sum?: {
          readonly aggregationTemporality: number;
          readonly isMonotonic: boolean;
          readonly dataPoints: readonly NumberFixture[];
        };
        readonly histogram?: {
          readonly aggregationTemporality: number;
          readonly dataPoints: readonly (DistributionFixture & {
            readonly bucketCounts: readonly string[];
            readonly explicitBounds: readonly number[];
          })[];
        };
        readonly exponentialHistogram?: {
          readonly aggregationTemporality: number;
          readonly dataPoints: readonly (DistributionFixture & {
            readonly scale: number;
            readonly zeroCount: string;
            readonly zeroThreshold: number;
            readonly positive: { readonly offset: number; readonly bucketCounts: readonly string[] };
          })[];
        };
        readonly summary?: {
          readonly dataPoints: readonly (PointFixture & {
            readonly count: string;
            readonly sum: number;
            readonly quantileValues: readonly { readonly quantile: number; readonly value: number }[];
          })[];
        };
      }[];
    }[];
  }[];
}
type Writer = protobuf.Writer;

/** The same request as protobuf bytes, written after opentelemetry-proto `metrics/v1/metrics.proto`. */
export function encodeMetrics({ resourceMetrics }: MetricsFixture): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const { resource, scopeMetrics } of resourceMetrics) {
    nested(writer, 1, () => {
      nested(writer, 1, () => keyValues(writer, 1, resource.attributes));
      for (const { metrics } of scopeMetrics)
        nested(writer, 2, () => {
          for (const metric of metrics) nested(writer, 2, () => writeMetric(writer, metric));
        });
    });
  }
  return writer.finish();
}

function writeMetric(
  writer: Writer,
  metric: MetricsFixture["resourceMetrics"][number]["scopeMetrics"][number]["metrics"][number],
): void {
  writer.uint32((1 << 3) | 2).string(metric.name);
  writer.uint32((3 << 3) | 2).string(metric.unit);
  const data = <Point>(
    field: number,
    of: { dataPoints: readonly Point[]; aggregationTemporality?: number; isMonotonic?: boolean } | undefined,
    write: (point: Point) => void,
  ) => {
    if (of === undefined) return;
    nested(writer, field, () => {
      for (const point of of.dataPoints) nested(writer, 1, () => write(point));
      if (of.aggregationTemporality !== undefined) writer.uint32((2 << 3) | 0).int32(of.aggregationTemporality);
      if (of.isMonotonic === true) writer.uint32((3 << 3) | 0).bool(true);
    });
  };
  const double = (field: number, value: number | string | undefined) => {
    if (value !== undefined) writer.uint32((field << 3) | 1).double(Number(value));
  };
  const common = (point: PointFixture, attributesField: number, flagsField: number) => {
    keyValues(writer, attributesField, point.attributes ?? []);
    fixed64(writer, 3, point.timeUnixNano);
    if (point.flags !== undefined) writer.uint32((flagsField << 3) | 0).uint32(point.flags);
  };
  const number = (point: NumberFixture) => {
    common(point, 7, 8);
    double(4, point.asDouble);
    if (point.asInt !== undefined) fixed64(writer, 6, String(BigInt.asUintN(64, BigInt(point.asInt))));
  };
  const packed = (field: number, write: () => void) => nested(writer, field, write);
  data(5, metric.gauge, number);
  data(7, metric.sum, number);
  data(9, metric.histogram, (point) => {
    common(point, 9, 10);
    fixed64(writer, 4, String(point.count));
    double(5, point.sum);
    packed(6, () => {
      for (const count of point.bucketCounts) writer.fixed32(Number(count)).fixed32(0);
    });
    // One by one, as proto2 encoders write them: readers must take both.
    for (const bound of point.explicitBounds) double(7, bound);
    double(11, point.min);
    double(12, point.max);
  });
  data(10, metric.exponentialHistogram, (point) => {
    common(point, 1, 10);
    fixed64(writer, 4, String(point.count));
    double(5, point.sum);
    writer.uint32((6 << 3) | 0).sint32(point.scale);
    fixed64(writer, 7, point.zeroCount);
    nested(writer, 8, () => {
      writer.uint32((1 << 3) | 0).sint32(point.positive.offset);
      packed(2, () => {
        for (const count of point.positive.bucketCounts) writer.uint32(Number(count));
      });
    });
    double(14, point.zeroThreshold);
  });
  data(11, metric.summary, (point) => {
    common(point, 7, 8);
    fixed64(writer, 4, point.count);
    double(5, point.sum);
    for (const { quantile, value } of point.quantileValues)
      nested(writer, 6, () => {
        double(1, quantile);
        double(2, value);
      });
  });
}
