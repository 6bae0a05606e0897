import type { MetricKind, MetricSample } from "@culprit/contract";
import { type FamilyType, kindOfSeries, typeOfSeries } from "../../analysis/exposition/kind-of-series.ts";
import type { LabelledOrigin } from "../../analysis/exposition/origin-of-labels.ts";
import { cumulativeBuckets } from "../../analysis/sketch/exponential-buckets.ts";
import type { SeriesMemory } from "./series-memory.ts";
import type { NativeBuckets, NativeHistogram, WriteRequest } from "./write-request.ts";

/** Types and units by family, which remote-write 1.0 sends apart from the samples. */
export type KnownMetadata = ReadonlyMap<string, { readonly type: FamilyType; readonly unit: string }>;

export interface WrittenSamples {
  readonly samples: readonly MetricSample[];
  /** What of the request is taken, as 2.0's response headers say it: a staleness marker is, whose series has ended. */
  readonly counts: { readonly samples: number; readonly histograms: number };
  /** Samples and histograms whose time is not believed; the store is left to refuse them. */
  readonly refused: number;
  readonly ignored: Readonly<Record<string, number>>;
  readonly metadata: KnownMetadata;
}

const METADATA_MAX = 10_000;
const CUSTOM_BUCKETS = -53;

/**
 * The samples of a request of remote-write, with Prometheus's names. Staleness markers say that a series has ended and are no values, nor is anything else that is not
 * finite. Native histograms become `_count`, `_sum` and `_bucket{le}` on a fixed grid of bounds; exemplars and the times at which counters began are
 * passed over, the latter because a counter that starts again is seen by its fall.
 */
export function seriesToSamples(
  request: WriteRequest,
  {
    fallbackService,
    known,
    memory,
    within,
  }: {
    readonly fallbackService: string;
    readonly known: KnownMetadata;
    readonly memory: SeriesMemory;
    /** Times that are believed. */
    readonly within: { readonly fromMs: number; readonly toMs: number };
  },
): WrittenSamples {
  const metadata = learn(known, request.metadata);
  const types = new Map([...metadata].map(([family, { type }]) => [family, type]));
  const samples: MetricSample[] = [];
  const counts = { samples: 0, histograms: 0 };
  let refused = 0;
  const isBelieved = (atMs: number) => atMs >= within.fromMs && atMs < within.toMs;
  const ignored: Record<string, number> = {};
  if (request.exemplars > 0) ignored.exemplar = request.exemplars;
  for (const series of request.series) {
    const name = series.labels.__name__;
    if (name === undefined) {
      count(ignored, "a series has no name", series.samples.length + series.histograms.length);
      continue;
    }
    const origin = memory.origin(series.labels, fallbackService);
    const type = series.type ?? typeOfSeries(name, types);
    const unit = series.unit ?? (metadata.get(name)?.unit || null);
    const kind = kindOfSeries(name, type);
    for (const { value, atMs } of series.samples) {
      if (Number.isFinite(value)) {
        samples.push(toSample(origin, { metric: name, kind, unit, atMs, value }));
        if (isBelieved(atMs)) counts.samples += 1;
        else refused += 1;
      } else {
        // A sender of 2.0 counts what is missing as failed, and takes an answer of none for a server of 1.0.
        if (Number.isNaN(value)) counts.samples += 1;
        count(ignored, Number.isNaN(value) ? "stale or not a number" : "a value is not a finite number", 1);
      }
    }
    const grown: MetricKind = type === "gaugehistogram" ? "gauge" : "counter";
    for (const histogram of series.histograms) {
      const isValue = addHistogram(samples, origin, histogram, { name, unit, kind: grown });
      if (!isValue) count(ignored, "stale or not a number", 1);
      if (!isValue || isBelieved(histogram.atMs)) counts.histograms += 1;
      else refused += 1;
    }
  }
  return { samples, counts, refused, ignored, metadata };
}

interface Value {
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string | null;
  readonly atMs: number;
  readonly value: number;
}

function toSample({ serviceKey, environment, labels }: LabelledOrigin, value: Value): MetricSample {
  const { metric, kind, unit, atMs, value: number } = value;
  return { serviceKey, environment, labels, metric: metric.slice(0, 255), kind, unit, atMs, value: number };
}

function addHistogram(
  into: MetricSample[],
  origin: LabelledOrigin,
  histogram: NativeHistogram,
  { name, unit, kind }: { readonly name: string; readonly unit: string | null; readonly kind: MetricKind },
): boolean {
  const { sum, count: total, atMs } = histogram;
  // A staleness marker of a histogram is in its sum.
  if (!Number.isFinite(sum) || !Number.isFinite(total)) return false;
  const add = (metric: string, value: number, le?: string) => {
    const labels = le === undefined ? origin.labels : { ...origin.labels, le };
    into.push(toSample({ ...origin, labels }, { metric, kind, unit, atMs, value }));
  };
  add(`${name}_count`, total);
  add(`${name}_sum`, sum);
  for (const { le, count: each } of bucketsOf(histogram)) add(`${name}_bucket`, each, String(le));
  add(`${name}_bucket`, total, "+Inf");
  return true;
}

function bucketsOf(histogram: NativeHistogram): readonly { le: number; count: number }[] {
  const { schema, zeroCount, zeroThreshold, customBounds } = histogram;
  const positive = withoutGaps(histogram.positive);
  if (schema === CUSTOM_BUCKETS) {
    let total = 0;
    return customBounds.map((le, index) => {
      total += positive.counts[index - positive.offset] ?? 0;
      return { le, count: total };
    });
  }
  const negativeCount = histogram.negative.counts.reduce((sum, each) => sum + each, 0);
  // Prometheus's bucket i ends at base^i, OpenTelemetry's begins there.
  const shifted = { offset: positive.offset - 1, counts: positive.counts };
  return cumulativeBuckets({ scale: schema, zeroCount, zeroThreshold, negativeCount, positive: shifted });
}

const GAP_MAX = 4_096;

function withoutGaps({ spans, counts }: NativeBuckets): { offset: number; counts: readonly number[] } {
  const filled: number[] = [];
  let next = 0;
  for (const [index, { offset, length }] of spans.entries()) {
    for (let gap = 0; index > 0 && gap < offset && filled.length < GAP_MAX; gap += 1) filled.push(0);
    for (let bucket = 0; bucket < length && next < counts.length; bucket += 1, next += 1)
      filled.push(counts[next] ?? 0);
  }
  return { offset: spans[0]?.offset ?? 0, counts: filled };
}

function learn(known: KnownMetadata, told: WriteRequest["metadata"]): KnownMetadata {
  if (told.length === 0) return known;
  const learnt = new Map(known);
  for (const { family, type, unit } of told)
    if (learnt.size < METADATA_MAX || learnt.has(family)) learnt.set(family, { type, unit });
  return learnt;
}

function count(into: Record<string, number>, reason: string, by: number): void {
  if (by > 0) into[reason] = (into[reason] ?? 0) + by;
}
