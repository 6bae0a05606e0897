import type { MetricKind, MetricSample } from "@culprit/contract";
import { cumulativeBuckets } from "../../analysis/sketch/exponential-buckets.ts";
import {
  type ExponentialPoint,
  type HistogramPoint,
  type Metric,
  type MetricData,
  NO_RECORDED_VALUE,
  type ResourceMetrics,
  temporality,
} from "./metric.ts";
import { type Cuts, labelsOf } from "./plain-attributes.ts";
import { type ResourceOrigin, telemetryOrigin } from "./telemetry-origin.ts";
import { type Warnings, warningsOf } from "./warnings.ts";

/** The samples of a request, and how many of its data points are of no use, by the reason. */
export interface OtlpMetrics {
  readonly samples: readonly MetricSample[];
  readonly points: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly warnings: Warnings;
}

const METRIC_CHARS = 255;

/**
 * The values of metrics as samples, with OpenTelemetry's names. A histogram becomes `_count`, `_sum` and cumulative `_bucket{le}` as Prometheus
 * writes them, an exponential one likewise on bounds of a fixed grid; a summary its quantiles, `_count` and `_sum`. Cumulative values are counters, values
 * since the last point deltas. Points that say that there is no value are left out; values that are no number, and sums that do not say what they add up, are rejected.
 */
export function metricsToSamples(
  request: readonly ResourceMetrics[],
  { receivedAt, fallbackService }: { readonly receivedAt: Date; readonly fallbackService: string },
): OtlpMetrics {
  const samples: MetricSample[] = [];
  const rejected: Record<string, number> = {};
  const cuts: Cuts = { count: 0 };
  let points = 0;
  for (const { resource, metrics } of request) {
    const origin = telemetryOrigin(resource, fallbackService);
    for (const metric of metrics) {
      points += metric.data?.points.length ?? 0;
      const reason = addMetric(samples, metric, { origin, nowMs: receivedAt.getTime(), cuts }, rejected);
      if (reason !== null) count(rejected, reason, metric.data?.points.length ?? 1);
    }
  }
  return { samples, points, rejected, warnings: warningsOf(request, cuts.count) };
}

interface Context {
  readonly origin: ResourceOrigin;
  readonly nowMs: number;
  readonly cuts: Cuts;
}

/** Adds a metric's samples. @returns why all of it is of no use, or null. */
function addMetric(
  into: MetricSample[],
  { name, unit, data }: Metric,
  ctx: Context,
  rejected: Record<string, number>,
): string | null {
  if (name === "") return "a metric has no name";
  if (data === null) return "a metric has no data";
  const kind = kindOf(data);
  if (kind === null) return "a sum or histogram has no aggregation temporality";
  const { serviceKey, environment, instance } = ctx.origin;
  const shared = { serviceKey, environment, unit: unit === "" ? null : unit.slice(0, 64) };
  const own = instance === null ? {} : { instance };
  for (const point of data.points) {
    if ((point.flags & NO_RECORDED_VALUE) !== 0) continue;
    const atMs = point.timeMs > 0 ? point.timeMs : ctx.nowMs;
    const labels = labelsOf(point.attributes, own, ctx.cuts);
    const add: Add = (suffix, kind, value, more) => {
      if (!Number.isFinite(value)) return false;
      const metric = suffix === "" ? name : name + suffix;
      into.push({
        ...shared,
        metric: metric.length > METRIC_CHARS ? metric.slice(0, METRIC_CHARS) : metric,
        kind,
        labels: more === undefined ? labels : { ...labels, ...more },
        atMs,
        value,
      });
      return true;
    };
    if (!addPoint(data.kind, point, kind, add)) count(rejected, "a value is not a finite number", 1);
  }
  return null;
}

type Add = (suffix: string, kind: MetricKind, value: number, more?: Readonly<Record<string, string>>) => boolean;

function addPoint(shape: MetricData["kind"], point: MetricData["points"][number], kind: MetricKind, add: Add): boolean {
  if ("value" in point) return point.value === null || add("", kind, point.value);
  if (!add("_count", kind, point.count)) return false;
  if (point.sum !== null && !add("_sum", kind, point.sum)) return false;
  if ("quantiles" in point) {
    for (const { quantile, value } of point.quantiles) add("", "gauge", value, { quantile: String(quantile) });
    return true;
  }
  // Of a cumulative histogram they are the extremes since the start, which says nothing about now.
  if (kind === "delta" && point.count > 0) {
    if (point.min !== null) add("_min", "gauge", point.min);
    if (point.max !== null) add("_max", "gauge", point.max);
  }
  if (shape === "histogram" && "bounds" in point) addBuckets(point, kind, add);
  if (shape === "exponential" && "scale" in point) addExponential(point, kind, add);
  return true;
}

function addBuckets({ bounds, counts, count }: HistogramPoint, kind: MetricKind, add: Add): void {
  if (counts.length !== bounds.length + 1 || bounds.length === 0) return;
  let total = 0;
  for (let index = 0; index < bounds.length; index += 1) {
    total += counts[index] ?? 0;
    add("_bucket", kind, total, { le: String(bounds[index]) });
  }
  add("_bucket", kind, count, { le: "+Inf" });
}

function addExponential(point: ExponentialPoint, kind: MetricKind, add: Add): void {
  const negativeCount = point.negative.counts.reduce((sum, each) => sum + each, 0);
  for (const { le, count } of cumulativeBuckets({ ...point, negativeCount }))
    add("_bucket", kind, count, { le: String(le) });
  add("_bucket", kind, point.count, { le: "+Inf" });
}

function kindOf(data: MetricData): MetricKind | null {
  if (data.kind === "gauge") return "gauge";
  if (data.kind === "summary") return "counter";
  if (data.temporality === temporality.delta) return "delta";
  if (data.temporality !== temporality.cumulative) return null;
  return data.kind === "sum" && !data.isMonotonic ? "gauge" : "counter";
}

function count(into: Record<string, number>, reason: string, by: number): void {
  into[reason] = (into[reason] ?? 0) + by;
}
