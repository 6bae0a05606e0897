import { z } from "zod";
import { findIncident, moveIncident } from "../../domains/incident/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";

export default action({
  name: "update_incident",
  title: "Move an incident",
  summary:
    "Moves an incident to another state of its life, with the reason stored. Where its state does not allow the move, nothing changes.",
  group: "incident",
  input: z.strictObject({
    incident_id: incidentIdInput,
    status: z
      .enum(["triaged", "suppressed", "diagnosed", "failed", "resolved", "open"])
      .describe("The state to move it to."),
    reason: z.string().min(1).max(4000).describe("Why, in words for people."),
  }),
  output: z.strictObject({
    is_moved: z.boolean().describe("False where it stood at a state that does not lead there."),
    status: z.string().describe("The state in which it is now."),
  }),
  repeat: "none",
  async run({ incident_id, status, reason }, ctx, services) {
    const incidentId = await incidentOf(ctx, services, incident_id);
    return services.database.transaction(async (tx) => {
      const is_moved = await moveIncident(tx, { incidentId, to: status, reason });
      const { status: now } = await findIncident(tx, incidentId, ctx.projectId);
      if (!is_moved && now !== status)
        ctx.log("WARNING", `The incident is ${now}, which does not lead to ${status}; it stays.`);
      return { is_moved, status: now };
    });
  },
});
