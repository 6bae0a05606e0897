import type { Verdict } from "@culprit/contract";
import { shortSha } from "../inspections/context.ts";
import { nameOf, unusualMin } from "../inspections/observed/observed.ts";
import { headlineOf } from "../report/headline.ts";
import { isOfTelemetryAlone } from "../world/is-of-telemetry-alone.ts";
import type { World } from "../world/world.ts";
import { notRuledOut, type ObservedAnswer } from "./answer-observations.ts";
import type { RankedHypothesis } from "./rank-hypotheses.ts";
import { blamedIn } from "./rank-observed.ts";

export interface Decision {
  readonly verdict: Verdict;
  /** How sure the verdict is, which is what it was decided by; null where it blames nothing. */
  readonly confidence: number | null;
  readonly culpritCommit: string | null;
  /** Of observations: the change and the component that are blamed. */
  readonly culpritChange: string | null;
  readonly culpritComponent: string | null;
  /** One sentence for lists. */
  readonly summary: string;
}

const likelyMin = 0.5;
/** Out of telemetry alone; below this two in five would be wrong, and on-call people stop reading after the second. */
const telemetryLikelyMin = 0.6;
const confirmedMin = 0.8;
const marginMin = 0.25;

/**
 * Decides by rule. `confirmed`: a commit of the deployed range or a reported change, at 0.8 or more, well ahead of the next, on
 * at least two kinds of finding; a commit must have changed a failing line of the innermost frames, or precisely what it needs
 * (`isDirect`): time and nearness alone never confirm. `likely`: at 0.5 or more. Everything else, another system's failure included, is
 * `inconclusive` and blames no commit. What a person confirmed is the cause, as sure as they are; what a person ruled out is never named.
 */
export function decide(
  world: World,
  hypotheses: readonly RankedHypothesis[],
  answer: ObservedAnswer | null = null,
): Decision {
  const [top, next] = hypotheses;
  if (top === undefined) return nobody("Inconclusive: nothing is known about what changed.");
  if (top.word?.standing === "confirmed" && top.confidence >= likelyMin) return decideByPeople(top);
  if (top.type === "unknown" && next !== undefined && hypotheses.slice(1).every(isRuledOut))
    return nobody("Inconclusive: people ruled out every cause that was found.");
  if (answer !== null && isOfTelemetry(top)) return decideByTelemetry(answer, top);
  if (answer !== null && isOfTelemetryAlone(world)) return nobody(inconclusiveByTelemetry(answer));
  const isCause = ["commit", "config_change", "rollback"].includes(top.subject.kind);
  if (!isCause || top.confidence < likelyMin) return nobody(inconclusive(world, top));
  const kinds = new Set(top.for.filter((finding) => finding.weight > 0.3).map((finding) => finding.inspection));
  const isAhead = next === undefined || top.confidence - next.confidence >= marginMin;
  const culpritCommit = top.subject.kind === "commit" ? top.subject.sha : null;
  const isProven = top.subject.kind === "config_change" || top.for.some((finding) => finding.isDirect === true);
  const verdict = top.confidence >= confirmedMin && isAhead && isProven && kinds.size >= 2 ? "confirmed" : "likely";
  // One fact is enough for a sentence, the one that convinces most; the page and the report list them all.
  const direct = top.for.find((finding) => finding.isDirect === true);
  const [reason = ""] = (direct ?? top.for[0])?.text.split("; ") ?? [];
  const commit = `Commit ${shortSha(culpritCommit ?? "")} ("${top.title.replace(/^Commit \w+: /, "")}")`;
  return {
    verdict,
    confidence: top.confidence,
    culpritCommit,
    culpritChange: changeOf(top.subject),
    culpritComponent: top.component,
    summary:
      culpritCommit === null
        ? headlineOf({ verdict, what: top.title, place: null, reasons: [reason] })
        : `${commit} ${verdict === "confirmed" ? "caused it" : "likely caused it"}: ${reason}.`.slice(0, 600),
  };
}

function changeOf(subject: RankedHypothesis["subject"]): string | null {
  if (subject.kind === "config_change") return subject.id;
  return subject.kind === "rollback" ? subject.deploymentId : null;
}

function isRuledOut({ word }: RankedHypothesis): boolean {
  return word?.standing === "ruled_out";
}

/** A person who knows confirmed it: whatever kind of cause it is. */
function decideByPeople(top: RankedHypothesis): Decision {
  const verdict = top.confidence >= confirmedMin ? "confirmed" : "likely";
  const { subject } = top;
  return {
    verdict,
    confidence: top.confidence,
    culpritCommit: subject.kind === "commit" ? subject.sha : null,
    culpritChange: subject.kind === "change" ? subject.id : changeOf(subject),
    culpritComponent: top.component,
    summary: headlineOf({ verdict, what: blamedIn(top), place: null, reasons: [top.word?.finding.text ?? ""] }),
  };
}

function nobody(summary: string): Decision {
  return {
    verdict: "inconclusive",
    confidence: null,
    culpritCommit: null,
    culpritChange: null,
    culpritComponent: null,
    summary: summary.slice(0, 600),
  };
}

function isOfTelemetry({ subject, component }: RankedHypothesis): boolean {
  return (
    subject.kind === "component" ||
    subject.kind === "change" ||
    ((subject.kind === "traffic" || subject.kind === "config_change") && component !== null)
  );
}

/** How much of a component's certainty its likeliest change must hold to be blamed with it. */
const changeShareMin = 0.6;

/**
 * Of observations: a component is blamed on the certainty of all that makes it the cause, and a change with it where most of that certainty
 * is the change's. `confirmed` needs two kinds of finding that weigh, besides how unusual it is.
 */
function decideByTelemetry(answer: ObservedAnswer, top: RankedHypothesis): Decision {
  const component = top.component;
  const sums = new Map<string, number>();
  const open = notRuledOut(answer);
  for (const one of open)
    if (one.component !== null) sums.set(one.component, (sums.get(one.component) ?? 0) + one.share);
  const [first] = [...sums].sort((a, b) => b[1] - a[1]);
  const sum = component === null ? 0 : Math.min(0.97, sums.get(component) ?? 0);
  const insufficient = answer.objections.find(({ effect }) => effect === "insufficient");
  if (insufficient !== undefined) return nobody(`Inconclusive: ${insufficient.text}.`);
  if (component === null || sum < telemetryLikelyMin || first?.[0] !== component)
    return answer.objections.some(({ rule }) => rule === "nothing_moved")
      ? nobody(inconclusiveByTelemetry(answer))
      : nobody(`Inconclusive; the best candidate, at ${sum.toFixed(2)}: ${blamedIn(top)}.`);
  const kinds = new Set(top.for.filter(({ weight }) => weight > 0.3).map(({ inspection }) => inspection));
  const isAhead = [...sums].every(([key, share]) => key === component || sum - share >= marginMin);
  const verdict = sum >= confirmedMin && isAhead && kinds.size >= 2 ? "confirmed" : "likely";
  const change = open
    .filter((one) => one.component === component && one.change !== null)
    .find((one) => one.share >= changeShareMin * sum);
  const reasons = top.for.filter(({ weight }) => weight > 0).slice(0, 2);
  return {
    verdict,
    // As the causes have it, so that no two figures of one answer differ.
    confidence: Math.floor(sum * 100) / 100,
    culpritCommit: null,
    culpritChange: change?.change?.id ?? null,
    culpritComponent: component,
    summary: headlineOf({
      ...{ verdict, what: blamedIn(top), place: nameOf(answer.observed, component) },
      reasons: reasons.map(({ text }) => text),
    }),
  };
}

/** Why telemetry that is all there is blames nobody. */
function inconclusiveByTelemetry(answer: ObservedAnswer): string {
  const insufficient = answer.objections.find(({ effect }) => effect === "insufficient");
  if (insufficient !== undefined) return `Inconclusive: ${insufficient.text}.`;
  if (answer.observed.strengthMax < unusualMin)
    return "Inconclusive: nothing that was measured stands out clearly enough to be blamed.";
  const best = answer.hypotheses.find((one) => one.subject.kind !== "unknown" && !isRuledOut(one));
  return best === undefined
    ? "Inconclusive: something that was measured is unusual, but nothing of it explains the trouble."
    : `Inconclusive: none of what was measured explains the trouble well; the best candidate, at ${best.confidence.toFixed(2)}: ${blamedIn(best)}.`;
}

function inconclusive(world: World, top: RankedHypothesis): string {
  if (top.subject.kind === "outside")
    return `Inconclusive for this code: ${top.for[0]?.text ?? "another system failed"}.`.slice(0, 600);
  if (top.subject.kind === "traffic")
    return "Inconclusive: the errors complain about what clients sent, and no change to the checks explains them.";
  if (world.codeMissing !== null) return `Inconclusive: the code can't be read (${world.codeMissing}).`.slice(0, 600);
  if (world.isHistoryCut)
    return "Inconclusive: the clone is shallow, so who wrote the failing code is not known; run git fetch --unshallow in it.";
  if (world.running === null)
    return "Inconclusive: no deployment of this service is known, so nothing can be said about what changed.";
  if (top.subject.kind === "unknown" && top.type === "unknown" && world.frames.length === 0)
    return "Inconclusive: the error came without a stack, so there is no code to compare with what was deployed.";
  if (top.subject.kind === "unknown" && top.type === "unknown")
    return "Inconclusive: nothing that was deployed or changed touches the failing code.";
  return `Inconclusive; the best candidate, at ${top.confidence.toFixed(2)}: ${top.title}.`.slice(0, 600);
}
