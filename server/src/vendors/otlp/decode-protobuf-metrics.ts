import protobuf from "protobufjs/minimal.js";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import {
  fixed64,
  lengthEnd,
  nanosAsMillis,
  readFields,
  readNumbers,
  sfixed64,
  varint64,
  wire,
} from "../shared/protobuf-fields.ts";
import {
  type ExponentialBuckets,
  type ExponentialPoint,
  type HistogramPoint,
  type Metric,
  type MetricData,
  metricLimits,
  type NumberPoint,
  type ResourceMetrics,
  type SummaryPoint,
} from "./metric.ts";
import { type AttributeEntries, addAttribute, attributesOf, readAttributesOf } from "./protobuf-attributes.ts";
import type { Attributes } from "./span.ts";

type Reader = protobuf.Reader;
interface Budget {
  points: number;
}

/**
 * The metrics of an `ExportMetricsServiceRequest` in protobuf (opentelemetry-proto `metrics/v1`).
 * @throws CulpritError MALFORMED_BODY when it is no such message, INVALID_REQUEST when it holds too much.
 */
export function decodeProtobufMetrics(body: Uint8Array): readonly ResourceMetrics[] {
  const list: ResourceMetrics[] = [];
  const budget: Budget = { points: metricLimits.points };
  try {
    const reader = protobuf.Reader.create(body);
    readFields(reader, reader.len, (field, type) => {
      if (field !== 1 || type !== wire.bytes) return false;
      list.push(readResourceMetrics(reader, budget));
      return true;
    });
  } catch (cause) {
    if (cause instanceof CulpritError) throw cause;
    throw new CulpritError("MALFORMED_BODY", "The body is not an ExportMetricsServiceRequest in protobuf.", {
      details: { field: "body" },
      cause,
    });
  }
  return list;
}

function readResourceMetrics(reader: Reader, budget: Budget): ResourceMetrics {
  let resource: Attributes = {};
  const metrics: Metric[] = [];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) resource = readAttributesOf(reader, 1);
    else if (field === 2) readScopeMetrics(reader, metrics, budget);
    else return false;
    return true;
  });
  return { resource, metrics };
}

function readScopeMetrics(reader: Reader, metrics: Metric[], budget: Budget): void {
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field !== 2 || type !== wire.bytes) return false;
    metrics.push(readMetric(reader, budget));
    return true;
  });
}

function readMetric(reader: Reader, budget: Budget): Metric {
  let [name, unit] = ["", ""];
  let data: MetricData | null = null;
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (type !== wire.bytes) return false;
    if (field === 1) name = reader.string();
    else if (field === 3) unit = reader.string();
    else if (field === 5) data = { kind: "gauge", points: readData(reader, budget, readNumberPoint).points };
    else if (field === 7) data = { kind: "sum", ...readData(reader, budget, readNumberPoint) };
    else if (field === 9) data = { kind: "histogram", ...readData(reader, budget, readHistogramPoint) };
    else if (field === 10) data = { kind: "exponential", ...readData(reader, budget, readExponentialPoint) };
    else if (field === 11) data = { kind: "summary", points: readData(reader, budget, readSummaryPoint).points };
    else return false;
    return true;
  });
  return { name, unit, data };
}

/** Gauge, Sum, Histogram, ExponentialHistogram and Summary have the same three fields, as far as they have them. */
function readData<Point>(reader: Reader, budget: Budget, readPoint: (reader: Reader) => Point) {
  const points: Point[] = [];
  let [temporality, isMonotonic] = [0, false];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1 && type === wire.bytes) {
      budget.points -= 1;
      if (budget.points < 0) throw tooMany();
      points.push(readPoint(reader));
    } else if (field === 2 && type === wire.varint) temporality = reader.int32();
    else if (field === 3 && type === wire.varint) isMonotonic = reader.bool();
    else return false;
    return true;
  });
  return { points, temporality, isMonotonic };
}

function readNumberPoint(reader: Reader): NumberPoint {
  const attributes: AttributeEntries = [];
  let [timeMs, flags] = [0, 0];
  let value: number | null = null;
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 3 && type === wire.fixed64) timeMs = nanosAsMillis(reader);
    else if (field === 4 && type === wire.fixed64) value = reader.double();
    else if (field === 6 && type === wire.fixed64) value = sfixed64(reader);
    else if (field === 7 && type === wire.bytes) addAttribute(reader, attributes);
    else if (field === 8 && type === wire.varint) flags = reader.uint32();
    else return false;
    return true;
  });
  return { attributes: attributesOf(attributes), timeMs, flags, value };
}

function readHistogramPoint(reader: Reader): HistogramPoint {
  const attributes: AttributeEntries = [];
  const bounds: number[] = [];
  const counts: number[] = [];
  let [timeMs, flags, count] = [0, 0, 0];
  let sum: number | null = null;
  let min: number | null = null;
  let max: number | null = null;
  const countMax = metricLimits.buckets;
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 3 && type === wire.fixed64) timeMs = nanosAsMillis(reader);
    else if (field === 4 && type === wire.fixed64) count = fixed64(reader);
    else if (field === 5 && type === wire.fixed64) sum = reader.double();
    else if (field === 6) readNumbers(reader, type, { into: counts, countMax, read: fixed64 });
    else if (field === 7) readNumbers(reader, type, { into: bounds, countMax, read: (from) => from.double() });
    else if (field === 9 && type === wire.bytes) addAttribute(reader, attributes);
    else if (field === 10 && type === wire.varint) flags = reader.uint32();
    else if (field === 11 && type === wire.fixed64) min = reader.double();
    else if (field === 12 && type === wire.fixed64) max = reader.double();
    else return false;
    return true;
  });
  return { attributes: attributesOf(attributes), timeMs, flags, count, sum, min, max, bounds, counts };
}

function readExponentialPoint(reader: Reader): ExponentialPoint {
  const attributes: AttributeEntries = [];
  const none: ExponentialBuckets = { offset: 0, counts: [] };
  let [positive, negative] = [none, none];
  let [timeMs, flags, count, scale, zeroCount, zeroThreshold] = [0, 0, 0, 0, 0, 0];
  let sum: number | null = null;
  let min: number | null = null;
  let max: number | null = null;
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1 && type === wire.bytes) addAttribute(reader, attributes);
    else if (field === 3 && type === wire.fixed64) timeMs = nanosAsMillis(reader);
    else if (field === 4 && type === wire.fixed64) count = fixed64(reader);
    else if (field === 5 && type === wire.fixed64) sum = reader.double();
    else if (field === 6 && type === wire.varint) scale = reader.sint32();
    else if (field === 7 && type === wire.fixed64) zeroCount = fixed64(reader);
    else if (field === 8 && type === wire.bytes) positive = readExponentialBuckets(reader);
    else if (field === 9 && type === wire.bytes) negative = readExponentialBuckets(reader);
    else if (field === 10 && type === wire.varint) flags = reader.uint32();
    else if (field === 12 && type === wire.fixed64) min = reader.double();
    else if (field === 13 && type === wire.fixed64) max = reader.double();
    else if (field === 14 && type === wire.fixed64) zeroThreshold = reader.double();
    else return false;
    return true;
  });
  const read = { timeMs, flags, count, sum, min, max, scale, zeroCount, zeroThreshold, positive, negative };
  return { attributes: attributesOf(attributes), ...read };
}

function readExponentialBuckets(reader: Reader): ExponentialBuckets {
  const counts: number[] = [];
  let offset = 0;
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1 && type === wire.varint) offset = reader.sint32();
    else if (field === 2) readNumbers(reader, type, { into: counts, countMax: metricLimits.buckets, read: varint64 });
    else return false;
    return true;
  });
  return { offset, counts };
}

function readSummaryPoint(reader: Reader): SummaryPoint {
  const attributes: AttributeEntries = [];
  const quantiles: { quantile: number; value: number }[] = [];
  let [timeMs, flags, count, sum] = [0, 0, 0, 0];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 3 && type === wire.fixed64) timeMs = nanosAsMillis(reader);
    else if (field === 4 && type === wire.fixed64) count = fixed64(reader);
    else if (field === 5 && type === wire.fixed64) sum = reader.double();
    else if (field === 6 && type === wire.bytes && quantiles.length < metricLimits.quantiles)
      quantiles.push(readQuantile(reader));
    else if (field === 7 && type === wire.bytes) addAttribute(reader, attributes);
    else if (field === 8 && type === wire.varint) flags = reader.uint32();
    else return false;
    return true;
  });
  return { attributes: attributesOf(attributes), timeMs, flags, count, sum, quantiles };
}

function readQuantile(reader: Reader): { quantile: number; value: number } {
  let [quantile, value] = [0, 0];
  readFields(reader, lengthEnd(reader), (field, type) => {
    if (field === 1 && type === wire.fixed64) quantile = reader.double();
    else if (field === 2 && type === wire.fixed64) value = reader.double();
    else return false;
    return true;
  });
  return { quantile, value };
}

function tooMany(): CulpritError {
  return new CulpritError("INVALID_REQUEST", `One request may hold ${metricLimits.points} data points.`, {
    details: { field: "resource_metrics" },
  });
}
