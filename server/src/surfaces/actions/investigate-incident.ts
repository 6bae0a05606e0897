import { z } from "zod";
import { moveIncident } from "../../domains/incident/index.ts";
import { investigateIncident } from "../../domains/investigation/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";

export default action({
  name: "investigate_incident",
  title: "Investigate an incident",
  summary: "Gathers what was running and what changed, ranks the causes, and writes the report with its evidence.",
  group: "incident",
  input: z.strictObject({
    incident_id: incidentIdInput,
    keep_status: z
      .boolean()
      .default(false)
      .describe("Answer anew without moving the incident, such as one that people judged or resolved already."),
  }),
  output: z.strictObject({
    verdict: z.string().describe("confirmed, likely, inconclusive …: how sure the answer is."),
    summary: z.string().describe("The answer in a sentence."),
    revision: z.number().describe("Which revision of the answer this is."),
    culprit_commit: z.string().nullable().describe("The commit that is blamed; null where none is."),
    culprit_change: z
      .string()
      .nullable()
      .describe("The deployment, flag or other change that is blamed; null where none is."),
    culprit_component: z.string().nullable().describe("The component that is blamed; null where none is."),
    confidence: z.number().describe("0 to 1: how likely what comes first is the cause."),
    silent: z.boolean().describe("Whether the answer is too unsure to wake anybody (below 0.70, or inconclusive)."),
    kept: z.boolean().describe("Whether Culprit looked again by itself and came to the answer that stood already."),
    changed: z.boolean().describe("Whether the answer is the first, or differs from the one before."),
  }),
  repeat: "none",
  isHeavy: true,
  async run({ incident_id, keep_status }, ctx, services) {
    const incidentId = await incidentOf(ctx, services, incident_id);
    if (!keep_status)
      await moveIncident(services.database.db, { incidentId, to: "investigating", reason: "The investigation began." });
    const result = await investigateIncident(services, { incidentId });
    ctx.progress(result.summary, { verdict: result.verdict, revision: result.revision });
    return {
      verdict: result.verdict,
      summary: result.summary,
      revision: result.revision,
      culprit_commit: result.culpritCommit,
      culprit_change: result.culpritChange,
      culprit_component: result.culpritComponent,
      confidence: result.confidence,
      silent: result.isSilent,
      kept: result.isKept,
      changed: result.isChanged,
    };
  },
});
