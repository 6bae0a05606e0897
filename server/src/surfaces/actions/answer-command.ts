import { z } from "zod";
import { asPlainText } from "../../analysis/pull-request/plain-text.ts";
import { anyIncident, type IncidentQuery, type QueriedIncident, queryIncidents } from "../../domains/incident/index.ts";
import { loadInvestigation } from "../../domains/investigation/index.ts";
import { loadAutopsy } from "../../domains/repair/index.ts";
import type { ActionContext } from "../../domains/workflow/index.ts";
import { fromPublicId } from "../../platform/ids/ids.ts";
import { type ActionServices, action } from "./action-services.ts";

const commands = ["investigate", "fix", "explain", "status", "help"] as const;
const LISTED = 10;
const REPORT_CHARS = 20_000;
const DIFF_CHARS = 20_000;

export default action({
  name: "answer_command",
  title: "Answer a command in a comment",
  summary:
    "Finds the incident that /culprit investigate, fix, explain or status is about, says what is known of it, and which work the command asks for.",
  group: "incident",
  input: z.strictObject({
    command: z.string().max(2000).describe("The command with its words: investigate inc_…."),
    is_done: z.boolean().default(false).describe("The work is done: answer with what came out."),
  }),
  output: z.object({
    answer: z.string().describe("For post_comment, in Markdown."),
    incident_id: z.string().nullable().describe("The incident that is meant; null where that is not clear."),
    needs_investigation: z.boolean().describe("An investigation has to run before the answer."),
    needs_patch: z.boolean().describe("A patch has to be drafted and proven before the answer."),
  }),
  repeat: "none",
  async run({ command, is_done: isDone }, ctx, services) {
    const [word = "help"] = command.trim().split(/\s+/);
    const wanted = commands.find((known) => known === word) ?? "help";
    const nothing = { incident_id: null, needs_investigation: false, needs_patch: false };
    if (wanted === "help") return { ...nothing, answer: helpText(ctx) };
    const { incident, others } = await incidentMeant(ctx, services, command);
    if (incident === null) return { ...nothing, answer: whichText(others, services.publicUrl(), wanted) };
    const incidentId = fromPublicId("inc", incident.id);
    const { report } = await loadInvestigation(services.database.db, incidentId);
    const needs = isDone
      ? { needs_investigation: false, needs_patch: false }
      : {
          needs_investigation: wanted === "investigate" || (wanted === "fix" && report === null),
          needs_patch: wanted === "fix",
        };
    const head = `**[${asPlainText(incident.title)}](${services.publicUrl()}/incidents/${incident.id})** (${incident.severity}, ${incident.status})`;
    const parts = [head];
    if (needs.needs_investigation || needs.needs_patch) {
      parts.push(needs.needs_patch ? "A patch is being drafted and proven …" : "The investigation is under way …");
    } else if (wanted === "status") parts.push(statusText(incident));
    else {
      parts.push(
        report === null
          ? "It has not been investigated yet: `/culprit investigate`."
          : cut(report.markdown, REPORT_CHARS),
      );
      if (wanted === "fix") parts.push(await patchText(services, incidentId));
    }
    return { incident_id: incident.id, ...needs, answer: parts.join("\n\n") };
  },
});

/** The incident that the command names, that the conversation names, that this commit is blamed for, or the only open one. */
async function incidentMeant(
  ctx: ActionContext,
  { database }: ActionServices,
  command: string,
): Promise<{ readonly incident: QueriedIncident | null; readonly others: readonly QueriedIncident[] }> {
  const { projectId, event } = ctx;
  const find = async (more: Partial<IncidentQuery>) => {
    return (await queryIncidents(database.db, { ...anyIncident, projectId, limit: LISTED, ...more })).incidents;
  };
  for (const text of [command, ...conversationOf(event)]) {
    const ids = idsIn(text);
    const [named] = ids.length === 0 ? [] : await find({ ids });
    if (named !== undefined) return { incident: named, others: [] };
  }
  const sha = event?.sha;
  const [blamed] = typeof sha === "string" && /^[0-9a-f]{40}$/.test(sha) ? await find({ culpritCommit: sha }) : [];
  if (blamed !== undefined) return { incident: blamed, others: [] };
  const open = await find({ statuses: ["unresolved"] });
  return { incident: open.length === 1 ? (open[0] ?? null) : null, others: open };
}

/** What stands above the comment: its title and the text of the issue or pull request. */
function conversationOf(event: ActionContext["event"]): string[] {
  const payload = recordOf(event?.payload);
  const texts = [event?.title, recordOf(payload.issue).body, recordOf(payload.pull_request).body];
  return texts.filter((text): text is string => typeof text === "string");
}

function idsIn(text: string): string[] {
  const found = text.match(/\binc_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g) ?? [];
  return [...new Set(found)].slice(0, LISTED).map((id) => fromPublicId("inc", id));
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function statusText(incident: QueriedIncident): string {
  const { occurrenceCount, lastSeenAt, verdictSummary, verdict, environment, service, assignedTo } = incident;
  return [
    `- ${occurrenceCount} ${occurrenceCount === 1 ? "occurrence" : "occurrences"} in ${asPlainText(service)} (${asPlainText(environment)}), the last at ${lastSeenAt.toISOString()}`,
    `- ${verdictSummary === null ? "not investigated yet" : `${verdict ?? "inconclusive"}: ${asPlainText(verdictSummary)}`}`,
    `- ${assignedTo === null ? "nobody has it" : `assigned to ${asPlainText(assignedTo)}`}`,
  ].join("\n");
}

async function patchText({ database }: ActionServices, incidentId: string): Promise<string> {
  const autopsy = await loadAutopsy(database.db, incidentId);
  if (autopsy === null || autopsy.patch_diff === null) return "No patch could be drafted for it.";
  const kind = autopsy.patch_kind === "mitigation" ? "Mitigation" : autopsy.patch_kind === "revert" ? "Revert" : "Fix";
  const fence = "`".repeat(Math.max(3, longestRun(autopsy.patch_diff) + 1));
  const outdated = autopsy.outdated_reason === null ? "" : `${autopsy.outdated_reason} `;
  return `${outdated}**${kind}, proof ${autopsy.proof}**: ${asPlainText(autopsy.proof_reason)}\n\n${fence}diff\n${cut(autopsy.patch_diff, DIFF_CHARS)}\n${fence}`;
}

function whichText(others: readonly QueriedIncident[], publicUrl: string, command: string): string {
  if (others.length === 0) return "There is no open incident in this project.";
  const lines = others.map(
    ({ id, title, status }) =>
      `- [${asPlainText(title)}](${publicUrl}/incidents/${id}), ${status}: \`/culprit ${command} ${id}\``,
  );
  return ["Which incident is meant?", ...lines].join("\n");
}

function helpText({ event }: ActionContext): string {
  const unknown = event?.unknown_command;
  const intro = typeof unknown === "string" ? `There is no command \`${unknown.replaceAll("`", "")}\`. ` : "";
  return `${intro}What Culprit answers, with the id of an incident or without:

- \`/culprit status\`: how it stands
- \`/culprit explain\`: the report, with its evidence
- \`/culprit investigate\`: look for the cause again
- \`/culprit fix\`: draft a patch and prove it`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}\n… (cut: ${text.length} characters)`;
}
