import { strengthOfSurprise, surpriseOfShares } from "../../detection/surprise.ts";
import type { ScorePart } from "../../observations/component-score.ts";
import type { OperationShift } from "../../observations/observations.ts";
import { beliefInTold } from "./belief-in-told.ts";
import { describeFailures } from "./describe-score.ts";
import { failedSpans } from "./failed-spans.ts";
import type { Modality } from "./modality.ts";

/** What chance brings among some hundred operations. */
const CHANCE = 3;
/** A rise of so much of all spans counts half: one in a thousand may be sure, and hurts hardly anybody. */
const HALF_RISE = 0.01;

/**
 * Components whose spans fail more often than before while nothing that these call fails: an error goes up the calls of a trace, and where it comes from is the
 * deepest span that has it (as in the traversal of failed calls: Chen et al., CauseInfer, INFOCOM 2014). Weighed by how many failures of the case arise here.
 */
export const failingOperations: Modality = (observations, credit = () => 1) => {
  const believed = beliefInTold(observations, credit);
  const found: { shift: OperationShift; strength: number; more: number }[] = [];
  for (const shift of observations.operations) {
    const { before, now, rise } = failedSpans(shift, observations, "own");
    if (rise <= 0) continue;
    const strength = strengthOfSurprise(surpriseOfShares(before, now), CHANCE) * (rise / (rise + HALF_RISE));
    if (strength > 0) found.push({ shift, strength, more: rise * now.of });
  }
  const most = Math.max(...found.map(({ more }) => more));
  const parts = new Map<string, ScorePart>();
  for (const { shift, strength: sure, more } of found) {
    const strength = believed(shift.component) * sure * Math.sqrt(more / most);
    if (strength <= (parts.get(shift.component)?.strength ?? 0)) continue;
    parts.set(shift.component, {
      method: "failing_operations",
      strength,
      text: describeFailures(shift, "own"),
      ref: shift.ref,
    });
  }
  return parts;
};
