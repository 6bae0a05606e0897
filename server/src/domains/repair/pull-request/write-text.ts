import { defuseMentions } from "../../../analysis/pull-request/defuse-mentions.ts";
import { scrubText } from "../../../analysis/scrub/index.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { ForgeKind } from "../../integration/index.ts";
import { formatCount } from "./format-count.ts";
import type { Proposal, ProposedRun } from "./load-proposal.ts";
import { pullRequestWord } from "./name-pull-request.ts";
import type { BaseProof } from "./prove-on-base.ts";

/** What a forge takes, GitHub's being the least, with room for what it adds. */
const bodyMax = 60_000;
const promptMax = 20_000;
const titleMax = 200;
/** Of a title, where a line of git's log ends. */
const subjectMax = 72;

export interface PullRequestFacts {
  readonly proposal: Proposal;
  readonly run: ProposedRun;
  /** Public id of the incident. */
  readonly incident: string;
  readonly incidentUrl: string;
  /** Of the blamed commit, where it is known. */
  readonly culpritSubject: string | null;
  /** Commits of the base branch since the one the patch was proven on. */
  readonly commitsSince: number;
  /** How the patch fares on the base branch, where that moved on. */
  readonly baseProof: BaseProof | null;
  readonly askedBy: string | null;
  /** An issue of ours about the same failure. */
  readonly issueNumber: number | null;
  readonly forge: ForgeKind;
}

export interface PullRequestText {
  readonly title: string;
  readonly body: string;
  readonly commitMessage: string;
}

/**
 * The title, the body and the commit's message of a pull request. What came from telemetry and from models is scrubbed, fenced or
 * escaped, and mentions nobody.
 */
export function writePullRequest(facts: PullRequestFacts): PullRequestText {
  const title = scrubText(titleOf(facts), {});
  return { title, body: bodyOf(facts), commitMessage: scrubText(commitMessageOf(facts, title), {}) };
}

function titleOf({ proposal, run, culpritSubject }: PullRequestFacts): string {
  const failure = oneLine(proposal.title);
  const words =
    run.kind === "revert" && culpritSubject !== null
      ? `Revert ${isPart(run) ? "part of " : ""}"${oneLine(culpritSubject)}"`
      : `${run.kind === "mitigation" ? "Mitigate" : "Fix"} ${failure}`;
  return cut(words, titleMax);
}

function commitMessageOf({ proposal, run, incident, incidentUrl }: PullRequestFacts, title: string): string {
  const reverted =
    run.kind === "revert" && proposal.culpritCommit !== null
      ? [`This undoes commit ${proposal.culpritCommit}, as far as the patch goes.`]
      : [];
  return [
    cut(title, subjectMax),
    "",
    ...wrapped(oneLine(proposal.rootCause)),
    ...reverted,
    ...wrapped(oneLine(run.proofReason)),
    "",
    `Incident: ${incident}`,
    `Incident-URL: ${incidentUrl}`,
    "",
  ].join("\n");
}

function bodyOf(facts: PullRequestFacts): string {
  const { proposal, run, incident, incidentUrl, askedBy, issueNumber } = facts;
  const place = proposal.service === null ? proposal.environment : `${proposal.service} in ${proposal.environment}`;
  const seen = `${formatCount(proposal.occurrences, "time")} since ${proposal.firstSeenAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const parts = [
    ...(proposal.outdatedReason === null ? [] : [`**${inline(proposal.outdatedReason)}**`]),
    ...(run.kind === "revert"
      ? [`**This takes a change back.** ${isPart(run) ? partMeaning : kindMeanings.revert}`]
      : []),
    `${inline(proposal.title)}: seen ${seen}, ${inline(place)}. [${incident}](${incidentUrl})${issueNumber === null ? "" : `\n\nFixes #${issueNumber}`}`,
    `## Root cause\n\n${prose(proposal.rootCause)}${blame(facts)}`,
    evidenceOf(facts),
    ...(run.kind === null || run.kind === "revert" ? [] : [`## The patch\n\n${kindMeanings[run.kind]}`]),
    proofOf(facts),
    stepsOf(proposal.manualSteps),
    promptOf(proposal.prompt),
    `---\n\nOpened by Culprit${askedBy === null ? " by itself, as the project's settings allow" : `, asked for by ${inline(askedBy)}`}. It follows this ${pullRequestWord(facts.forge)} and closes it when the failure ends otherwise.\n\nIncident: ${incident}`,
  ];
  const body = defuseMentions(scrubText(parts.filter((part) => part !== "").join("\n\n"), {}));
  return body.length <= bodyMax ? body : `${body.slice(0, bodyMax)}\n\n… cut; the rest stands at ${incidentUrl}`;
}

const kindMeanings = {
  revert: "It undoes the change that is blamed; what else that change did goes with it.",
  fix: "It removes the cause.",
  mitigation: "It is a **mitigation**: the failure ends, its cause stays. Find out why the value is missing.",
} as const;

const partMeaning = "It undoes what fails of the change that is blamed; what else that change did stays.";

function isPart({ proposer }: ProposedRun): boolean {
  return proposer === "revert-part";
}

function blame({ proposal, culpritSubject }: PullRequestFacts): string {
  const { culpritCommit: sha, confidence } = proposal;
  if (sha === null) return "";
  const subject = culpritSubject === null ? "" : ` (${inline(culpritSubject)})`;
  return `\n\nBlamed: ${sha}${subject}, confidence ${confidence.toFixed(2)}.`;
}

function evidenceOf({ proposal, incidentUrl }: PullRequestFacts): string {
  const items = proposal.arguments.map(
    ({ text, evidenceId }) => `- ${inline(text)} ([evidence](${incidentUrl}#${toPublicId("evd", evidenceId)}))`,
  );
  return items.length === 0 ? "" : `### Evidence\n\n${items.join("\n")}`;
}

function proofOf({ run, commitsSince, incidentUrl, baseProof }: PullRequestFacts): string {
  const base = run.baseCommit?.slice(0, 12) ?? "";
  const since =
    commitsSince === 0
      ? `Proven on ${base}, the tip of the base branch.`
      : `Proven on ${base}, the commit that was deployed. The base branch has ${formatCount(commitsSince, "commit")} since, onto which the patch was carried without a conflict. ${onBase(baseProof)}`;
  const rows = run.proofSteps.map(({ name, command, outcome, exit_code: code, duration_ms: ms }) =>
    [
      name,
      command === "" ? "" : `\`${command.replaceAll("`", "'")}\``,
      outcome,
      code ?? "",
      `${(ms / 1000).toFixed(1)} s`,
    ]
      .map((cell) => cellOf(String(cell)))
      .join(" | "),
  );
  const table = [
    "| Step | Command | Outcome | Exit | Time |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
  const test = run.testPath === null ? "" : ` The regression test is ${inline(run.testPath)}.`;
  return `## Proof\n\n${prose(run.proofReason)} ${since}${test}\n\n${table}\n\nIsolation: ${run.isolation}. The logs stand [with the incident](${incidentUrl}#proof).`;
}

function onBase(proof: BaseProof | null): string {
  if (proof === null) return "";
  const place = proof.commit.slice(0, 12);
  return proof.outcome === "green"
    ? `It was proven again there, on ${place}: ${prose(proof.reason)}`
    : `**It is not proven there**, on ${place}, which the project allows: ${prose(proof.reason)}`;
}

function stepsOf(steps: readonly string[]): string {
  return steps.length === 0 ? "" : `## By hand\n\n${steps.map((step, at) => `${at + 1}. ${inline(step)}`).join("\n")}`;
}

function promptOf(prompt: string): string {
  if (prompt === "") return "";
  const text = prompt.length > promptMax ? `${prompt.slice(0, promptMax)}\n… cut …` : prompt;
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const ticks = "`".repeat(longest + 1);
  return `<details><summary>Prompt for a coding assistant</summary>\n\n${ticks}text\n${text}\n${ticks}\n\n</details>`;
}

/** Text of others inside a line: no markup, no marker, no heading of its own. */
function inline(text: string): string {
  return oneLine(text)
    .replaceAll("<!--", "<! --")
    .replace(/[\\`*_[\]<>]/g, (char) => `\\${char}`);
}

function prose(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => inline(paragraph))
    .join("\n\n");
}

function cellOf(text: string): string {
  return oneLine(text).replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** Lines of at most 72 characters, as git's log is read. */
function wrapped(text: string): string[] {
  const lines = text.match(/\S(?:.{0,70}\S)?(?=\s|$)|\S{72,}/g) ?? [];
  return [...lines, ""];
}
