import { z } from "zod";
import { escalateIncident } from "../../domains/incident/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";

export default action({
  name: "escalate",
  title: "Escalate an incident",
  summary:
    "Raises an incident's level, with the reason among its decisions and the event incident.escalated; notify tells people. Does nothing where it is settled or, if asked so, where somebody took it up.",
  group: "people",
  input: z.strictObject({
    incident_id: incidentIdInput,
    reason: z.string().max(2000).default("").describe("Why, for people. Left out: the workflow is named."),
    only_if_unacknowledged: z
      .boolean()
      .default(true)
      .describe("Only while nobody has it and no person said anything about it."),
  }),
  output: z.object({
    is_escalated: z.boolean().describe("Whether it was."),
    level: z.number().int().describe("How often it was escalated by now."),
    reason: z.string().describe("Why, or why not."),
  }),
  repeat: "none",
  async run(input, ctx, services) {
    const escalated = await escalateIncident(services.database, {
      incidentId: await incidentOf(ctx, services, input.incident_id),
      projectId: ctx.projectId,
      reason: input.reason === "" ? `The workflow ${ctx.workflow.name} said so.` : input.reason,
      key: `${ctx.executionId}:${ctx.path}`,
      onlyIfUnacknowledged: input.only_if_unacknowledged,
    });
    return { is_escalated: escalated.isEscalated, level: escalated.level, reason: escalated.reason };
  },
});
