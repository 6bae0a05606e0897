import type { Observations } from "../../observations/observations.ts";
import { rankComponents } from "../../ranking/components/rank-components.ts";
import { spanOf } from "../span-of.ts";
import { stepOf } from "./change-proximity.ts";
import { leadOf } from "./lead-of.ts";
import { closeLookMax, nameOf, type Observed, overviewEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

const earlySteps = 5;
const earlyMsMin = 100_000;

/**
 * The same ranking over the first minutes alone. Trouble spreads: retries, queues and pools make everything fail in the end, and whoever is loudest then
 * was often the last. Before that only what began it is unusual.
 */
export function earlyWindow(observed: Observed): ObservedFinding[] {
  const { observations } = observed;
  const early = earlyObservations(observed);
  if (early === null) return [];
  const scores = rankComponents(early);
  const [top, second] = scores;
  if (top === undefined || top.score <= 0) return [];
  const wide = observed.spread;
  const span = spanOf(early.incident.to - early.incident.from);
  const evidence = overviewEvidence({
    ...observed,
    observations: { ...observations, incident: early.incident },
    scores,
  });
  return scores.slice(0, closeLookMax).map((one) => {
    const lead = leadOf(one.score, one === top ? (second?.score ?? 0) : top.score);
    const text =
      one === top
        ? `in the first ${span} of the trouble ${nameOf(observed, one.component)} stands out most (${one.score.toFixed(2)}${second === undefined ? "" : ` to ${second.score.toFixed(2)}`})`
        : `in the first ${span} of the trouble ${nameOf(observed, top.component)} stands out before it`;
    return findingAbout("early_window", { kind: "component", key: one.component })({
      feature: wide > 0.25 ? "early_lead_wide" : "early_lead",
      value: lead,
      text,
      evidence,
    });
  });
}

/** The observations cut to the first minutes after the earliest onsets; null where the whole time is hardly longer. */
function earlyObservations(observed: Observed): Observations | null {
  const { observations, onsetAt } = observed;
  const step = stepOf(observed);
  const { incident } = observations;
  const from = onsetAt - step / 2;
  const to = Math.min(incident.to, onsetAt + Math.max(earlySteps * step, earlyMsMin));
  if (to - from > 0.6 * (incident.to - incident.from)) return null;
  return {
    ...observations,
    baseline: { from: observations.baseline.from, to: Math.min(observations.baseline.to, from) },
    incident: { from, to },
  };
}
