import { sortedFinite } from "../../detection/quantile.ts";
import { quietUntil } from "../../detection/quiet-until.ts";
import { robustBaseline } from "../../detection/robust-baseline.ts";
import { type ShiftScore, shiftScore } from "../../detection/shift-score.ts";
import type { Transform } from "../../detection/transform.ts";
import type { Interval, Measure, Series } from "../../observations/observations.ts";
import { sustainedOnset } from "./sustained-onset.ts";

/** What one series did in the time of trouble against the time before. */
export interface SeriesShift {
  /** Medians; NaN where no value is there. */
  readonly before: number;
  readonly during: number;
  /** Signed robust standard deviations: the middle of the trouble, and its upper and lower tenth; 0 where it can't be said. */
  readonly z: number;
  readonly up: number;
  readonly down: number;
  /** `during` by `before`, or null where `before` is about 0. */
  readonly ratio: number | null;
  /** `z` of the last third of the trouble: whether it went on. */
  readonly lateZ: number;
  readonly pointsBefore: number;
  readonly pointsDuring: number;
  /** When it left what is normal for it, or null. */
  readonly onsetAt: number | null;
  /** When the last value came in before the end, or null. */
  readonly lastAt: number | null;
}

/** The scale on which a measure is compared. */
function transformOf(measure: Measure): Transform {
  switch (measure) {
    case "availability":
    case "other":
      return "identity";
    default:
      return "log";
  }
}

/** Compares a series with itself before, by the robust statistics of `detection`. NaN and missing values are left out. */
export function shiftOf(series: Series, baseline: Interval, incident: Interval): SeriesShift {
  const transform = transformOf(series.measure);
  const quietTo = quietUntil(series.times, series.values, baseline, incident, transform);
  const before = sortedFinite(valuesIn(series, { from: baseline.from, to: quietTo }));
  const during = valuesIn(series, incident);
  const normal = robustBaseline(before, transform);
  const score = shiftScore(normal, during);
  const third = (incident.to - incident.from) / 3;
  const late = shiftScore(normal, valuesIn(series, { from: incident.to - third, to: incident.to }));
  const known = (z: number) => (before.length >= 2 && Number.isFinite(z) ? z : 0);
  let lastAt: number | null = null;
  for (let at = series.times.length - 1; at >= 0 && lastAt === null; at--) {
    const time = series.times[at] ?? Number.NaN;
    if (time < incident.to && Number.isFinite(series.values[at] ?? Number.NaN)) lastAt = time;
  }
  return {
    before: normal.middle,
    during: score.observed,
    z: known(heldOf(score)),
    up: known(score.up),
    down: known(score.down),
    ratio: before.length >= 2 && Math.abs(normal.middle) > 1e-9 ? score.observed / normal.middle : null,
    lateZ: known(heldOf(late)),
    pointsBefore: before.length,
    pointsDuring: score.count,
    onsetAt:
      before.length < 2
        ? null
        : sustainedOnset(
            series.times,
            series.values,
            normal,
            { from: Math.min(incident.from - earlyMs, quietTo), to: incident.to },
            directionOf(series.measure),
          ),
    lastAt,
  };
}

/** A level that holds is measured against what is usual without its few excursions. */
function heldOf({ held, middle }: ShiftScore): number {
  return held === 0 ? middle : held;
}

function directionOf(measure: Measure): "up" | "down" | "either" {
  if (measure === "availability") return "down";
  return measure === "traffic" || measure === "other" || measure === "logs" ? "either" : "up";
}

/** Alerts are late: trouble may begin so long before the window does. */
const earlyMs = 180_000;

function valuesIn(series: Series, { from, to }: Interval): number[] {
  const found: number[] = [];
  for (let at = 0; at < series.times.length; at++) {
    const time = series.times[at] ?? Number.NaN;
    const value = series.values[at] ?? Number.NaN;
    if (time >= from && time < to && Number.isFinite(value)) found.push(value);
  }
  return found;
}

/** 0..1 from robust standard deviations: 0 up to 3, a half at 6, towards 1 beyond. */
export function strengthOf(z: number): number {
  return z <= 3 || Number.isNaN(z) ? 0 : (z - 3) / z;
}

/** A number for a sentence. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "no value";
  const size = Math.abs(value);
  return size >= 100 || size === 0 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
