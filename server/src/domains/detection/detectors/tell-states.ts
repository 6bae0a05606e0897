import type { DetectorView } from "@culprit/contract";
import { historyOfP99 } from "../../../analysis/detection/detectors/p99-regression.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import { serviceNameOf } from "../sentinel/look-at-streams.ts";
import { readUsual } from "../sentinel/usual-hours.ts";
import { readServices, type WatchedStream } from "../sentinel/watched-streams.ts";
import { type Detector, detectorOf } from "./built-in-detectors.ts";
import { missingSeries, readNamed } from "./missing-series.ts";

type State = Pick<DetectorView, "state" | "state_reason">;

/**
 * Detectors with whether they watch now: one that still has too little history, or nothing to look at, is silent, and silence must not look like calm.
 * Three reads, whatever the number of services.
 */
export async function tellStates(
  { db }: Pick<DatabaseScope, "db">,
  telemetry: Pick<TelemetryReader, "readSeries">,
  of: { readonly projectId: string; readonly now: Date },
  detectors: readonly DetectorView[],
): Promise<readonly DetectorView[]> {
  const streams = await readServices(telemetry, of.projectId, of.now);
  const usual = await readUsual({ db }, of.projectId, of.now);
  const isJudged = (stream: WatchedStream) => Number.isFinite(usual(stream).p99);
  const named = await readNamed(telemetry, of, detectors.filter(({ enabled }) => enabled).map(toDetector));
  return detectors.map((one) => {
    if (!one.enabled) return { ...one, state: "off", state_reason: null };
    const detector = toDetector(one);
    const missing = detector.kind === "custom" ? missingSeries(detector, one.service, named) : null;
    return { ...one, ...(missing === null ? stateOf(one, detector, streams, isJudged) : waiting(missing)) };
  });
}

function toDetector({ name, kind, enabled, settings }: DetectorView): Detector {
  return detectorOf(name, kind, enabled, settings);
}

function waiting(reason: string): State {
  return { state: "waiting", state_reason: reason };
}

function stateOf(
  one: DetectorView,
  detector: Detector,
  streams: readonly WatchedStream[],
  isJudged: (stream: WatchedStream) => boolean,
): State {
  const { environments } = detector.settings;
  const own = streams.filter(
    ({ serviceKey, environment }) =>
      (one.service === null || serviceNameOf(serviceKey) === one.service) &&
      (environments.length === 0 || environments.includes(environment)),
  );
  if (detector.kind === "crashloop" || detector.kind === "custom") return { state: "watching", state_reason: null };
  if (own.length === 0) return waiting("no service told of requests within the last 75 minutes");
  if (detector.kind !== "p99_regression") return { state: "watching", state_reason: null };
  const histories = own
    .filter((stream) => !isJudged(stream))
    .map((stream) => historyOfP99(stream, detector.settings))
    .filter(({ known, needed }) => known < needed)
    .sort((a, b) => b.known - a.known);
  const [most] = histories;
  if (most === undefined) return { state: "watching", state_reason: null };
  const learnt = `${most.known} of ${most.needed} minutes of p99 before the last ${Math.round((detector.settings.window_s + detector.settings.for_s) / 60)}`;
  return histories.length === own.length
    ? { state: "learning", state_reason: learnt }
    : { state: "watching", state_reason: `${histories.length} of ${own.length} services are still learnt: ${learnt}` };
}
