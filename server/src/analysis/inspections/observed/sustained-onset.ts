import type { RobustBaseline } from "../../detection/robust-baseline.ts";
import { onScale } from "../../detection/transform.ts";

const beyond = 4;
const runLength = 4;
const runMin = 3;

/**
 * When a series left what is normal and stayed away: the first value beyond four standard deviations of which three of four that follow are too. A cumulative sum
 * finds smaller shifts, but of hundreds of series some cross it by chance, and the order of onsets is then that of chance.
 */
export function sustainedOnset(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  baseline: RobustBaseline,
  within: { readonly from: number; readonly to: number },
  direction: "up" | "down" | "either",
): number | null {
  const known: { time: number; isOut: boolean }[] = [];
  for (let at = 0; at < values.length; at++) {
    const time = times[at] ?? Number.NaN;
    if (!(time >= within.from && time < within.to)) continue;
    const z = (onScale(baseline.scale, values[at] ?? Number.NaN) - baseline.location) / baseline.spread;
    if (!Number.isFinite(z)) continue;
    known.push({
      time,
      isOut: direction === "either" ? Math.abs(z) > beyond : direction === "up" ? z > beyond : -z > beyond,
    });
  }
  for (const [at, one] of known.entries()) {
    if (!one.isOut) continue;
    const run = known.slice(at, at + runLength);
    if (run.filter(({ isOut }) => isOut).length >= Math.min(runMin, run.length)) return one.time;
  }
  return null;
}
