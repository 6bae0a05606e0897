import { type Finding, subjectKey } from "../inspections/finding.ts";
import { unusualMin } from "../inspections/observed/observed.ts";
import { cameWithDeployment } from "../world/came-with-deployment.ts";
import type { World } from "../world/world.ts";
import type { ObservedAnswer } from "./answer-observations.ts";
import { maxOfWord, type RankedHypothesis } from "./rank-hypotheses.ts";
import type { RankedAlternative } from "./rank-observed.ts";

/** How far telemetry may move what the code says, in log-odds: it can clear a deployment sooner than convict one. */
const againstMax = 3;
const forMax = 1;
/** The share that a deployment has where telemetry says nothing for or against it. */
const evenShare = 0.25;

/**
 * One list out of what the code and what telemetry say. A commit of the running deployment gains or loses by what telemetry says about that
 * deployment; other explanations share what certainty is left. Telemetry in which nothing is unusual changes nothing about the code's answer:
 * an exception can be rare enough not to move a series.
 */
export function combineHypotheses(
  world: World,
  ofCode: readonly RankedHypothesis[],
  answer: ObservedAnswer,
): RankedHypothesis[] {
  const elsewhere = answer.hypotheses.find((one) => isElsewhere(answer, one));
  // That another system failed is no rival to telemetry that names one: it speaks for it.
  const outside =
    elsewhere === undefined
      ? []
      : ofCode.filter(({ subject, word }) => word === null && subject.kind === "outside" && names(subject, elsewhere));
  const tied = ofCode.filter((one) => one.subject.kind !== "unknown" && !outside.includes(one));
  if (tied.length === 0) {
    // What tells of another system is no sign that the cause was not measured.
    const left = ofCode.filter((one) => !outside.includes(one));
    return supported(withReasons(left, answer.hypotheses), elsewhere, outside);
  }
  const isTelling = answer.observed.strengthMax >= unusualMin;
  const told = Math.max(0, ...answer.hypotheses.map((one) => (one.subject.kind === "unknown" ? 0 : one.confidence)));
  const deployment = answer.ranked.find((one) => isRunning(world, one));
  const moved = tied.map((one): RankedHypothesis => {
    // Who wrote the line is no rival to what was measured: it takes what certainty that leaves.
    if (isTelling && isByLineAlone(world, one))
      return { ...one, confidence: Math.floor(one.confidence * (1 - told) * 100) / 100 };
    if (one.subject.kind !== "commit" || deployment === undefined || !isTelling) return one;
    const shift = Math.max(-againstMax, Math.min(forMax, logit(deployment.share) - logit(evenShare)));
    const odds = logit(Math.min(0.99, Math.max(0.01, one.confidence))) + shift;
    const best = [...deployment.findings].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    const shown: Finding[] = best.slice(0, 2).map((finding) => ({ ...finding, subject: one.subject }));
    // A cap of the code's rules holds: telemetry shows that a deployment did it, not which line.
    const confidence =
      Math.floor(
        Math.min(shift > 0 ? Math.max(one.confidence, 0.75) : one.confidence, maxOfWord(one.word), sigmoid(odds)) * 100,
      ) / 100;
    return {
      ...one,
      confidence,
      component: deployment.component,
      for: [...one.for, ...shown.filter((finding) => finding.weight >= 0)],
      against: [...one.against, ...shown.filter((finding) => finding.weight < 0)],
    };
  });
  const claimed = Math.max(
    0,
    ...moved.map((one) =>
      one.word?.standing === "ruled_out" || (isTelling && isByLineAlone(world, one)) ? 0 : one.confidence,
    ),
  );
  const known = new Set(moved.map(({ subject }) => subjectKey(subject)));
  const others = answer.hypotheses
    .filter(({ subject }) => subject.kind !== "unknown" && !known.has(subjectKey(subject)))
    .filter(
      ({ subject, word }) =>
        word !== null || !(subject.kind === "change" && subject.id === deployment?.change?.id && claimed > 0.1),
    )
    .map((one) => ({ ...one, confidence: Math.floor(one.confidence * (1 - claimed) * 100) / 100 }))
    .filter(({ confidence, word }) => confidence >= 0.03 || word !== null);
  const rest = ofCode.filter(({ subject }) => subject.kind === "unknown");
  const all = [...moved, ...others, ...rest].sort(
    (a, b) => b.confidence - a.confidence || (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1),
  );
  return supported(all, elsewhere, outside);
}

/** Whether no more ties a commit to the failure than that it wrote where it fails, at whatever time. */
function isByLineAlone(world: World, { subject, word }: RankedHypothesis): boolean {
  return subject.kind === "commit" && word?.standing !== "confirmed" && !cameWithDeployment(world, subject.sha);
}

/** Whether telemetry sees the cause in another system than the one that failed, and surely enough to say so. */
function isElsewhere({ observed }: ObservedAnswer, { subject, component, confidence }: RankedHypothesis): boolean {
  const own = observed.observations.target?.component ?? null;
  const place = subject.kind === "component" ? subject.key : (component ?? null);
  return own !== null && place !== null && place !== own && confidence >= 0.5;
}

/** Whether what the error says of the other system can be the component that telemetry names. */
function names(
  subject: Extract<RankedHypothesis["subject"], { kind: "outside" }>,
  elsewhere: RankedHypothesis,
): boolean {
  if (subject.target === null) return true;
  const place = elsewhere.subject.kind === "component" ? elsewhere.subject.key : (elsewhere.component ?? "");
  return place.toLowerCase().includes(subject.target.toLowerCase().replace(/:\d+$/, ""));
}

function supported(
  all: readonly RankedHypothesis[],
  elsewhere: RankedHypothesis | undefined,
  outside: readonly RankedHypothesis[],
): RankedHypothesis[] {
  const told = outside.flatMap((one) => one.for);
  // That another system failed says nothing of its releases or settings.
  const key = elsewhere?.subject.kind !== "component" ? null : subjectKey(elsewhere.subject);
  return all.map((one) => (subjectKey(one.subject) === key ? { ...one, for: [...one.for, ...told] } : one));
}

/** Without anything that the code ties to the failure telemetry speaks alone; what was looked at in the code is still told. */
function withReasons(ofCode: readonly RankedHypothesis[], observed: readonly RankedHypothesis[]): RankedHypothesis[] {
  const told = ofCode.flatMap((one) => one.for);
  return observed.map((one) => (one.subject.kind === "unknown" ? { ...one, for: [...one.for, ...told] } : one));
}

function isRunning(world: World, { change }: RankedAlternative): boolean {
  if (change === null || world.running === null) return false;
  return (
    change.id === world.running.deploymentEventId ||
    (change.commitSha !== null && change.commitSha === world.running.commitSha)
  );
}

function logit(share: number): number {
  const inside = Math.min(0.999, Math.max(0.001, share));
  return Math.log(inside / (1 - inside));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
