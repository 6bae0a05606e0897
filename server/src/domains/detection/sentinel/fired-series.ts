import { redNames, type StoredSeries, type TelemetryStore } from "../../telemetry/index.ts";
import type { Sighting } from "./look-at-streams.ts";
import type { Snapshot } from "./snapshot.ts";

const SHOWN_MAX = 4;
/** Drawn from an hour before it fired until an hour after: what goes on is seen to go on. */
const AROUND_MS = 3_600_000;
const STEP_MS = 60_000;

/** What a detector looks at: metrics with the labels that they must have. */
function lookedAt({
  detector,
  route,
}: Sighting): readonly { metric: string; labels: Readonly<Record<string, string>> }[] {
  const labels: Record<string, string> = route === "" ? {} : { route };
  switch (detector.kind) {
    case "custom":
      return Object.values(detector.settings.series);
    case "crashloop":
      return detector.settings.metrics.map((metric) => ({ metric, labels: {} }));
    case "p99_regression":
      return [{ metric: redNames.p99, labels }];
    case "change_point":
      return [{ metric: redNames[detector.settings.measure], labels }];
    case "error_rate_spike":
    case "slo_burn_rate":
      return [redNames.errors, redNames.requests].map((metric) => ({ metric, labels }));
  }
}

/** The series that a detector fired on, of those that its service has, as evidence that is drawn. */
export function firedSeries(
  telemetry: Pick<TelemetryStore, "refOf">,
  sighting: Sighting,
  series: readonly StoredSeries[],
  now: Date,
): readonly Snapshot[] {
  const { serviceKey, environment, seen, detector } = sighting;
  const isDerived = (metric: string) => metric.startsWith("culprit.red.");
  const found = lookedAt(sighting).flatMap(({ metric, labels }) =>
    series.filter(
      (one) =>
        one.metric === metric &&
        Object.entries(labels).every(([name, value]) => one.labels[name] === value) &&
        (!isDerived(metric) || Object.keys(one.labels).length === Object.keys(labels).length),
    ),
  );
  const fromMs = Math.floor((now.getTime() - AROUND_MS) / STEP_MS) * STEP_MS;
  return found.slice(0, SHOWN_MAX).map((one) => ({
    ref: telemetry.refOf({
      ...{ table: "metric_points", fromMs, toMs: fromMs + 2 * AROUND_MS, stepMs: STEP_MS, seriesMax: 1 },
      ...{ serviceKeys: [serviceKey], environment, metrics: [one.metric], labels: one.labels, isExact: true },
    }),
    title: `What ${detector.name} fired on: ${one.metric} of ${serviceKey}`,
    text: seen.text,
    isFired: true,
  }));
}
