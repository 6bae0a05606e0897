import { z } from "zod";
import { assignIncident } from "../../domains/incident/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";

export default action({
  name: "assign",
  title: "Give an incident to somebody",
  summary: "Says who takes care of an incident, with the reason among its decisions.",
  group: "people",
  input: z.strictObject({
    incident_id: incidentIdInput,
    to: z
      .string()
      .trim()
      .min(1)
      .max(255)
      .nullable()
      .describe("A login, a team or an address; null takes it from whoever has it."),
    reason: z.string().max(2000).default("").describe("Why, for people. Left out: the workflow is named."),
    only_if_unassigned: z.boolean().default(false).describe("Leave it to whoever has it already."),
  }),
  output: z.object({
    assigned_to: z.string().nullable().describe("Who has it now."),
    is_changed: z.boolean().describe("Whether that changed."),
  }),
  repeat: "none",
  async run(input, ctx, services) {
    const assigned = await assignIncident(services.database, {
      incidentId: await incidentOf(ctx, services, input.incident_id),
      projectId: ctx.projectId,
      to: input.to,
      reason: input.reason === "" ? `The workflow ${ctx.workflow.name} said so.` : input.reason,
      onlyIfNobodys: input.only_if_unassigned,
    });
    return { assigned_to: assigned.assignedTo, is_changed: assigned.isChanged };
  },
});
