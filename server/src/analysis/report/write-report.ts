import type { Diagnosis } from "../diagnose.ts";
import { shortSha } from "../inspections/context.ts";
import { describeWatch } from "../inspections/describe-watch.ts";
import type { Finding } from "../inspections/finding.ts";
import { spanOf } from "../inspections/span-of.ts";
import type { RankedHypothesis } from "../ranking/rank-hypotheses.ts";
import type { World } from "../world/world.ts";
import { changesAround } from "./changes-around.ts";
import { fence, escapeMarkdown as safe } from "./escape-markdown.ts";
import { mitigation } from "./mitigation.ts";

/** What a report is written from. `evidenceName` gives the public id of a finding's evidence. */
export interface ReportInput {
  readonly world: World;
  readonly diagnosis: Diagnosis;
  /** What differs from the revision before, or null. */
  readonly changed: string | null;
  readonly evidenceName: (finding: Finding) => string;
  /** Names of the evidence of `world.related`, in its order. */
  readonly relatedNames?: readonly string[];
}

/**
 * The report of an investigation in Markdown, in plain words: what stops it first, what happened, what changed, the cause, for and against with
 * their evidence, what would prove it wrong, what is missing. Everything that came from outside is escaped.
 */
export function writeReport(input: ReportInput): string {
  const { world, diagnosis, changed } = input;
  const { hypotheses } = diagnosis;
  const { incident } = world;
  const parts = [`# ${safe(incident.title, 200)}`, `**${diagnosis.verdict}** — ${safe(diagnosis.summary, 600)}`];
  if (diagnosis.silent)
    parts.push(`*Confidence ${diagnosis.confidence.toFixed(2)}: kept and shown, too unsure to wake anybody.*`);
  if (changed !== null) parts.push(`*Against the revision before:* ${safe(changed, 600)}`);
  const [top] = hypotheses;
  const first = top === undefined ? null : mitigation(world, diagnosis, top);
  if (first !== null) parts.push("## Do this first", first);
  parts.push("## What happened", whatHappened(world));
  const around = changesAround(world, diagnosis);
  if (around !== null) parts.push("## What changed around it", around);
  if (top !== undefined && diagnosis.verdict !== "inconclusive") parts.push("## The cause", ...cause(input, top));
  parts.push("## What was weighed", ...hypotheses.map((hypothesis, index) => weighed(input, hypothesis, index + 1)));
  parts.push("## What to do next", nextSteps(world, diagnosis, top));
  parts.push("## What would change this answer", doubts(world, diagnosis, top));
  if (world.related.length > 0) parts.push("## What was written of the like", ofTheLike(input));
  if (diagnosis.missing.length > 0)
    parts.push("## What is missing", diagnosis.missing.map((sentence) => `- ${safe(sentence, 400)}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** Found by nearness alone, so it is offered and not argued with. */
function ofTheLike({ world, relatedNames = [] }: ReportInput): string {
  return world.related
    .map(({ collection, title, similarity }, index) => {
      const what = collection === "runbooks" ? "Runbook" : "Earlier incident";
      const name = relatedNames[index];
      return `- ${what} "${safe(title, 200)}" (similarity ${similarity.toFixed(2)}${name === undefined ? "" : `, ${name}`})`;
    })
    .join("\n");
}

function whatHappened(world: World): string {
  const { incident, running, frames } = world;
  const failing = frames.find((frame) => frame.path !== null) ?? frames[0];
  const lines = [
    `- ${incident.occurrences} ${incident.occurrences === 1 ? "occurrence" : "occurrences"} in ${safe(incident.environment)}${incident.service === null ? "" : `, service ${safe(incident.service)}`}, first ${incident.firstAt}, last ${incident.lastAt} (as of ${world.readAt}).`,
  ];
  for (const { type, message } of incident.exceptions.slice(0, 4)) lines.push(`- ${safe(type)}: ${safe(message)}`);
  if (failing !== undefined)
    lines.push(
      `- It failed in ${safe(failing.function ?? "a function without a name")} at ${safe(failing.path ?? failing.file ?? "a file that is not known")}:${failing.line ?? "?"}.`,
    );
  if (world.owner !== null)
    lines.push(`- CODEOWNERS gives ${safe(world.owner.path)} to ${safe(world.owner.owners.join(", "), 200)}.`);
  if (running !== null) {
    const lag = Date.parse(incident.firstAt) - Date.parse(running.fromAt);
    lines.push(
      `- Then ran ${running.commitSha === null ? safe(running.release ?? "an unknown revision") : shortSha(running.commitSha)}, since ${running.fromAt} (${spanOf(Math.max(0, lag))} before).`,
    );
  }
  return lines.join("\n");
}

function cause({ world, diagnosis, evidenceName }: ReportInput, top: RankedHypothesis): string[] {
  const parts = [`${safe(top.title)} (${safe(top.type)}, confidence ${diagnosis.confidence.toFixed(2)}).`];
  if (top.confidence < diagnosis.confidence)
    parts.push(
      `That is how sure it is that the cause lies there; ${top.confidence.toFixed(2)} of it is for this explanation, the rest for others of the same component.`,
    );
  const [first] = top.for;
  if (top.subject.kind === "commit") {
    const { sha } = top.subject;
    const commit = world.range?.commits.find((one) => one.sha === sha);
    const diff = top.for.find((finding) => finding.evidence.kind === "git_diff");
    const about = commit ?? world.olderCommits.get(sha);
    if (about !== undefined) parts.push(`By ${safe(about.authorName)}, ${about.authoredAt}.`);
    if (diff !== undefined)
      parts.push(fence(diff.evidence.snapshot.replace(/^[\s\S]*?(?=^diff --git )/m, ""), "diff", 2500));
  } else if (first !== undefined) parts.push(fence(first.evidence.snapshot, "", 2000));
  if (first !== undefined) parts.push(`Evidence: ${evidenceName(first)}.`);
  return parts;
}

function weighed({ evidenceName }: ReportInput, hypothesis: RankedHypothesis, rank: number): string {
  const lines = [`### ${rank}. ${safe(hypothesis.title, 200)} — ${hypothesis.confidence.toFixed(2)}`, ""];
  for (const finding of hypothesis.for) lines.push(`- For: ${safe(finding.text)} (${evidenceName(finding)})`);
  for (const finding of hypothesis.against) lines.push(`- Against: ${safe(finding.text)} (${evidenceName(finding)})`);
  lines.push(`- Test: ${safe(hypothesis.falsification, 600)}`);
  if (hypothesis.advice !== null)
    lines.push(`- ${hypothesis.component === null ? "To be surer" : "Advice"}: ${safe(hypothesis.advice, 600)}`);
  return lines.join("\n");
}

function nextSteps(world: World, decision: Diagnosis, top: RankedHypothesis | undefined): string {
  if (decision.culpritCommit !== null) {
    const before = world.before?.commitSha ?? null;
    const back =
      before === null
        ? ""
        : ` or deploy ${shortSha(before)} again, where this failure was not seen (${describeWatch(world.watchBefore)}),`;
    return `Revert ${shortSha(decision.culpritCommit)}${back} and see the failure stop; then mend it with a test that fails without the mend.`;
  }
  if (top?.subject.kind === "rollback" && decision.verdict !== "inconclusive")
    return "Deploy the revision from before the rollback again, or take over the commits that it took out, and see the failure stop.";
  if (top?.subject.kind === "config_change" && decision.verdict !== "inconclusive")
    return "Set the changed values back and see the failure stop.";
  if (top?.subject.kind === "named" && decision.verdict !== "inconclusive")
    return `Mend what was named (${safe(top.title, 200)}) and see the failure stop. If it goes on, reject that cause; the investigation then runs again.`;
  if (top?.subject.kind === "outside")
    return `Look at the state of ${safe(top.subject.target ?? "the other system")} and of the network to it; nothing in this deployment needs to be taken back for it.`;
  if (top?.subject.kind === "traffic") return "Look at who sends these requests and what they have in common.";
  if (top !== undefined && top.component !== null && top.advice !== null) return safe(top.advice, 600);
  const missing = whatIsMissing(world);
  if (missing.length > 0) return missing.join(" ");
  return "Look at what changed outside this repository: data, traffic, infrastructure, other services. Report config changes (POST /api/changes), so that they are weighed too.";
}

/** What to send or mend for a better answer, of that alone which is not there. */
function whatIsMissing({ codeMissing, frames, isHistoryCut, running }: World): string[] {
  const advice: string[] = [];
  if (frames.length === 0)
    advice.push(
      "Send the stack with the error: `error.stack` in POST /api/ingest, or an SDK that captures exceptions rather than messages.",
    );
  const hasCommit = running !== null && running.commitSha !== null;
  if (codeMissing?.startsWith("no repository is registered") === true)
    advice.push("Register the repository (POST /api/repositories).");
  else if (codeMissing !== null && hasCommit)
    advice.push(`Make the code readable (${safe(codeMissing)}): push the commit, or check the repository's address.`);
  if (isHistoryCut) advice.push("The clone is shallow: run git fetch --unshallow in it and investigate again.");
  if (!hasCommit)
    advice.push("Report deployments with their commit (POST /api/deployments), so that what ran can be compared.");
  return advice;
}

function doubts(world: World, decision: Diagnosis, top: RankedHypothesis | undefined): string {
  const lines =
    top === undefined || (top.component === null && top.subject.kind !== "named")
      ? ["- The same failure on a revision without the change that is named, or from before its deployment."]
      : [`- ${safe(top.falsification, 600)}`];
  if (decision.culpritCommit !== null) lines.push("- The failure going on after that commit is taken back.");
  if (decision.verdict === "inconclusive")
    lines.push("- A deployment or config change that is reported late; the investigation then runs again.");
  if (world.range?.isApproximate === true)
    lines.push(
      world.range.previousCommit === null
        ? `- The revision that ran before, which is not known: the last ${world.range.commits.length} commits stand in for what was deployed.`
        : `- A commit that was not read: more came with the deployment than the newest ${world.range.commits.length}, which were.`,
    );
  return lines.join("\n");
}
