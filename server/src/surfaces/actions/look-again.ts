import { z } from "zod";
import { lookAgain } from "../../domains/investigation/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";

export default action({
  name: "look_again",
  title: "Look at an incident again",
  summary:
    "Investigates an incident anew whose answer was inconclusive, or came within ten minutes of the onset, if there is telemetry or a change since. Twice at most.",
  group: "incident",
  input: z.strictObject({ incident_id: incidentIdInput }),
  output: z.strictObject({
    looked: z.boolean().describe("Whether an investigation was started."),
    reason: z.string().describe("What is new, or why there was no reason to look."),
  }),
  repeat: "idempotent",
  async run({ incident_id }, ctx, services) {
    const incidentId = await incidentOf(ctx, services, incident_id);
    const { isLooking, reason } = await lookAgain(services, { incidentId });
    ctx.progress(reason);
    return { looked: isLooking, reason };
  },
});
