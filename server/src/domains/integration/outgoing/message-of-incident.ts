import { type Hypothesis, type IncidentSummary, settledStatuses } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { type IncidentRecord, loadIncident } from "../../incident/index.ts";
import { loadInvestigation } from "../../investigation/index.ts";
import { signCallback } from "../callbacks/callback-token.ts";
import type { IntegrationServices } from "../integration-services.ts";
import type { Button, ButtonVerb, Message } from "../message.ts";

const FRAMES_MAX = 5;
const EXCERPT_MAX = 1_500;

/**
 * What people are told about an incident, the answer inside: how it stands, the likely cause with the evidence for it, the
 * culprit, where it failed, and buttons for what is still to be decided.
 * @throws CulpritError NOT_FOUND.
 */
export async function messageOfIncident(
  services: Pick<IntegrationServices, "secretBox" | "publicUrl" | "now">,
  db: Kysely<DB>,
  request: { readonly incidentId: string; readonly integrationId: string | null },
): Promise<Message> {
  const { incidentId } = request;
  const incident = await loadIncident(db, incidentId, null);
  const { summary } = incident;
  const { hypotheses, report } = await loadInvestigation(db, incidentId);
  const [top] = hypotheses;
  const url = `${services.publicUrl()}/incidents/${summary.id}`;
  const mended = await pullRequestOf(db, incidentId, url);
  return {
    title: summary.title,
    severity: summary.severity,
    tone: toneOf(summary),
    text: textOf(summary),
    fields: fieldsOf(summary),
    sections: [
      ...(top === undefined ? [] : [causeOf(top, report?.confidence ?? top.confidence)]),
      ...excerptOf(incident),
    ],
    links: [
      ...(summary.part_of === null
        ? []
        : [{ label: "Open what it is a part of", url: `${services.publicUrl()}/incidents/${summary.part_of.id}` }]),
      ...(mended === null ? [] : [mended]),
      { label: "Open the incident", url },
    ],
    buttons: buttonsFor(summary, top).map(({ verb, label, hypothesisId }): Button => {
      const callback = { incidentId, verb, hypothesisId, integrationId: request.integrationId };
      const token = signCallback(services.secretBox, callback, services.now());
      return { verb, label, token, url: `${services.publicUrl()}/callbacks/${token}` };
    }),
  };
}

/** The pull request that is open for it, or that a proven patch waits for one; null where there is neither. */
async function pullRequestOf(
  db: Kysely<DB>,
  incidentId: string,
  url: string,
): Promise<Message["links"][number] | null> {
  const { rows } = await sql<{ pr_url: string | null; outcome: string | null }>`
    SELECT pr_url, (SELECT outcome FROM pull_request_decisions d WHERE d.incident_id = i.id
      ORDER BY created_at DESC, id DESC LIMIT 1) AS outcome
    FROM incidents i WHERE i.id = ${incidentId} AND i.status <> 'resolved'`.execute(db);
  const row = rows[0];
  if (row?.pr_url != null) return { label: "See the pull request", url: row.pr_url };
  return row?.outcome === "suggested"
    ? { label: "A proven patch is ready: open its pull request", url: `${url}#pull-request` }
    : null;
}

function toneOf({ status, severity, part_of: whole }: IncidentSummary): Message["tone"] {
  if (whole !== null) return "neutral";
  if (status === "resolved") return "good";
  if (status === "suppressed") return "neutral";
  return severity === "critical" || severity === "high" ? "bad" : "warning";
}

function textOf({ verdict_summary: verdict, error_message: message, status, part_of: whole }: IncidentSummary): string {
  if (whole !== null) return `It is a part of ${whole.title}, which goes on.`;
  if (status === "resolved") return verdict === null ? "It is resolved." : `It is resolved. ${verdict}`;
  return verdict ?? message;
}

function fieldsOf(summary: IncidentSummary): Message["fields"] {
  const count = summary.occurrence_count;
  const fields: readonly (readonly [string, string | null])[] = [
    ["Status", summary.part_of === null ? summary.status.replaceAll("_", " ") : `part of ${summary.part_of.id}`],
    ["Service", summary.service],
    ["Environment", summary.environment],
    ["Occurrences", `${count}, since ${summary.first_seen_at.slice(0, 16).replace("T", " ")} UTC`],
    ["Release", summary.release],
    ["Culprit", summary.culprit_commit?.slice(0, 12) ?? null],
  ];
  return fields.flatMap(([name, value]) => (value === null || value === "" ? [] : [{ name, value }]));
}

function causeOf(top: Hypothesis, confidence: number): Message["sections"][number] {
  const lines = [
    `${top.title} (confidence ${confidence.toFixed(2)})`,
    ...top.for.slice(0, 3).map(({ text }) => `+ ${text}`),
    ...top.against.slice(0, 2).map(({ text }) => `- ${text}`),
    ...(top.advice === null ? [] : [top.advice]),
  ];
  return { title: "Most likely cause", text: lines.join("\n") };
}

/** The innermost frames in the project's own code, or the beginning of the stack. */
function excerptOf({ frames, stackTrace }: IncidentRecord): Message["sections"] {
  const own = frames.filter((frame) => frame.isInApp).slice(0, FRAMES_MAX);
  const lines = own.map(
    ({ function: name, file, line }) =>
      `at ${name ?? "?"} (${file ?? "?"}${line === null || line === undefined ? "" : `:${line}`})`,
  );
  const text = lines.length > 0 ? lines.join("\n") : (stackTrace ?? "").slice(0, EXCERPT_MAX);
  return text === "" ? [] : [{ title: "Where it failed", text, isCode: true }];
}

function buttonsFor(
  { status }: IncidentSummary,
  top: Hypothesis | undefined,
): readonly { readonly verb: ButtonVerb; readonly label: string; readonly hypothesisId: string | null }[] {
  if (status === "open" || status === "suppressed" || status === "failed" || status === "agent_failed") {
    const approve = { verb: "approve", label: "Investigate", hypothesisId: null } as const;
    return status === "open" ? [approve, { verb: "suppress", label: "Suppress", hypothesisId: null }] : [approve];
  }
  // "The cause is not known" is a hypothesis too, and nothing to confirm.
  if (top === undefined || top.type === "unknown" || settledStatuses.some((settled) => settled === status)) return [];
  const hypothesisId = fromPublicId("hyp", top.id);
  return [
    { verb: "confirm", label: "Confirm cause", hypothesisId },
    { verb: "reject", label: "Rule out cause", hypothesisId },
  ];
}
