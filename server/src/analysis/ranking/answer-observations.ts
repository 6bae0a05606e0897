import { type Finding, subjectKey } from "../inspections/finding.ts";
import { inspectObservations } from "../inspections/observed/inspect-observations.ts";
import { nameOf, type Observed, overviewEvidence } from "../inspections/observed/observed.ts";
import type { ObservedFinding } from "../inspections/observed/observed-finding.ts";
import { evidenceDigest } from "../learning/evidence-digest.ts";
import type { Observations } from "../observations/observations.ts";
import type { World } from "../world/world.ts";
import { advise } from "./advise.ts";
import { rankComponents } from "./components/rank-components.ts";
import { criticise } from "./critic/criticise.ts";
import type { Objection } from "./critic/objection.ts";
import { falsificationTest } from "./falsify.ts";
import type { RankedHypothesis } from "./rank-hypotheses.ts";
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
  readonly hypotheses: readonly RankedHypothesis[];
}

const confidenceMax = 0.97;
const hypothesesMax = 6;
const shownMin = 0.03;

/** Scores the components, inspects, weighs the alternatives and holds the critic's rules against them. */
export function answerObservations(world: World, observations: Observations): ObservedAnswer {
  const { observed, findings } = inspectObservations(world, observations, rankComponents(observations));
  const weighed = rankAlternatives(alternativesOf(observed, findings));
  const objections = criticise({ observed, ranked: weighed, findings });
  const ranked = weighed
    .map((one) => ({ ...one, share: Math.min(one.share, ...capsOf(one, objections), confidenceMax) }))
    .sort((a, b) => b.share - a.share || (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1));
  const proposed = new Set(objections.flatMap(({ proposes }) => proposes ?? []));
  const kept = ranked.filter(
    (one, index) =>
      one.subject.kind === "unknown" ||
      (index < hypothesesMax && one.share >= shownMin) ||
      (one.subject.kind === "component" && proposed.has(one.subject.key)),
  );
  return {
    observed,
    findings,
    ranked,
    objections,
    hypotheses: kept.map((one) => hypothesisOf(observed, one, objections)),
  };
}

function capsOf(one: RankedAlternative, objections: readonly Objection[]): number[] {
  const key = subjectKey(one.subject);
  return objections
    .filter(({ subject }) => subject === key || (subject === null && one.subject.kind !== "unknown"))
    .map(({ confidenceMax: most }) => most);
}

function hypothesisOf(observed: Observed, one: RankedAlternative, objections: readonly Objection[]): RankedHypothesis {
  const { subject, component, change, type, findings, share } = one;
  const key = subjectKey(subject);
  const against = objections
    .filter((objection) => objection.subject === key || objection.subject === null)
    .map(
      (objection): Finding => ({
        inspection: `critic:${objection.rule}`,
        subject,
        weight: -0.01,
        text: objection.text,
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
  const byWeight = [...findings].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const title = titleOfAlternative(observed, one);
  const own = component === null ? null : (observed.componentOf.get(component) ?? null);
  const patterns = patternsOf(findings);
  return {
    subject,
    type,
    title,
    confidence: Math.floor(share * 100) / 100,
    for: [...byWeight.filter((finding) => finding.weight >= 0), ...proposals],
    against: [...against, ...byWeight.filter((finding) => finding.weight < 0)],
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
  };
}
