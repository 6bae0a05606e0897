import type { HypothesisType } from "@culprit/contract";
import { shortSha, timelineEvidence } from "../inspections/context.ts";
import { type Finding, type Subject, subjectKey } from "../inspections/finding.ts";
import { evidenceDigest } from "../learning/evidence-digest.ts";
import { reopenedMax, ruledOutMax } from "../learning/learned.ts";
import { learnedOdds } from "../learning/learned-odds.ts";
import { type PeoplesWord, peoplesWord } from "../learning/peoples-word.ts";
import { cameWithDeployment } from "../world/came-with-deployment.ts";
import type { World } from "../world/world.ts";
import { falsificationTest } from "./falsify.ts";

/** One explanation with what speaks for and against it. */
export interface RankedHypothesis {
  readonly subject: Subject;
  readonly type: HypothesisType;
  readonly title: string;
  /** 0..0.97, floored to two places; what a person confirmed is as sure as they are. */
  readonly confidence: number;
  readonly for: readonly Finding[];
  readonly against: readonly Finding[];
  readonly advice: string | null;
  /** One sentence: what would prove it wrong, and where to look. */
  readonly falsification: string;
  /** The component that it makes the cause; null where none is known. */
  readonly component: string | null;
  /** What the cause looks like, where telemetry showed it (`pool_exhaustion`, `change:flag`). */
  readonly pattern: string | null;
  /** Of what speaks for it: the same conclusion on the same evidence has the same one. */
  readonly digest: string;
  /** What people said of it, or null. It is among the arguments already. */
  readonly word: PeoplesWord | null;
}

const confidenceMax = 0.97;
/** How much near equals take from each other's certainty; above 1 the far ones take little. */
const sharpness = 1.6;
/** Without a sure commit nothing is claimed above this (DESIGN section 3). */
const unmappedMax = 0.4;
/**
 * What is not known to have come with the deployment ran before, for all that is known, and served: that a commit wrote the failing line then says
 * where it fails, not why now. Below what is called likely, and so never a commit to be taken back.
 */
const byLineMax = 0.45;
/** Where the deployment brought more commits than are read, blame is a guess. */
const guessMax = 0.6;
/** Without a finding that the commit changed the failing line or what it needs, or where it served the failing route for long, it stays below what is called confirmed. */
const indirectMax = 0.75;
const mappingMin = 0.8;
const hypothesesMax = 6;

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Log-odds of a subject before anything is found about it: one of many commits is rarely the cause. */
function prior(subject: Subject, world: World, inRange: ReadonlySet<string>): number {
  switch (subject.kind) {
    case "commit":
      if (!inRange.has(subject.sha)) return -2.6;
      return (world.range?.isApproximate === true ? -2.6 : -2) - 0.15 * Math.log(Math.max(1, inRange.size));
    case "config_change":
    case "change":
    case "rollback":
    case "component":
      return -2;
    case "outside":
      return -1.6;
    case "traffic":
      return -1.2;
    case "named":
    case "unknown":
      return -1.4;
  }
}

/**
 * Combines findings into hypotheses, likeliest first: log-odds are added, and near equals share their certainty. A commit
 * that was not running when the failure began has no hypothesis at all.
 */
export function rankHypotheses(world: World, findings: readonly Finding[]): RankedHypothesis[] {
  const running = new Set([
    ...(world.range?.isRollback === true ? [] : (world.range?.commits ?? [])).map((commit) => commit.sha),
  ]);
  const ran = new Set([...running, ...world.olderCommits.keys()]);
  const groups = new Map<string, { subject: Subject; findings: Finding[]; logOdds: number }>();
  for (const finding of findings) {
    const { subject } = finding;
    if (subject.kind === "commit" && !ran.has(subject.sha)) continue;
    const key = subjectKey(subject);
    const group = groups.get(key) ?? { subject, findings: [], logOdds: prior(subject, world, running) };
    group.findings.push(finding);
    group.logOdds += finding.weight;
    groups.set(key, group);
  }
  for (const group of groups.values()) teach(world, group);
  const speaksFor = (own: readonly Finding[], isTimeEnough: boolean) =>
    own.some((finding) => finding.weight > 0 && (isTimeEnough || finding.inspection !== "deployed_range"));
  const tied = [...groups.values()].filter(
    ({ subject, findings: own }) => subject.kind !== "commit" || speaksFor(own, false),
  );
  // That a commit came with the deployment is all that is known of it: worth saying where there are few, and nothing better.
  const byTimeOnly = [...groups.values()].filter(
    ({ subject, findings: own }) => subject.kind === "commit" && !speaksFor(own, false) && speaksFor(own, true),
  );
  const open =
    tied.some(({ subject }) => subject.kind === "commit") || byTimeOnly.length > 3 ? tied : [...tied, ...byTimeOnly];
  const words = new Map(
    open.map(({ subject, findings: own }) => [
      subject,
      peoplesWord(world.learned, { subject, type: typeOf(subject, own), findings: own }),
    ]),
  );
  // What a person ruled out is no rival: it takes no certainty from the others.
  const causes = open.filter(
    ({ subject }) => subject.kind !== "unknown" && words.get(subject)?.standing !== "ruled_out",
  );
  const total = causes.reduce((sum, group) => sum + Math.exp(sharpness * group.logOdds), 0);
  const mapping = world.running?.mappingConfidence ?? 0;
  const hypotheses = open.map(({ subject, findings: own, logOdds }): RankedHypothesis => {
    const word = words.get(subject) ?? null;
    const share = subject.kind === "unknown" || total === 0 ? 1 : Math.min(1, Math.exp(sharpness * logOdds) / total);
    const isUnsure = subject.kind === "commit" && mapping < mappingMin;
    const isUndeployed = subject.kind === "commit" && !cameWithDeployment(world, subject.sha);
    const isGuess = subject.kind === "commit" && (isUndeployed || world.range?.isApproximate === true);
    const isIndirect = subject.kind === "commit" && !own.some((finding) => finding.isDirect === true);
    // The same route went well on the same commit: something else began it, or it is asked in another way since.
    const hasServed = subject.kind === "commit" && own.some(({ inspection }) => inspection === "served_route");
    // What a person confirmed they know by more than the line.
    const isByLineAlone = isUndeployed && word?.standing !== "confirmed";
    const cap = isUnsure
      ? unmappedMax
      : isByLineAlone
        ? byLineMax
        : isGuess
          ? guessMax
          : isIndirect || hasServed
            ? indirectMax
            : confidenceMax;
    const confidence = Math.floor(Math.min(cap, maxOfWord(word), sigmoid(logOdds) * Math.sqrt(share)) * 100) / 100;
    const byWeight = [...own].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    const type = typeOf(subject, byWeight);
    const title = titleOf(subject, world);
    return {
      subject,
      type,
      title,
      confidence,
      ...withWord(word, {
        for: byWeight.filter((finding) => finding.weight >= 0),
        against: byWeight.filter((finding) => finding.weight < 0),
      }),
      advice: isUnsure
        ? "Send the commit with the deployment (POST /api/deployments with commit_sha) or in the SDK's release, so that what ran is certain."
        : null,
      falsification: falsificationTest({ subject, type, title, place: world.incident.service, isOwned: null }),
      component: null,
      pattern: null,
      digest: evidenceDigest(own),
      word,
    };
  });
  const sorted = [...hypotheses, ...byTime(world, hypotheses)].sort(
    (a, b) => b.confidence - a.confidence || (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1),
  );
  const kept = sorted.filter(
    (one, index) =>
      one.subject.kind === "unknown" || one.word !== null || (index < hypothesesMax && one.confidence >= 0.03),
  );
  return kept.length > 0 ? kept : sorted.slice(0, 1);
}

/** How high what people said of a conclusion lets it come. */
export function maxOfWord(word: PeoplesWord | null): number {
  return word?.standing === "ruled_out" ? ruledOutMax : word?.standing === "reopened" ? reopenedMax : 1;
}

/** The arguments with what people said of the conclusion before all others. */
export function withWord(
  word: PeoplesWord | null,
  given: Pick<RankedHypothesis, "for" | "against">,
): Pick<RankedHypothesis, "for" | "against"> {
  if (word === null) return given;
  return word.standing === "confirmed"
    ? { ...given, for: [word.finding, ...given.for] }
    : { ...given, against: [word.finding, ...given.against] };
}

/** Adds what people said of causes like this one. Where nobody said anything nothing is added. */
function teach(world: World, group: { subject: Subject; findings: Finding[]; logOdds: number }): void {
  if (group.subject.kind === "unknown") return;
  const type = typeOf(group.subject, group.findings);
  const taught = learnedOdds(world, { type, pattern: null, component: null });
  if (taught === null) return;
  const { odds, text, evidence } = taught;
  group.findings.push({ inspection: "learned", subject: group.subject, weight: odds, text, evidence });
  group.logOdds += odds;
}

/** Candidates by time alone, where no commit is known for what ran: a deployment shortly before, at most 0.4. */
function byTime(world: World, known: readonly RankedHypothesis[]): RankedHypothesis[] {
  const { running, incident } = world;
  if (running === null || world.range !== null || known.some((one) => one.subject.kind === "commit")) return [];
  const lagMs = Date.parse(incident.firstAt) - Date.parse(running.fromAt);
  if (lagMs < 0 || lagMs > 86_400_000 || world.before === null) return [];
  const likely = lagMs <= 900_000 ? 0.35 : lagMs <= 3_600_000 ? 0.25 : 0.1;
  const name = running.release ?? "the deployment";
  const text = `${name} began to run ${Math.round(lagMs / 1000)} s before the failure was first seen`;
  const subject: Subject = { kind: "unknown" };
  const reason: Finding = {
    inspection: "deployed_range",
    subject,
    weight: 0,
    text,
    evidence: timelineEvidence(world),
  };
  const word = peoplesWord(world.learned, { subject, type: "release", findings: [reason] });
  return [
    {
      subject,
      type: "release",
      title: `${name} may have brought it, by time alone`,
      confidence: Math.min(likely, maxOfWord(word)),
      ...withWord(word, { for: [reason], against: [] }),
      advice:
        "Say which commit that deployment is (commit_sha in POST /api/deployments, or a release that is a tag) and register the repository.",
      falsification: `Wrong if the same failure is found on what ran before ${name} (occurrences by revision), or goes on after it is rolled back.`,
      component: null,
      pattern: null,
      digest: evidenceDigest([reason]),
      word,
    },
  ];
}

function typeOf(subject: Subject, findings: readonly Finding[]): HypothesisType {
  switch (subject.kind) {
    case "commit":
      return findings.find((finding) => finding.weight > 0 && finding.cause !== undefined)?.cause ?? "release";
    case "config_change":
      return "config";
    case "change":
    case "rollback":
      return "release";
    case "outside":
      return "dependency";
    case "traffic":
      return "traffic";
    case "component":
    case "named":
    case "unknown":
      return "unknown";
  }
}

function titleOf(subject: Subject, world: World): string {
  switch (subject.kind) {
    case "commit": {
      const known =
        world.range?.commits.find((commit) => commit.sha === subject.sha) ?? world.olderCommits.get(subject.sha);
      return `Commit ${shortSha(subject.sha)}${known === undefined ? "" : `: ${known.subject}`}`.slice(0, 200);
    }
    case "config_change": {
      const change = world.configChanges.find((one) => one.id === subject.id);
      return `Config change of ${change?.resource ?? "a resource"} (${
        change?.fields
          .map((field) => field.field)
          .slice(0, 3)
          .join(", ") ?? ""
      })`;
    }
    case "rollback":
      return `Going back to ${shortSha(world.range?.currentCommit ?? "an earlier revision")}, which took out ${world.range?.commits.length ?? 0} commits`;
    case "outside":
      return `${subject.target ?? "Another system"} failed, outside this code`;
    case "traffic":
      return "Clients sent what the service refuses";
    case "change":
    case "component":
    case "named":
    case "unknown":
      return "The cause is not known";
  }
}
