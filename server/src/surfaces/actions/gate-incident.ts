import { z } from "zod";
import { gateIncidents } from "../../domains/detection/index.ts";
import { newestDecision } from "../../domains/incident/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";

export default action({
  name: "gate_incident",
  title: "Decide whether to act",
  summary:
    "Puts the project's open incidents before the gate, oldest first, within its budget, and gives what was decided about this one.",
  group: "incident",
  input: z.strictObject({ incident_id: incidentIdInput }),
  output: z.strictObject({
    decision: z
      .string()
      .nullable()
      .describe("approved, suppressed …; null while it waits for the budget of the next minute."),
    reason: z.string().nullable(),
  }),
  repeat: "none",
  async run({ incident_id }, ctx, services) {
    const incidentId = await incidentOf(ctx, services, incident_id);
    await gateIncidents(services.database, services.queue, {
      projectId: ctx.projectId,
      investigationsPerMinute: services.settings.investigationsPerMinute,
    });
    const decided = await newestDecision(services.database.db, { incidentId, projectId: ctx.projectId });
    return { decision: decided?.decision ?? null, reason: decided?.rationale ?? null };
  },
});
