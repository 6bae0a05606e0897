import type { WorldWatch } from "../world/world.ts";
import { spanOf } from "./span-of.ts";

const signalsMax = 1000;

/**
 * How much was seen while a revision ran without the failure, as the end of a sentence. Without any signal it says so:
 * nothing tells a quiet revision from one that nobody used.
 */
export function describeWatch(watch: WorldWatch | null): string {
  if (watch === null) return "how long that ran is not known";
  const { ranMs, watchedMs, signals } = watch;
  const ran =
    watchedMs >= ranMs || signals > 0
      ? `it ran ${spanOf(ranMs)}`
      : watchedMs <= 0
        ? `it ran ${spanOf(ranMs)}, before this project took in signals`
        : `it ran ${spanOf(ranMs)}, the last ${spanOf(watchedMs)} of it under watch`;
  if (signals === 0) return `${ran}, and no other signal came from it, so whether anybody used it is not known`;
  const count = signals >= signalsMax ? `${signalsMax} or more` : String(signals);
  return `${ran}, and ${count} other ${signals === 1 ? "signal" : "signals"} came from it`;
}

/**
 * 0..1: how far silence about the failure is believed. Signals of other failures show that the revision was used. A sound
 * service sends none, so their absence takes a part of the weight, not all of it.
 */
export function trustInWatch(watch: WorldWatch | null): number {
  if (watch === null) return 0.75;
  if (watch.signals > 0) return watch.signals >= 10 ? 1 : 0.95;
  if (watch.watchedMs >= 86_400_000) return 0.9;
  return watch.watchedMs >= 3_600_000 ? 0.85 : 0.75;
}
