import type { DetectorSettings } from "@culprit/contract";
import { heldFor } from "./hold.ts";
import { percent, type Seen, unknown } from "./seen.ts";
import { countsBefore, type Stream, type Usual } from "./stream.ts";
import { wilsonLower } from "./wilson.ts";

/** What is over for so long is over, though the window still holds it. */
const SHORT_MS = 60_000;

/**
 * More requests end in 5xx than may: the share that the window can vouch for (wilson.ts) is above the limit, or above what is
 * usual at this hour where that is more. Below the floors of traffic and of errors nothing is said.
 */
export function errorRateSpike(stream: Stream, settings: DetectorSettings["error_rate_spike"], usual: Usual): Seen {
  const { ratio, usual_factor, window_s, for_s, requests_per_minute_min, errors_min } = settings;
  const usualLimit = Number.isFinite(usual.errorRatio) ? usual.errorRatio * usual_factor : 0;
  const threshold = Math.max(ratio, usualLimit);
  const requestsMin = (requests_per_minute_min * window_s) / 60;
  const countsAt = (end: number) => countsBefore(stream, end, window_s * 1000);
  const steps = stream.requests.length;
  const now = countsAt(steps);
  if (now.requests < requestsMin || now.requests === 0)
    return unknown(
      `${Math.round(now.requests)} requests in ${window_s} s are too few to judge (${Math.ceil(requestsMin)} are asked for).`,
    );
  const goesOn = (end: number) => {
    const last = countsBefore(stream, end, Math.min(window_s * 1000, SHORT_MS));
    return last.requests === 0 || last.errors / last.requests > threshold;
  };
  const held = heldFor({ ...stream, steps }, for_s * 1000, (end) => {
    const { requests, errors } = countsAt(end);
    if (requests < requestsMin || requests === 0) return null;
    return errors >= errors_min && wilsonLower(errors, requests) > threshold && goesOn(end);
  });
  const value = now.errors / now.requests;
  const limit =
    usualLimit > ratio ? `${percent(threshold)}, ${usual_factor} times what is usual at this hour` : percent(threshold);
  return {
    state: held.isFiring ? "firing" : "quiet",
    text: `${percent(value)} of ${Math.round(now.requests)} requests in ${window_s} s ended in 5xx; the limit is ${limit}.`,
    sinceMs: held.sinceMs,
    value,
    threshold,
    baseline: Number.isFinite(usual.errorRatio) ? usual.errorRatio : null,
  };
}
