import { incidentStatuses, severities } from "@culprit/contract";
import { z } from "zod";
import { asPlainText } from "../../analysis/pull-request/plain-text.ts";
import { type QueriedIncident, queryIncidents } from "../../domains/incident/index.ts";
import { fromPublicId } from "../../platform/ids/ids.ts";
import { action } from "./action-services.ts";

const minute = 60_000;
const mentionsMax = 100;

export default action({
  name: "query_incidents",
  title: "Find incidents",
  summary: "Finds the project's incidents by state, severity, place and time, counts them and lists the newest.",
  group: "incident",
  input: z.strictObject({
    incident_ids: z.array(z.string().max(100)).max(100).optional().describe("Only these, inc_…."),
    status: z
      .array(z.enum([...incidentStatuses, "unresolved"]))
      .max(20)
      .default([])
      .describe("States; unresolved is all that are not settled. Empty: any."),
    severity: z.array(z.enum(severities)).max(4).default([]).describe("Severities. Empty: any."),
    environment: z.string().max(100).optional().describe("Only of this environment."),
    service: z.string().max(255).optional().describe("Only of this service."),
    culprit_commit: z.string().min(7).max(64).optional().describe("Only those blamed on this commit."),
    opened_within_minutes: z
      .number()
      .min(0)
      .max(5_256_000)
      .optional()
      .describe("Only those that opened in the last minutes."),
    seen_within_minutes: z
      .number()
      .min(0)
      .max(5_256_000)
      .optional()
      .describe("Only those that occurred in the last minutes."),
    is_regression: z.boolean().optional().describe("Only those that came back, or only those that did not."),
    mentioned_in: z.string().max(200_000).optional().describe("Only those whose id, inc_…, stands in this text."),
    limit: z.number().int().min(1).max(100).default(20).describe("How many are listed."),
  }),
  output: z.object({
    count: z.number().int().describe("How many there are in all."),
    unacknowledged_count: z.number().int().describe("Of those listed, how many nobody took up."),
    incidents: z
      .array(
        z.object({
          id: z.string(),
          url: z.string(),
          title: z.string(),
          status: z.string(),
          severity: z.string(),
          environment: z.string(),
          service: z.string(),
          occurrence_count: z.number(),
          created_at: z.string(),
          last_seen_at: z.string(),
          assigned_to: z.string().nullable(),
          escalation_level: z.number(),
          is_acknowledged: z.boolean().describe("Somebody has it, a person said something about it, or it is settled."),
          is_regression: z.boolean(),
          verdict: z.string().nullable(),
          verdict_summary: z.string().nullable(),
          culprit_commit: z.string().nullable(),
        }),
      )
      .describe("The newest of them."),
    markdown: z.string().describe("The same as a list, for messages."),
  }),
  repeat: "none",
  async run(input, ctx, services) {
    const now = services.now().getTime();
    const ago = (minutes: number | undefined) => (minutes === undefined ? null : new Date(now - minutes * minute));
    const { count, incidents } = await queryIncidents(services.database.db, {
      projectId: ctx.projectId,
      ids: idsOf(input),
      statuses: input.status,
      severities: input.severity,
      environment: input.environment ?? null,
      service: input.service ?? null,
      culpritCommit: input.culprit_commit ?? null,
      openedSince: ago(input.opened_within_minutes),
      seenSince: ago(input.seen_within_minutes),
      isRegression: input.is_regression ?? null,
      limit: input.limit,
    });
    const urlOf = (id: string) => `${services.publicUrl()}/incidents/${id}`;
    return {
      count,
      unacknowledged_count: incidents.filter(({ isAcknowledged }) => !isAcknowledged).length,
      incidents: incidents.map((incident) => ({
        id: incident.id,
        url: urlOf(incident.id),
        title: incident.title,
        status: incident.status,
        severity: incident.severity,
        environment: incident.environment,
        service: incident.service,
        occurrence_count: incident.occurrenceCount,
        created_at: incident.createdAt.toISOString(),
        last_seen_at: incident.lastSeenAt.toISOString(),
        assigned_to: incident.assignedTo,
        escalation_level: incident.escalationLevel,
        is_acknowledged: incident.isAcknowledged,
        is_regression: incident.isRegression,
        verdict: incident.verdict,
        verdict_summary: incident.verdictSummary,
        culprit_commit: incident.culpritCommit,
      })),
      markdown: markdownOf(incidents, count, urlOf),
    };
  },
});

/** The keys that are named or mentioned; null where the query asks for any incident. */
function idsOf(input: {
  readonly incident_ids?: readonly string[] | undefined;
  readonly mentioned_in?: string | undefined;
}): string[] | null {
  if (input.incident_ids === undefined && input.mentioned_in === undefined) return null;
  const mentioned = input.mentioned_in?.match(/\binc_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g) ?? [];
  const ids = [...(input.incident_ids ?? []), ...mentioned.slice(0, mentionsMax)];
  return [...new Set(ids)].map((id) => fromPublicId("inc", id));
}

function markdownOf(incidents: readonly QueriedIncident[], count: number, urlOf: (id: string) => string): string {
  if (count === 0) return "No incidents.";
  const lines = incidents.map(
    (incident) =>
      `- [${asPlainText(incident.title, 120)}](${urlOf(incident.id)}) — ${incident.severity}, ${incident.status}, ${asPlainText(incident.service, 60)} in ${asPlainText(incident.environment, 60)}, ${incident.occurrenceCount}×`,
  );
  return [...lines, ...(count > incidents.length ? [`- … and ${count - incidents.length} more`] : [])].join("\n");
}
