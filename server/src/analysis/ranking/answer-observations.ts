import { type Finding, subjectKey } from "../inspections/finding.ts";
import { inspectObservations } from "../inspections/observed/inspect-observations.ts";
import { nameOf, type Observed, overviewEvidence } from "../inspections/observed/observed.ts";
import type { ObservedFinding } from "../inspections/observed/observed-finding.ts";
import { evidenceDigest } from "../learning/evidence-digest.ts";
import { type PeoplesWord, peoplesWord } from "../learning/peoples-word.ts";
import type { Observations } from "../observations/observations.ts";
import type { World } from "../world/world.ts";
import { advise } from "./advise.ts";
import { rankComponents } from "./components/rank-components.ts";
import { criticise } from "./critic/criticise.ts";
import type { Objection } from "./critic/objection.ts";
import { falsificationTest } from "./falsify.ts";
import { maxOfWord, type RankedHypothesis, withWord } from "./rank-hypotheses.ts";
import {
  alternativesOf,
  patternOf,
  patternsOf,
  type RankedAlternative,
  rankAlternatives,
  titleOfAlternative,
} from "./rank-observed.ts";

/** What observations say on their own. */
export interface ObservedAnswer {
  readonly observed: Observed;
  readonly findings: readonly ObservedFinding[];
  /** After the critic: shares no longer make 1, because what a rule takes away is given to nobody. */
  readonly ranked: readonly RankedAlternative[];
  readonly objections: readonly Objection[];
  /** What people said, by key of the subject. */
  readonly words: ReadonlyMap<string, PeoplesWord>;
  readonly hypotheses: readonly RankedHypothesis[];
}

const confidenceMax = 0.97;
/** Below what is called confirmed: what is left over once a person ruled the first out was not seen that surely. */
const leftOverMax = 0.75;
const hypothesesMax = 6;
const shownMin = 0.03;
/** So long before the trouble a change is suspected by its time alone. */
const clearedWithinMs = 30 * 60_000;
const clearedMax = 3;

/** Scores the components, inspects, weighs the alternatives and holds the critic's rules against them. */
export function answerObservations(world: World, observations: Observations): ObservedAnswer {
  const { observed, findings } = inspectObservations(world, observations, rankComponents(observations));
  const words = new Map<string, PeoplesWord>();
  const alternatives = rankAlternatives(alternativesOf(observed, findings));
  for (const { subject, type, findings: own } of alternatives) {
    const word = peoplesWord(world.learned, { subject, type, findings: own });
    if (word !== null) words.set(subjectKey(subject), word);
  }
  const weighed = withoutRuledOut(alternatives, words);
  const objections = criticise({ observed, ranked: weighed, findings });
  const ranked = weighed
    .map((one) => {
      const word = words.get(subjectKey(one.subject)) ?? null;
      return { ...one, share: Math.min(one.share, ...capsOf(one, objections), maxOfWord(word), confidenceMax) };
    })
    .sort((a, b) => b.share - a.share || (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1));
  const proposed = new Set(objections.flatMap(({ proposes }) => proposes ?? []));
  const cleared = new Set(ranked.filter((one) => isClearedLately(observed, one, objections)).slice(0, clearedMax));
  const kept = ranked.filter(
    (one, index) =>
      one.subject.kind === "unknown" ||
      words.has(subjectKey(one.subject)) ||
      cleared.has(one) ||
      (index < hypothesesMax && one.share >= shownMin) ||
      (one.subject.kind === "component" && proposed.has(one.subject.key)),
  );
  return {
    observed,
    findings,
    ranked,
    objections,
    words,
    hypotheses: kept.map((one) => hypothesisOf(observed, one, objections, words.get(subjectKey(one.subject)) ?? null)),
  };
}

/** A change just before the trouble that somebody would suspect and a rule, or how long it served, clears: that is said, not left out. */
function isClearedLately(observed: Observed, one: RankedAlternative, objections: readonly Objection[]): boolean {
  if (one.change === null) return false;
  const lagMs = observed.onsetAt - one.change.at;
  const key = subjectKey(one.subject);
  const isCleared =
    objections.some(({ subject }) => subject === key) ||
    one.findings.some(({ feature }) => feature === "change_served");
  return lagMs >= 0 && lagMs <= clearedWithinMs && isCleared;
}

/** What nobody ruled out, likeliest first. */
export function notRuledOut({ ranked, words }: Pick<ObservedAnswer, "ranked" | "words">): RankedAlternative[] {
  return ranked.filter(({ subject }) => words.get(subjectKey(subject))?.standing !== "ruled_out");
}

/**
 * The certainty that what a person ruled out would have held is its alternatives', in proportion, as if it had never been one; none of them
 * comes above `leftOverMax` by that.
 */
function withoutRuledOut(
  ranked: readonly RankedAlternative[],
  words: ReadonlyMap<string, PeoplesWord>,
): RankedAlternative[] {
  const isOut = ({ subject }: RankedAlternative) => words.get(subjectKey(subject))?.standing === "ruled_out";
  const held = ranked.filter(isOut).reduce((sum, { share }) => sum + share, 0);
  if (held === 0) return [...ranked];
  const left = Math.max(1 - held, 1e-9);
  const sums = new Map<string, number>();
  for (const one of ranked)
    if (!isOut(one) && one.component !== null)
      sums.set(one.component, (sums.get(one.component) ?? 0) + one.share / left);
  return ranked.map((one) => {
    if (isOut(one) || one.component === null) return isOut(one) ? one : { ...one, share: one.share / left };
    const shrink = Math.min(1, leftOverMax / Math.max(sums.get(one.component) ?? 0, 1e-9));
    return { ...one, share: Math.max(one.share, (one.share / left) * shrink) };
  });
}

function capsOf(one: RankedAlternative, objections: readonly Objection[]): number[] {
  const key = subjectKey(one.subject);
  return objections
    .filter(({ subject }) => subject === key || (subject === null && one.subject.kind !== "unknown"))
    .map(({ confidenceMax: most }) => most);
}

function hypothesisOf(
  observed: Observed,
  one: RankedAlternative,
  objections: readonly Objection[],
  word: PeoplesWord | null,
): RankedHypothesis {
  const { subject, component, change, type, findings, share } = one;
  const key = subjectKey(subject);
  const against = objections
    .filter((objection) => objection.subject === key || objection.subject === null)
    .map(
      (objection): Finding => ({
        inspection: `critic:${objection.rule}`,
        subject,
        weight: -0.01,
        text: `${objection.text}; this holds it at ${objection.confidenceMax.toFixed(2)} at most`,
        evidence: overviewEvidence(observed),
      }),
    );
  const proposals = objections
    .filter(({ proposes }) => proposes !== null && subject.kind === "component" && proposes === subject.key)
    .map(
      (objection): Finding => ({
        inspection: `critic:${objection.rule}`,
        subject,
        weight: 0,
        text: objection.text,
        evidence: overviewEvidence(observed),
      }),
    );
  const byWeight = findings
    .filter(({ isUnsaid }) => isUnsaid !== true)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const title = titleOfAlternative(observed, one);
  const own = component === null ? null : (observed.componentOf.get(component) ?? null);
  const patterns = patternsOf(findings);
  return {
    subject,
    type,
    title,
    confidence: Math.floor(share * 100) / 100,
    ...withWord(word, {
      for: [...byWeight.filter((finding) => finding.weight >= 0), ...proposals],
      against: [...against, ...byWeight.filter((finding) => finding.weight < 0)],
    }),
    advice:
      subject.kind === "unknown"
        ? null
        : advise({
            type,
            change,
            component: own,
            callers:
              component === null
                ? []
                : (observed.callersOf.get(component) ?? []).map((caller) => nameOf(observed, caller)),
            patterns,
          }),
    falsification: falsificationTest({
      subject,
      type,
      title,
      place: component === null ? null : nameOf(observed, component),
      isOwned: own?.isOwned ?? null,
    }),
    component,
    pattern: patternOf(one),
    digest: evidenceDigest(findings),
    word,
  };
}
