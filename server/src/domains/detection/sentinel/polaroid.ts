import { median } from "../../../analysis/detection/quantile.ts";
import type { StoredSeries, TelemetryStore } from "../../telemetry/index.ts";
import { firedSeries } from "./fired-series.ts";
import { rounded, type Sighting } from "./look-at-streams.ts";
import type { Snapshot } from "./snapshot.ts";
import { endOfSteps, type WatchedStream } from "./watched-streams.ts";

const WINDOW_MS = 3_600_000;
const STEP_MS = 60_000;
const NOW_MS = 300_000;
const SERIES_MAX = 200;
const SHOWN_MAX = 60;
const ROWS = 30;

/** What was to be seen of a service in the moment when it fired. */
export interface Polaroid {
  readonly snapshots: readonly Snapshot[];
  /** Processor time now by that of the hour before; null where no series tells of it. */
  readonly cpuRatio: number | null;
}

/**
 * Takes a picture of a service in the moment when a detector fires, because what comes later may look quite different (a pod that is
 * gone, a queue that ran empty): what the detector fired on, its requests minute by minute, and all of its series with what was usual. One read.
 */
export async function takePolaroid(
  telemetry: TelemetryStore,
  projectId: string,
  place: Sighting,
  stream: WatchedStream | undefined,
  now: Date,
): Promise<Polaroid> {
  const toMs = endOfSteps(now, STEP_MS);
  const series = await telemetry.readSeries({
    ...{ projectId, environment: place.environment, serviceKeys: [place.serviceKey] },
    ...{ fromMs: toMs - WINDOW_MS, toMs, stepMs: STEP_MS, seriesMax: SERIES_MAX },
  });
  const levels = series
    .map((one) => levelOf(one, toMs - NOW_MS))
    .sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)));
  const cpu = levels.filter(({ one }) => /cpu/i.test(one.metric)).map(({ ratio }) => ratio);
  const [first] = levels;
  const all: Snapshot[] =
    first === undefined
      ? []
      : [
          {
            ref: first.one.ref,
            title: `Series of ${place.serviceKey} when it fired`,
            text: tableOf(levels, series.length),
          },
        ];
  const requests = stream === undefined ? [] : requestsOf(stream);
  const fired = firedSeries(telemetry, place, series, now);
  return { snapshots: [...fired, ...requests, ...all], cpuRatio: cpu.length === 0 ? null : rounded(median(cpu)) };
}

interface Level {
  readonly one: StoredSeries;
  readonly now: number;
  readonly usual: number;
  /** 1 where either is not known. */
  readonly ratio: number;
}

function levelOf(one: StoredSeries, nowFromMs: number): Level {
  const cut = one.times.findIndex((time) => time >= nowFromMs);
  const [usual, now] =
    cut < 0
      ? [median(one.values), Number.NaN]
      : [median(one.values.subarray(0, cut)), median(one.values.subarray(cut))];
  const ratio = now > 0 && usual > 0 ? now / usual : 1;
  return { one, now, usual, ratio };
}

function tableOf(levels: readonly Level[], count: number): string {
  const lines = levels.slice(0, SHOWN_MAX).map(({ one, now, usual }) => {
    const labels = Object.entries(one.labels).map(([name, value]) => `${name}=${value}`);
    const unit = one.unit === null || one.unit === "1" ? "" : ` ${one.unit}`;
    const told = (value: number) => (rounded(value) === null ? "nothing" : `${rounded(value)}${unit}`);
    return `${one.metric}${labels.length === 0 ? "" : ` {${labels.join(", ")}}`}: ${told(now)} now, ${told(usual)} in the hour before`;
  });
  const more = count > SHOWN_MAX ? [`and ${count - SHOWN_MAX} series more, which moved less`] : [];
  return [...lines, ...more].join("\n");
}

/** The last half hour of the requests in one table, under the reference of each of its series. */
function requestsOf(stream: WatchedStream): readonly Snapshot[] {
  const { refs, stepMs, toMs, requests, errors, p99, serviceKey, route } = stream;
  const [first] = refs;
  if (first === undefined) return [];
  const perRow = Math.round(STEP_MS / stepMs);
  const rows: string[] = [];
  for (let row = ROWS; row >= 1; row -= 1) {
    const from = requests.length - row * perRow;
    const part = (column: Float64Array) => column.subarray(Math.max(0, from), Math.max(0, from + perRow));
    const at = new Date(toMs - row * STEP_MS).toISOString().slice(11, 16);
    const told = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
    rows.push(`${at}  ${told(mean(part(requests)), 2)}  ${told(mean(part(errors)), 2)}  ${told(median(part(p99)), 0)}`);
  }
  const title = `Requests of ${serviceKey}${route === "" ? "" : ` ${route}`} when it fired`;
  const text = ["UTC    requests/s  errors/s  p99 ms", ...rows].join("\n");
  return refs.map(({ measure, ref }) => ({ ref, title: `${title}: ${measure}`, text }));
}

function mean(values: Float64Array): number {
  const known = values.filter(Number.isFinite);
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}
