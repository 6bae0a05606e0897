import type { Autopsy } from "@culprit/contract";
import { type Claim, calibrate } from "../diagnosis/calibration.ts";
import { wilsonInterval } from "../diagnosis/wilson.ts";
import type { BugResult } from "./play/play-bug.ts";
import { isWrongGreen } from "./table.ts";

/** Bugs, and among them those whose patch for the blamed commit was proven (not one that only hides the failure), and refuted. */
export interface ProofCounts {
  readonly bugs: number;
  readonly green: number;
  readonly red: number;
}

/** How much likelier a proof's outcome is where the cause is right, with the interval of 95 %. */
export interface OutcomeOdds {
  readonly odds: number;
  readonly from: number;
  readonly to: number;
}

/** What a run of the bugs says of how far a proof moves the confidence in a cause. */
export interface ProofOdds {
  readonly right: ProofCounts;
  readonly wrong: ProofCounts;
  readonly green: OutcomeOdds;
  readonly red: OutcomeOdds;
}

/** A verdict that blames a commit; a wrong proof of a right cause is counted as wrong. */
interface Judged {
  readonly confidence: number;
  readonly isRight: boolean;
  readonly outcome: "green" | "red" | "neither";
}

/**
 * The likelihood ratios of a green and of a red proof (Altman & Bland 1994): how often it comes out so where the blamed commit is the cause,
 * against where it is not. Half a bug is added to each count (Haldane 1956, Anscombe 1956), so that what was never seen among few is not held
 * impossible; the intervals are of the ratio's logarithm (Katz et al. 1978). Green never speaks against a cause and red never for one.
 * Verdicts are seldom wrong, so each bug is tried a second time with a wrong commit held to be the cause (`play/try-wrong-cause.ts`).
 * Null where no commit was blamed.
 */
export function measureOdds(results: readonly BugResult[]): ProofOdds | null {
  const all = results.flatMap((result) => [judge(result) ?? [], judgeWrongCause(result)].flat());
  if (all.length === 0) return null;
  const countOf = (isRight: boolean): ProofCounts => {
    const own = all.filter((one) => one.isRight === isRight);
    const count = (outcome: Judged["outcome"]) => own.filter((one) => one.outcome === outcome).length;
    return { bugs: own.length, green: count("green"), red: count("red") };
  };
  const [right, wrong] = [countOf(true), countOf(false)];
  const ratioOf = (outcome: "green" | "red"): OutcomeOdds => {
    const [hits, bugs] = [right[outcome] + 0.5, right.bugs + 1];
    const [falseHits, others] = [wrong[outcome] + 0.5, wrong.bugs + 1];
    const ratio = hits / bugs / (falseHits / others);
    const spread = Math.exp(1.96 * Math.sqrt(1 / hits - 1 / bugs + 1 / falseHits - 1 / others));
    const odds = outcome === "green" ? Math.max(1, ratio) : Math.min(1, ratio);
    return { odds, from: ratio / spread, to: ratio * spread };
  };
  return { right, wrong, green: ratioOf("green"), red: ratioOf("red") };
}

function judge(result: BugResult): Judged | null {
  const { autopsy, incident } = result;
  const first = incident?.hypotheses.find(({ rank }) => rank === 1);
  if (incident?.culprit_commit == null || first === undefined) return null;
  const isRight = result.isCulpritFound && !isWrongGreen(result);
  return { confidence: first.confidence, isRight, outcome: outcomeOf(autopsy) };
}

function judgeWrongCause({ wrongCause }: BugResult): Pick<Judged, "isRight" | "outcome">[] {
  return wrongCause === null ? [] : [{ isRight: false, outcome: outcomeOf(wrongCause) }];
}

/** What a proof says of the blamed commit: nothing where it hides the failure, and where it is another commit's. */
function outcomeOf(autopsy: Autopsy | null): Judged["outcome"] {
  const isOfBlamed =
    autopsy !== null &&
    autopsy.patch_kind !== "mitigation" &&
    !/The verdict blames \w+; this was tried for/.test(autopsy.proof_reason);
  return isOfBlamed && autopsy.proof !== "not_run" ? autopsy.proof : "neither";
}

/**
 * The measurement for people: counts and odds of the half to work with, and for each half how true the confidence is with these odds and how
 * often a proven patch is right. On the kept half that is a check with bugs that the odds do not come from.
 */
export function renderOdds(results: readonly BugResult[]): string {
  const odds = measureOdds(fittedOn(results)) ?? measureOdds(results);
  if (odds === null) return "The odds of a proof can't be measured: nobody was blamed.";
  const words = ({ bugs, green, red }: ProofCounts) => `${green} proven and ${red} refuted of ${bugs}`;
  const interval = ({ odds: value, from, to }: OutcomeOdds) =>
    `x${value.toFixed(2)} (95 % ${from.toFixed(2)}–${to.toFixed(2)})`;
  const lines = [
    `Blamed commit is the cause: ${words(odds.right)}; is not: ${words(odds.wrong)}.`,
    `Odds of a proof: green ${interval(odds.green)}, red ${interval(odds.red)}.`,
  ];
  for (const split of ["dev", "kept"] as const) {
    const own = results.filter(({ bug }) => bug.split === split);
    if (own.length === 0) continue;
    const claims = own.flatMap((result) => judge(result) ?? []);
    const proven = own.filter(({ isProven }) => isProven);
    lines.push(
      `${split}, confidence of the verdict alone: ${reliability(claims)}`,
      `${split}, moved by these odds: ${reliability(claims.map((one) => ({ ...one, confidence: moveBy(odds, one) })))}`,
      `${split}, proven patches that are right: ${shareWords(proven.filter((one) => !isWrongGreen(one)).length, proven.length)}`,
    );
  }
  return lines.join("\n");
}

/** The bugs to work with; the kept ones are for measuring only. */
export function fittedOn(results: readonly BugResult[]): readonly BugResult[] {
  return results.filter(({ bug }) => bug.split === "dev");
}

/** As `server/src/analysis/autopsy/confidence.ts` moves it. */
function moveBy({ green, red }: ProofOdds, { confidence, outcome }: Judged): number {
  const certainty = Math.min(confidence, 0.99);
  const ratio = outcome === "green" ? green.odds : outcome === "red" ? red.odds : 1;
  const now = (certainty / (1 - certainty)) * ratio;
  return Math.min(0.99, Math.floor((now / (1 + now)) * 100) / 100);
}

function reliability(claims: readonly Claim[]): string {
  const { brier, bins } = calibrate(claims);
  const cells = bins
    .filter(({ count }) => count > 0)
    .map(({ from, to, count, rightShare }) => {
      return `${from}–${to}: right ${shareWords(Math.round(rightShare * count), count)}`;
    });
  return `Brier ${brier.toFixed(3)}; ${cells.join("; ")}`;
}

function shareWords(hits: number, count: number): string {
  const [from, to] = wilsonInterval(hits, count);
  return `${hits} of ${count} (95 % ${from.toFixed(2)}–${to.toFixed(2)})`;
}

/** The text of the file that the product reads its odds from. */
export function oddsFileOf({ right, wrong, green, red }: ProofOdds): string {
  const words = (counts: ProofCounts) => `${counts.green} green and ${counts.red} red of ${counts.bugs}`;
  const rounded = ({ odds }: OutcomeOdds) => Number(odds.toFixed(2));
  const range = ({ from, to }: OutcomeOdds) => `${from.toFixed(2)} to ${to.toFixed(2)}`;
  return `/**
 * How much likelier a proof's outcome is where the blamed commit is the cause than where it is not: measured on bugs that were played, and
 * written by \`npm run eval -- repair --split dev --write-odds\`; \`evals/src/repair/measured-odds.ts\` says how.
 *
 * Proofs where the blamed commit was the cause: ${words(right)}; where it was not: ${words(wrong)}.
 * 95 % intervals: green ${range(green)}, red ${range(red)}.
 */
export const proofOdds = { green: ${rounded(green)}, red: ${rounded(red)} } as const;
`;
}
