import type { BugResult } from "./play/play-bug.ts";
import { isWrongGreen } from "./table.ts";

/** How often a proof was green, by whether the blamed commit was the right one. */
export interface MeasuredOdds {
  /** Bugs whose cause was found; proven and right among them. */
  readonly right: { readonly bugs: number; readonly proven: number };
  /** Bugs whose cause was not found; proven among them. Wrong proofs of right causes are here as well: they prove nothing. */
  readonly wrong: { readonly bugs: number; readonly proven: number };
  readonly provenIfRight: number;
  /** With no proof among few, what the rule of three leaves open (Hanley & Lippman-Hand 1983). */
  readonly provenIfWrong: number;
  readonly green: number;
  readonly red: number;
}

/**
 * The odds that an autopsy's confidence is moved by (`server/src/analysis/autopsy/confidence.ts`), as this run measured them; null where
 * there is no bug with a right cause or none at all, so that nothing can be said.
 */
export function measureOdds(results: readonly BugResult[]): MeasuredOdds | null {
  // A proof for another commit than the blamed one moves nothing, and neither does one where nobody is blamed.
  const judged = results.filter(
    ({ autopsy }) => !/The verdict blames \w+; this was tried for/.test(autopsy?.proof_reason ?? ""),
  );
  const found = judged.filter((result) => result.isCulpritFound && !isWrongGreen(result));
  const missed = judged.filter((result) => !result.isCulpritFound || isWrongGreen(result));
  const proven = (some: readonly BugResult[]): number => some.filter(({ isProven }) => isProven).length;
  const [right, wrong] = [found, missed].map((some) => ({ bugs: some.length, proven: proven(some) }));
  if (right === undefined || wrong === undefined || right.bugs === 0) return null;
  const provenIfRight = right.proven / right.bugs;
  // None of n leaves up to 3/n open; all proofs are looked at, because a green one of a wrong cause is what the odds are about.
  const looked = Math.max(right.proven + wrong.proven, 3);
  const provenIfWrong = wrong.proven > 0 ? wrong.proven / wrong.bugs : Math.min(1, 3 / looked);
  return {
    ...{ right, wrong, provenIfRight, provenIfWrong },
    green: provenIfRight / provenIfWrong,
    red: provenIfWrong < 1 ? (1 - provenIfRight) / (1 - provenIfWrong) : 1,
  };
}

/** The measurement in a line for people. */
export function renderOdds(odds: MeasuredOdds | null): string {
  if (odds === null) return "The odds of a proof can't be measured: no cause was found.";
  const { right, wrong, provenIfRight, provenIfWrong, green, red } = odds;
  const shares = `provenIfRight ${provenIfRight.toFixed(2)} (${right.proven} of ${right.bugs}), provenIfWrong ${provenIfWrong.toFixed(3)} (${wrong.proven} of ${wrong.bugs}${wrong.proven === 0 ? ", rule of three" : ""})`;
  return `Odds of a proof: green x${green.toFixed(1)}, red x${red.toFixed(2)}; ${shares}.`;
}
