import type { DetectorKind, TriggerType } from "@culprit/contract";
import { changeOfLevel } from "../../../analysis/detection/detectors/change-of-level.ts";
import { errorRateSpike } from "../../../analysis/detection/detectors/error-rate-spike.ts";
import { p99Regression } from "../../../analysis/detection/detectors/p99-regression.ts";
import type { Seen } from "../../../analysis/detection/detectors/seen.ts";
import { sloBurnRate } from "../../../analysis/detection/detectors/slo-burn-rate.ts";
import { countsBefore, type Usual } from "../../../analysis/detection/detectors/stream.ts";
import type { Detector } from "../detectors/built-in-detectors.ts";
import type { TriggerFacts } from "./trigger-facts.ts";
import { keyOf, type StreamPlace, type WatchedStream } from "./watched-streams.ts";

/** What a detector saw in a place, with what the gate asks. */
export interface Sighting extends StreamPlace {
  readonly detector: Detector;
  readonly triggerType: TriggerType;
  readonly seen: Seen;
  readonly facts: TriggerFacts;
}

const triggerTypeOf: Readonly<Record<DetectorKind, TriggerType>> = {
  error_rate_spike: "error_rate_spike",
  p99_regression: "p99_regression",
  crashloop: "crashloop",
  slo_burn_rate: "error_rate_spike",
  change_point: "custom",
  custom: "custom",
};
const FACTS_WINDOW_MS = 120_000;

/** Names the firing of a detector in a place. */
export function firingKey(detector: string, place: StreamPlace): string {
  return `${detector}\n${keyOf(place)}`;
}

/** What the streams of a project are judged by. */
export interface StreamWatch {
  readonly streams: ReadonlyMap<string, WatchedStream>;
  readonly slow: ReadonlyMap<string, WatchedStream>;
  readonly usualOf: (place: StreamPlace) => Usual;
  readonly detectorsOf: (service: string) => readonly Detector[];
  /** The baseline that a firing began with, by `firingKey`; null where it had none, undefined where none stands. */
  readonly standing: ReadonlyMap<string, { readonly baseline: number | null }>;
}

/** Asks every detector about every stream; services come before their routes, so that a failure is named after the service. */
export function lookAtStreams(watch: StreamWatch): readonly Sighting[] {
  const streams = [...watch.streams.values()].sort((a, b) => Number(a.route !== "") - Number(b.route !== ""));
  return streams.flatMap((stream) =>
    watch
      .detectorsOf(serviceNameOf(stream.serviceKey))
      .filter((detector) => looksAt(detector, stream))
      .flatMap((detector) => sightingOf(detector, stream, watch)),
  );
}

function sightingOf(detector: Detector, stream: WatchedStream, watch: StreamWatch): readonly Sighting[] {
  const usual = watch.usualOf(stream);
  const seen = ask(detector, stream, usual, watch);
  if (seen === null) return [];
  const { serviceKey, environment, route } = stream;
  return [
    {
      ...{ serviceKey, environment, route, detector, seen },
      triggerType: triggerTypeOf[detector.kind],
      facts: factsOf(seen, stream, usual),
    },
  ];
}

/** Null for a detector that does not look at streams of requests. */
function ask(detector: Detector, stream: WatchedStream, usual: Usual, watch: StreamWatch): Seen | null {
  const standing = watch.standing.get(firingKey(detector.name, stream)) ?? null;
  switch (detector.kind) {
    case "error_rate_spike":
      return errorRateSpike(stream, detector.settings, usual);
    case "p99_regression":
      return p99Regression(stream, detector.settings, usual, standing);
    case "slo_burn_rate": {
      // A budget is a service's, not a route's.
      if (stream.route !== "") return null;
      return sloBurnRate(stream, watch.slow.get(keyOf(stream)) ?? stream, detector.settings);
    }
    case "change_point":
      return stream.route === "" ? changeOfLevel(stream, detector.settings, standing) : null;
    case "crashloop":
    case "custom":
      return null;
  }
}

/** Whether a detector looks at what is in this environment. */
export function looksAt({ settings }: Detector, { environment }: Pick<StreamPlace, "environment">): boolean {
  return settings.environments.length === 0 || settings.environments.includes(environment);
}

/** `cart` of `default/production/cart`. */
export function serviceNameOf(serviceKey: string): string {
  return serviceKey.split("/").slice(2).join("/") || serviceKey;
}

function factsOf(seen: Seen, stream: WatchedStream, usual: Usual): TriggerFacts {
  const now = countsBefore(stream, stream.requests.length, FACTS_WINDOW_MS);
  const perMinute = (now.requests / FACTS_WINDOW_MS) * 60_000;
  const usualPerMinute = usual.requests * 60;
  return {
    ...{ text: seen.text, value: seen.value, threshold: seen.threshold, baseline: seen.baseline },
    requests_per_minute: rounded(perMinute),
    traffic_ratio: usualPerMinute > 0 ? rounded(perMinute / usualPerMinute) : null,
    error_ratio: now.requests > 0 ? rounded(now.errors / now.requests) : null,
    cpu_ratio: null,
  };
}

/** What a detector saw where there are no requests to count. */
export function bareFacts(seen: Seen): TriggerFacts {
  return {
    ...{ text: seen.text, value: seen.value, threshold: seen.threshold, baseline: seen.baseline },
    ...{ requests_per_minute: null, traffic_ratio: null, error_ratio: null, cpu_ratio: null },
  };
}

/** Five significant digits, or null for what is no number. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}
