import { median } from "../../../analysis/detection/quantile.ts";
import type { Trouble } from "../../../analysis/detection/same-trouble.ts";
import type { ServiceCall } from "../../../analysis/detection/way-of-calls.ts";
import { redNames, type StoredSeries, type TelemetryReader } from "../../telemetry/index.ts";
import { serviceNameOf } from "./look-at-streams.ts";
import type { SentinelDeps } from "./open-trigger.ts";

const SERIES_MAX = 5_000;
const STEP_MS = 60_000;
/** From this share and number of failed calls on, calls fail. */
const FAILED_SHARE = 0.1;
const FAILED_MIN = 3;
/** The time before the trouble with which the duration of calls is compared. */
const BEFORE_MS = 30 * 60_000;
/** Calls are slow from half of what the detector asks of a service on: they also lead to routes that are as before. */
const SLOW_FACTOR = 1.5;
const SLOW_MS_MIN = 50;
/** One of the incidents may have gone on for days, or its sender's clock may lag: calls of then say nothing of what began just now. */
const REACH_MS = 2 * 3_600_000;

type Call = Omit<ServiceCall, "how">;

/** Calls between services that are made, those of them that fail, and where a service became slow and another tells of such a thing those that are slow, since the first of the incidents began, of the last two hours. */
export async function readTroubledCalls(
  deps: Pick<SentinelDeps, "now"> & { readonly telemetry: Pick<TelemetryReader, "readSeries"> },
  projectId: string,
  troubles: readonly Trouble[],
): Promise<readonly ServiceCall[]> {
  const firstAt = Math.min(...troubles.map((one) => one.beganAt)) - STEP_MS;
  const beganAt = Math.max(firstAt, deps.now().getTime() - REACH_MS);
  const isSlowness = troubles.some(({ isSlow }) => isSlow) && troubles.filter(({ isSymptom }) => isSymptom).length > 1;
  const [made, slow] = await Promise.all([
    madeCalls(deps, projectId, beganAt),
    isSlowness ? slowCalls(deps, projectId, beganAt) : [],
  ]);
  return [...made, ...slow];
}

async function madeCalls(
  { telemetry, now }: Parameters<typeof readTroubledCalls>[0],
  projectId: string,
  fromMs: number,
): Promise<readonly ServiceCall[]> {
  const series = await telemetry.readSeries({
    ...{ projectId, fromMs, toMs: now().getTime(), stepMs: STEP_MS, seriesMax: SERIES_MAX },
    metrics: [redNames.requests, redNames.errors],
  });
  const counts = new Map<string, { call: Call; requests: number; errors: number }>();
  for (const one of series) {
    const call = callOf(one);
    if (call === null) continue;
    const key = keyOf(call);
    const own = counts.get(key) ?? { call, requests: 0, errors: 0 };
    // A step's value is its growth a second.
    const count = (one.values.reduce((sum, value) => sum + value, 0) * STEP_MS) / 1000;
    if (one.metric === redNames.errors) own.errors += count;
    else own.requests += count;
    counts.set(key, own);
  }
  return [...counts.values()].flatMap(({ call, requests, errors }) =>
    errors >= FAILED_MIN && errors >= requests * FAILED_SHARE
      ? [
          { ...call, how: "fail" as const },
          { ...call, how: "are made" as const },
        ]
      : [{ ...call, how: "are made" as const }],
  );
}

async function slowCalls(
  { telemetry, now }: Parameters<typeof readTroubledCalls>[0],
  projectId: string,
  beganAt: number,
): Promise<readonly ServiceCall[]> {
  const series = await telemetry.readSeries({
    ...{ projectId, fromMs: beganAt - BEFORE_MS, toMs: now().getTime(), stepMs: STEP_MS, seriesMax: SERIES_MAX },
    metrics: [redNames.p99],
  });
  return series.flatMap((one) => {
    const call = callOf(one);
    if (call === null) return [];
    const usual = median(one.values.filter((_, index) => (one.times[index] ?? 0) < beganAt));
    const level = median(one.values.filter((_, index) => (one.times[index] ?? 0) >= beganAt));
    // Without either nothing is known, and NaN is not more.
    return level >= Math.max(usual * SLOW_FACTOR, usual + SLOW_MS_MIN) ? [{ ...call, how: "are slow" as const }] : [];
  });
}

/** Who calls whom, by their names; null for a series that is no edge's, or whose callee is no service (`database:orders`) and has no incident. */
function callOf({ serviceKey, environment, labels }: StoredSeries): Call | null {
  if (labels.callee?.includes("/") !== true) return null;
  return { environment, caller: serviceNameOf(serviceKey), callee: serviceNameOf(labels.callee) };
}

function keyOf({ environment, caller, callee }: Call): string {
  return [environment, caller, callee].join("\n");
}
