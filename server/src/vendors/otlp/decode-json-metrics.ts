import {
  enumValue,
  invalid,
  isAbsent,
  type Json,
  listAt,
  millis,
  numberAt,
  object,
  parseRequest,
  resourceOf,
  textAt,
  toAttributes,
} from "./json-fields.ts";
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

const temporalities = ["UNSPECIFIED", "DELTA", "CUMULATIVE"].map((name) => `AGGREGATION_TEMPORALITY_${name}`);

/**
 * The metrics of an `ExportMetricsServiceRequest` in JSON.
 * @throws CulpritError MALFORMED_BODY when it is no JSON, INVALID_REQUEST with the field when a part has another shape.
 */
export function decodeJsonMetrics(body: Uint8Array): readonly ResourceMetrics[] {
  const budget = { points: metricLimits.points as number };
  return listAt(parseRequest(body).resourceMetrics, "resourceMetrics").map((entry, index) => {
    const field = `resourceMetrics[${index}]`;
    const part = object(entry, field);
    const metrics = listAt(part.scopeMetrics, `${field}.scopeMetrics`).flatMap((scope, scopeIndex) => {
      const at = `${field}.scopeMetrics[${scopeIndex}].metrics`;
      const listed = listAt(object(scope, `${field}.scopeMetrics[${scopeIndex}]`).metrics, at);
      return listed.map((metric, metricIndex) => toMetric(metric, `${at}[${metricIndex}]`, budget));
    });
    return { resource: resourceOf(part, field), metrics };
  });
}

function toMetric(value: unknown, field: string, budget: { points: number }): Metric {
  const metric = object(value, field);
  return { name: textAt(metric.name), unit: textAt(metric.unit), data: toData(metric, field, budget) };
}

function toData(metric: Json, field: string, budget: { points: number }): MetricData | null {
  const pointsOf = <Point>(name: string, toPoint: (point: Json, field: string) => Point) => {
    const at = `${field}.${name}`;
    const data = object(metric[name], at);
    const listed = listAt(data.dataPoints, `${at}.dataPoints`);
    budget.points -= listed.length;
    if (budget.points < 0) throw invalid(`${at}.dataPoints`, `one request may hold ${metricLimits.points} data points`);
    const points = listed.map((point, index) =>
      toPoint(object(point, `${at}.dataPoints[${index}]`), `${at}.dataPoints[${index}]`),
    );
    const temporality = enumValue(data.aggregationTemporality, temporalities, `${at}.aggregationTemporality`);
    return { points, temporality, isMonotonic: data.isMonotonic === true };
  };
  if (!isAbsent(metric.gauge)) return { kind: "gauge", points: pointsOf("gauge", toNumberPoint).points };
  if (!isAbsent(metric.sum)) return { kind: "sum", ...pointsOf("sum", toNumberPoint) };
  if (!isAbsent(metric.histogram)) return { kind: "histogram", ...pointsOf("histogram", toHistogramPoint) };
  if (!isAbsent(metric.exponentialHistogram))
    return { kind: "exponential", ...pointsOf("exponentialHistogram", toExponentialPoint) };
  if (!isAbsent(metric.summary)) return { kind: "summary", points: pointsOf("summary", toSummaryPoint).points };
  return null;
}

function common(point: Json, field: string) {
  return {
    attributes: toAttributes(point.attributes, `${field}.attributes`),
    timeMs: millis(point.timeUnixNano, `${field}.timeUnixNano`),
    flags: numberAt(point.flags, 0, `${field}.flags`),
  };
}

function toNumberPoint(point: Json, field: string): NumberPoint {
  const [name, value] = isAbsent(point.asDouble) ? ["asInt", point.asInt] : ["asDouble", point.asDouble];
  return { ...common(point, field), value: isAbsent(value) ? null : numberAt(value, 0, `${field}.${name}`) };
}

function distribution(point: Json, field: string) {
  const optional = (name: string) => (isAbsent(point[name]) ? null : numberAt(point[name], 0, `${field}.${name}`));
  return {
    ...common(point, field),
    count: numberAt(point.count, 0, `${field}.count`),
    sum: optional("sum"),
    min: optional("min"),
    max: optional("max"),
  };
}

function toHistogramPoint(point: Json, field: string): HistogramPoint {
  return {
    ...distribution(point, field),
    bounds: numbersAt(point.explicitBounds, `${field}.explicitBounds`),
    counts: numbersAt(point.bucketCounts, `${field}.bucketCounts`),
  };
}

function toExponentialPoint(point: Json, field: string): ExponentialPoint {
  return {
    ...distribution(point, field),
    scale: numberAt(point.scale, 0, `${field}.scale`),
    zeroCount: numberAt(point.zeroCount, 0, `${field}.zeroCount`),
    zeroThreshold: numberAt(point.zeroThreshold, 0, `${field}.zeroThreshold`),
    positive: toBuckets(point.positive, `${field}.positive`),
    negative: toBuckets(point.negative, `${field}.negative`),
  };
}

function toBuckets(value: unknown, field: string): ExponentialBuckets {
  if (isAbsent(value)) return { offset: 0, counts: [] };
  const buckets = object(value, field);
  return {
    offset: numberAt(buckets.offset, 0, `${field}.offset`),
    counts: numbersAt(buckets.bucketCounts, `${field}.bucketCounts`),
  };
}

function toSummaryPoint(point: Json, field: string): SummaryPoint {
  const listed = listAt(point.quantileValues, `${field}.quantileValues`).slice(0, metricLimits.quantiles);
  return {
    ...common(point, field),
    count: numberAt(point.count, 0, `${field}.count`),
    sum: numberAt(point.sum, 0, `${field}.sum`),
    quantiles: listed.map((entry, index) => {
      const at = `${field}.quantileValues[${index}]`;
      const pair = object(entry, at);
      return {
        quantile: numberAt(pair.quantile, 0, `${at}.quantile`),
        value: numberAt(pair.value, 0, `${at}.value`),
      };
    }),
  };
}

function numbersAt(value: unknown, field: string): readonly number[] {
  const listed = listAt(value, field);
  if (listed.length > metricLimits.buckets) throw invalid(field, `it may hold ${metricLimits.buckets} numbers`);
  return listed.map((item, index) => numberAt(item, 0, `${field}[${index}]`));
}
