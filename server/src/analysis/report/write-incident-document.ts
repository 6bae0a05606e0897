import type { Autopsy, IncidentDetail } from "@culprit/contract";
import { fence, escapeMarkdown as safe } from "./escape-markdown.ts";

/** What is handed over beside the incident itself. */
export interface Handover {
  readonly rootCause: string;
  /** Paste-ready for a coding tool. */
  readonly prompt: string;
  readonly steps: readonly string[];
  readonly confidence: number | null;
  readonly model: string | null;
}

export interface IncidentDocument {
  readonly incident: IncidentDetail;
  readonly handover: Handover | null;
  /** Where the incident stands in Culprit. */
  readonly url: string;
  readonly exportedAt: string;
}

const SNAPSHOT_CHARS = 20_000;
const LOG_CHARS = 2_000;
const STACK_CHARS = 20_000;
const DIFF_CHARS = 200_000;
const PROMPT_CHARS = 100_000;

/**
 * An incident as one Markdown document that can be read without Culprit: facts, verdict, stack, report, patch with its proof, prompt, steps,
 * decisions, and every piece of evidence as it was read. Everything that came from outside is escaped.
 */
export function writeIncidentDocument({ incident, handover, url, exportedAt }: IncidentDocument): string {
  const { report, autopsy } = incident;
  const parts = [`# ${safe(incident.title, 300)}`, facts(incident, url)];
  parts.push("## Verdict", verdict(incident));
  if (handover !== null && handover.rootCause !== report?.summary)
    parts.push("## Root cause", safe(handover.rootCause, 4000));
  if (incident.stack_trace !== null || incident.frames.length > 0) parts.push("## Stack", stack(incident));
  if (report !== null) parts.push("## Report", lower(report.markdown));
  if (autopsy !== null) parts.push(...patch(autopsy));
  if (handover !== null) {
    if (handover.steps.length > 0)
      parts.push(
        "## What a person can do",
        handover.steps.map((step, at) => `${at + 1}. ${safe(step, 2000)}`).join("\n"),
      );
    parts.push("## Prompt for a coding tool", fence(handover.prompt, "", PROMPT_CHARS));
  }
  if (incident.decisions.length > 0)
    parts.push(
      "## Decisions",
      incident.decisions
        .map((one) => `- ${one.decided_at}: **${safe(one.decision)}** — ${safe(one.rationale, 1000)}`)
        .join("\n"),
    );
  if (incident.evidence.length > 0) parts.push("## Evidence", ...incident.evidence.flatMap(evidence));
  parts.push("---", `*Exported by Culprit at ${exportedAt} from ${safe(url, 500)}.*`);
  return `${parts.join("\n\n")}\n`;
}

function facts(incident: IncidentDetail, url: string): string {
  const place = [incident.file_path, incident.line_number, incident.column_number]
    .filter((one) => one !== null)
    .join(":");
  const revision = incident.commit_sha ?? incident.release;
  const lines = [
    ["Incident", incident.id],
    ["Status", incident.status.replace("_", " ")],
    ["Severity", incident.severity],
    ["Service", `${incident.service ?? "not named"}, ${incident.environment}`],
    ["Seen", `${incident.occurrence_count} times, ${incident.first_seen_at} to ${incident.last_seen_at}`],
    ...(place === "" ? [] : [["Place", place]]),
    ...(revision === null ? [] : [["Revision", revision]]),
    ...(incident.culprit_commit === null ? [] : [["Blamed commit", incident.culprit_commit]]),
    ...(incident.resolved_at === null ? [] : [["Resolved", incident.resolved_at]]),
    ["In Culprit", url],
  ];
  return lines.map(([name = "", value = ""]) => `- **${name}:** ${safe(value, 500)}`).join("\n");
}

function verdict({ report, verdict: word, verdict_summary: summary, error_message: message }: IncidentDetail): string {
  if (word === null) return `Not investigated yet. ${safe(message, 2000)}`;
  const sure = report?.confidence == null ? "" : ` (confidence ${report.confidence.toFixed(2)})`;
  return `**${word}**${sure}: ${safe(summary ?? "", 2000)}`;
}

function stack({ stack_trace: text, frames }: IncidentDetail): string {
  if (text !== null) return fence(text, "", STACK_CHARS);
  const lines = frames.map((frame) => `at ${frame.function ?? "?"} (${frame.file ?? "?"}:${frame.line ?? "?"})`);
  return fence(lines.join("\n"), "", STACK_CHARS);
}

/** The report's Markdown below its own heading, its title left out: the document has it. */
function lower(markdown: string): string {
  let isFenced: string | null = null;
  return markdown
    .split("\n")
    .filter((line, index) => !(index === 0 && line.startsWith("# ")))
    .map((line) => {
      const ticks = /^(`{3,})/.exec(line)?.[1];
      if (ticks !== undefined) {
        if (isFenced === null) isFenced = ticks;
        else if (line.trimEnd() === isFenced) isFenced = null;
        return line;
      }
      return isFenced === null && /^#{1,5} /.test(line) ? `#${line}` : line;
    })
    .join("\n")
    .trim();
}

function patch(autopsy: Autopsy): string[] {
  const { patch_diff: diff, test_diff: test, base_commit: base } = autopsy;
  const parts = ["## Patch", ...(autopsy.outdated_reason === null ? [] : [`**${safe(autopsy.outdated_reason)}**`])];
  if (diff === null) return [...parts, `No patch is proposed. ${safe(autopsy.proof_reason, 2000)}`];
  const words = { green: "proven", red: "not proven", not_run: "not run" }[autopsy.proof];
  const applies = autopsy.patch_applies === false ? ", and does not apply" : "";
  parts.push(
    `A ${autopsy.patch_kind ?? "patch"} by ${safe(autopsy.proposer)}${base === null ? "" : ` on ${safe(base)}`}: **${words}**${applies}. ${safe(autopsy.proof_reason, 2000)}`,
    fence(diff, "diff", DIFF_CHARS),
  );
  if (test !== null)
    parts.push(`### Regression test ${safe(autopsy.test_path ?? "")}`.trim(), fence(test, "diff", DIFF_CHARS));
  if (autopsy.proof_steps.length > 0) parts.push("### Proof", ...autopsy.proof_steps.flatMap(proofStep));
  return parts;
}

function proofStep(step: Autopsy["proof_steps"][number]): string[] {
  const exit = step.exit_code === null ? "" : `, exit code ${step.exit_code}`;
  const line = `- **${step.outcome}**: ${safe(step.name)} (${(step.duration_ms / 1000).toFixed(1)} s${exit})`;
  return step.outcome === "failed" && step.log.trim() !== "" ? [line, fence(step.log, "", LOG_CHARS)] : [line];
}

function evidence(one: IncidentDetail["evidence"][number]): string[] {
  const about = `${one.id}: ${one.kind.replace("_", " ")} of ${safe(one.source)}, read ${one.created_at}. Reference: ${safe(one.ref, 600)}`;
  return [
    `### ${safe(one.title, 300)}`,
    about,
    ...(one.snapshot === "" ? [] : [fence(one.snapshot, "", SNAPSHOT_CHARS)]),
  ];
}
