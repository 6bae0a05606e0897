import type { HypothesisType, Verdict } from "@culprit/contract";
import { inspect } from "./inspections/inspect.ts";
import { nameOf } from "./inspections/observed/observed.ts";
import { heedPeople } from "./learning/heed-people.ts";
import { answerObservations, notRuledOut, type ObservedAnswer } from "./ranking/answer-observations.ts";
import { combineHypotheses } from "./ranking/combine-hypotheses.ts";
import { missingValues } from "./ranking/missing-values.ts";
import { type RankedHypothesis, rankHypotheses } from "./ranking/rank-hypotheses.ts";
import { decide } from "./ranking/verdict.ts";
import { isOfTelemetryAlone } from "./world/is-of-telemetry-alone.ts";
import type { World } from "./world/world.ts";

/** The version of the rules; a stored world says which one answered. */
export const engineVersion = "analysis/2";

/** Below this nobody is woken; the incident is kept and shown. */
const silentBelow = 0.7;

/** A component as a possible cause. */
export interface DiagnosedCause {
  readonly component: string;
  readonly name: string;
  /** The series that says most, as its sender called it. */
  readonly metric: string | null;
  readonly type: HypothesisType;
  /** Orders the causes; equal scores are ties. */
  readonly score: number;
  /** 0..1: how likely it is the cause, of all that could be, "none of them" included. */
  readonly confidence: number;
  /** The change that explains it best, where one does. */
  readonly changeId: string | null;
}

/** The answer about a world. */
export interface Diagnosis {
  /** Of every component that was looked at, likeliest first; empty without observations. */
  readonly causes: readonly DiagnosedCause[];
  readonly hypotheses: readonly RankedHypothesis[];
  readonly verdict: Verdict;
  /**
   * How sure the verdict is: of a blamed component the certainty of all that makes it the cause, of a commit or another change its own. Of an
   * inconclusive one that of the best candidate: the first cause, or the first hypothesis where no component was observed.
   */
  readonly confidence: number;
  readonly culpritCommit: string | null;
  /** The change and the component that the verdict blames; null where it blames none. */
  readonly culpritChange: string | null;
  readonly culpritComponent: string | null;
  readonly summary: string;
  /** What would have to be known for a surer answer, each a sentence. */
  readonly missing: readonly string[];
  /** Whether it is too unsure to wake anybody: kept and shown, not paged. */
  readonly silent: boolean;
}

/**
 * Answers what caused the trouble of a world: out of its code and changes, and out of its observations where it has some. Pure: the same world gives the
 * same answer. Where the evidence is thin the verdict is `inconclusive`, blames nobody, and `missing` says what would help.
 */
export function diagnose(world: World): Diagnosis {
  const ofCode = isOfTelemetryAlone(world) ? [] : rankHypotheses(world, inspect(world).findings);
  const observed = world.observed === null ? null : answerObservations(world, world.observed);
  const hypotheses = heedPeople(observed === null ? ofCode : combineHypotheses(world, ofCode, observed), world.learned);
  const decision = decide(world, hypotheses, observed);
  const causes = observed === null ? [] : causesOf(observed);
  const [top] = hypotheses;
  const confidence = decision.confidence ?? causes[0]?.confidence ?? top?.confidence ?? 0;
  return {
    causes,
    hypotheses,
    ...decision,
    confidence,
    missing: missingOf(world, observed, decision.verdict),
    silent: decision.verdict === "inconclusive" || confidence < silentBelow,
  };
}

/**
 * Components with the certainty of all alternatives that make each of them the cause. What is left to "none of these" is divided in proportion to the scores of
 * the components, so that where the evidence is thin the order is that of the ranking.
 */
function causesOf(answer: ObservedAnswer): DiagnosedCause[] {
  const { observed } = answer;
  const open = notRuledOut(answer);
  const shares = new Map<string, number>();
  for (const { component, share } of open)
    if (component !== null) shares.set(component, (shares.get(component) ?? 0) + share);
  const certain = [...shares.values()].reduce((sum, share) => sum + share, 0);
  // What a person ruled out is no rest of doubt either.
  const ruledOut = new Set(answer.ranked.flatMap(({ component }) => component ?? []).filter((key) => !shares.has(key)));
  const scoreOf = ({ component, score }: { readonly component: string; readonly score: number }) =>
    ruledOut.has(component) ? 0 : score;
  const scores = observed.scores.reduce((sum, one) => sum + scoreOf(one), 0);
  return observed.scores
    .map((one): DiagnosedCause => {
      const best = open.find(({ component }) => component === one.component);
      const share = shares.get(one.component) ?? 0;
      const left = scores > 0 ? (Math.max(0, 1 - certain) * scoreOf(one)) / scores : 0;
      return {
        component: one.component,
        name: nameOf(observed, one.component),
        metric: one.metric,
        type: best?.type ?? "unknown",
        score: Number((share + left).toFixed(9)),
        confidence: Math.floor(Math.min(0.97, share) * 100) / 100,
        changeId: best?.change?.id ?? null,
      };
    })
    .sort((a, b) => b.score - a.score || (a.component < b.component ? -1 : 1));
}

function missingOf(world: World, answer: ObservedAnswer | null, verdict: Verdict): string[] {
  const missing = new Set<string>();
  const { otherCause } = world.learned;
  if (verdict === "inconclusive" && otherCause !== null && !otherCause.why?.trim())
    missing.add(`${otherCause.by} said that the cause is another, and not which: set the root cause with a summary.`);
  if (answer !== null) {
    for (const objection of answer.objections) if (objection.missing !== null) missing.add(objection.missing);
    const { observations } = answer.observed;
    for (const sentence of missingValues(answer.observed)) missing.add(sentence);
    for (const gap of observations.gaps) missing.add(gap);
    if (observations.edges.length === 0 && observations.components.length > 1)
      missing.add(
        "Who calls whom is not known: traces or declared dependencies would tell a cause from what it drags along.",
      );
    if (observations.changes.length === 0) missing.add("No deployment or other change of this time is known.");
    if (observations.target === null) missing.add("Where the trouble was noticed is not known.");
  }
  if (answer === null && world.codeMissing !== null) missing.add(`The code can't be read: ${world.codeMissing}.`);
  if (world.isHistoryCut)
    missing.add(
      "Who wrote the failing code: the clone is shallow, and its history ends before that. Run git fetch --unshallow in it and investigate again.",
    );
  return [...missing];
}
