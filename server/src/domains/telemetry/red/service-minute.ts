import type { MetricSample, TelemetryOrigin } from "@culprit/contract";
import { DurationSketch } from "../../../analysis/sketch/duration-sketch.ts";
import { redNames } from "./red-names.ts";

/** What is counted of one series in a minute. */
export interface Cell {
  readonly labels: Readonly<Record<string, string>>;
  readonly sketch: DurationSketch;
  requests: number;
  errors: number;
  durationSum: number;
}

/** A service in a minute: all its requests, those of its routes, and its calls. */
export interface ServiceMinute extends TelemetryOrigin {
  readonly projectId: string;
  readonly startMs: number;
  readonly key: string;
  readonly own: Cell;
  readonly routes: Map<string, Cell>;
  readonly callees: Map<string, Cell>;
  readonly openedAtMs: number;
  lastAtMs: number;
  /** Counted since the last flush. */
  isChanged: boolean;
  /** Requests and calls; those that its quantiles were told of, and those of a part that was told and is gone. */
  spans: number;
  toldSpans: number;
  readonly goneSpans: number;
  tells: number;
}

const quantiles = [
  [redNames.p50, 0.5],
  [redNames.p90, 0.9],
  [redNames.p99, 0.99],
] as const;

export function emptyCell(labels: Cell["labels"]): Cell {
  return { labels, sketch: new DurationSketch(), requests: 0, errors: 0, durationSum: 0 };
}

/** Counts a request or call. */
export function addTo(cell: Cell, durationMs: number, isError: boolean): void {
  cell.sketch.add(durationMs);
  cell.requests += 1;
  cell.durationSum += durationMs;
  if (isError) cell.errors += 1;
}

/** How many series it holds. */
export function cellsOf({ routes, callees }: ServiceMinute): number {
  return 1 + routes.size + callees.size;
}

/** Growth since the last flush; errors are told with the requests, so that none is told from nothing known. */
export function tellCounts(list: MetricSample[], service: ServiceMinute, atMs: number): void {
  service.isChanged = false;
  for (const cell of eachCell(service)) {
    if (cell.requests === 0) continue;
    list.push(
      sampleOf(service, cell, redNames.requests, "delta", atMs, cell.requests),
      sampleOf(service, cell, redNames.errors, "delta", atMs, cell.errors),
      sampleOf(service, cell, redNames.durationSum, "delta", atMs, cell.durationSum),
    );
    cell.requests = 0;
    cell.errors = 0;
    cell.durationSum = 0;
  }
}

/** The quantiles of all that it holds, early or late. */
export function tellQuantiles(list: MetricSample[], service: ServiceMinute, atMs: number): void {
  service.toldSpans = service.spans;
  service.tells += 1;
  for (const cell of eachCell(service)) {
    if (cell.sketch.count === 0) continue;
    for (const [metric, quantile] of quantiles)
      list.push(sampleOf(service, cell, metric, "gauge", atMs, cell.sketch.quantile(quantile)));
  }
}

function* eachCell({ own, routes, callees }: ServiceMinute): Generator<Cell> {
  yield own;
  yield* routes.values();
  yield* callees.values();
}

/** A sample of a derived series. */
export function sampleOf(
  { serviceKey, environment }: TelemetryOrigin,
  { labels }: Pick<Cell, "labels">,
  metric: string,
  kind: MetricSample["kind"],
  atMs: number,
  value: number,
): MetricSample {
  const unit = metric.startsWith("culprit.red.duration") ? "ms" : "1";
  return { serviceKey, environment, metric, kind, unit, labels, atMs, value };
}
