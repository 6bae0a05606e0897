import type { DetectorSettings } from "@culprit/contract";
import { percent, type Seen, unknown } from "./seen.ts";
import { type Counts, countsBefore, type Stream } from "./stream.ts";

/**
 * The error budget is being spent too fast: more than `burn` times as fast as the objective allows, in a long window and in a
 * short one that says that it goes on (multi-window, multi-burn-rate alerts; Beyer et al., The Site Reliability Workbook, 2018,
 * chapter 5). A window is believed when at least half of it holds data.
 * @param slow the same stream on a coarse grid, for windows that `fast` does not reach back to
 */
export function sloBurnRate(fast: Stream, slow: Stream, settings: DetectorSettings["slo_burn_rate"]): Seen {
  const { objective, windows, present_min, requests_per_minute_min, errors_min } = settings;
  const budget = 1 - objective;
  const countsOf = (seconds: number): Counts => {
    const stream = fast.requests.length * fast.stepMs >= seconds * 1000 ? fast : slow;
    return countsBefore(stream, stream.requests.length, seconds * 1000);
  };
  let [isKnown, seen] = [false, null as { text: string; burn: number; limit: number; longS: number } | null];
  for (const { long_s, short_s, burn } of windows) {
    const [long, short] = [countsOf(long_s), countsOf(short_s)];
    if (long.present < present_min || short.present < present_min) continue;
    if (long.requests < (requests_per_minute_min * long_s * long.present) / 60) continue;
    isKnown = true;
    const [longBurn, shortBurn] = [burnOf(long, budget), burnOf(short, budget)];
    if (long.errors < errors_min || longBurn <= burn || shortBurn <= burn) continue;
    const text = `${percent(long.errors / long.requests)} of the requests of ${words(long_s)} failed: the error budget of ${percent(budget)} is spent ${longBurn.toFixed(1)} times as fast as it may be (limit ${burn}), and ${shortBurn.toFixed(1)} times in the last ${words(short_s)}.`;
    seen ??= { text, burn: longBurn, limit: burn, longS: long_s };
  }
  if (!isKnown) return unknown("No window holds enough data to tell how fast the error budget is spent.");
  if (seen === null)
    return {
      state: "quiet",
      text: `The error budget of ${percent(budget)} is not spent faster than it may be.`,
      ...{ sinceMs: null, value: null, threshold: null, baseline: null },
    };
  return {
    state: "firing",
    text: seen.text,
    sinceMs: onsetIn(fast, budget * seen.limit),
    value: seen.burn,
    threshold: seen.limit,
    baseline: 1,
  };
}

function burnOf({ requests, errors }: Counts, budget: number): number {
  return requests === 0 ? 0 : errors / requests / budget;
}

/** The beginning of the run of bad minutes that reaches the end of the grid; a few good steps between do not end it. */
function onsetIn(stream: Stream, ratio: number): number {
  const { stepMs, toMs, requests } = stream;
  const windowMs = 5 * 60_000;
  const back = Math.round(windowMs / stepMs);
  let first = requests.length;
  for (let end = requests.length; end > 0; end -= 1) {
    const counts = countsBefore(stream, end, windowMs);
    if (counts.requests > 0 && counts.errors / counts.requests > ratio) first = end;
    else if (first - end > back) break;
  }
  return Math.max(toMs - requests.length * stepMs, toMs - (requests.length - first) * stepMs - windowMs);
}

function words(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${Math.round(seconds / 60)} min`;
}
