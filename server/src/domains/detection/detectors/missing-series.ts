import type { StoredSeries, TelemetryReader } from "../../telemetry/index.ts";
import { looksAt, serviceNameOf } from "../sentinel/look-at-streams.ts";
import { SERIES_MAX } from "../sentinel/watched-streams.ts";
import type { Detector } from "./built-in-detectors.ts";

const HOUR_MS = 3_600_000;
const STEP_MS = 300_000;

type OwnDetector = Extract<Detector, { kind: "custom" }>;

/** Every series of the last hour that an own condition names, by one read; none where there is no such condition. */
export async function readNamed(
  telemetry: Pick<TelemetryReader, "readSeries">,
  { projectId, now }: { readonly projectId: string; readonly now: Date },
  detectors: readonly Detector[],
): Promise<readonly StoredSeries[]> {
  const metrics = new Set(
    detectors.flatMap((one) =>
      one.kind === "custom" ? Object.values(one.settings.series).map(({ metric }) => metric) : [],
    ),
  );
  if (metrics.size === 0) return [];
  const window = { fromMs: now.getTime() - HOUR_MS, toMs: now.getTime(), stepMs: STEP_MS };
  return telemetry.readSeries({ projectId, ...window, metrics: [...metrics], seriesMax: SERIES_MAX });
}

/** Why an own condition is judged nowhere: which of its series nobody sent, or that nobody sent them all. Null where a service has them all. */
export function missingSeries(
  detector: OwnDetector,
  service: string | null,
  stored: readonly StoredSeries[],
): string | null {
  const near = stored.filter(
    (one) => looksAt(detector, one) && (service === null || serviceNameOf(one.serviceKey) === service),
  );
  const named = Object.values(detector.settings.series);
  const placesOf = ({ metric, labels }: (typeof named)[number]) =>
    new Set(
      near
        .filter(
          (one) => one.metric === metric && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
        )
        .map(({ serviceKey, environment }) => `${serviceKey} ${environment}`),
    );
  const places = named.map(placesOf);
  const absent = named.filter((_, index) => places[index]?.size === 0).map(wordsOf);
  if (absent.length > 0)
    return `no such series in the last hour${service === null ? "" : ` of ${service}`}: ${listed(absent)}`;
  const [first = new Set<string>(), ...others] = places;
  return [...first].some((place) => others.every((one) => one.has(place)))
    ? null
    : `no service has all of its series in the last hour: ${listed(named.map(wordsOf))}`;
}

function listed(words: readonly string[]): string {
  return [...new Set(words)].sort().join(", ");
}

function wordsOf({ metric, labels }: { readonly metric: string; readonly labels: Readonly<Record<string, string>> }) {
  const told = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return told.length === 0 ? metric : `${metric}{${told.join(",")}}`;
}
