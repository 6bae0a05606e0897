import { z } from "zod";
import { writeAutopsy } from "../../domains/repair/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";

export default action({
  name: "write_autopsy",
  title: "Write the autopsy",
  summary:
    "Gathers the code of the stack, the blamed change, callers, tests and similar incidents, and says the root cause with its evidence, a prompt for coding tools and steps for people; by a language model where one is set up, else by rules. Every answer is kept.",
  group: "incident",
  input: z.strictObject({ incident_id: incidentIdInput }),
  output: z.strictObject({
    revision: z.number().int().describe("Which autopsy of the incident it is, from 1."),
    root_cause: z.string(),
    confidence: z.number().nullable().describe("0 to 1; null where the investigation has no hypothesis."),
    model_used: z.string().describe("The model whose words these are, or rules."),
    model_outcome: z.string().describe("off, answered, repaired, or why the rules answered in its place."),
    model_reason: z.string(),
    has_draft: z.boolean().describe("Whether the model drafted a patch that may be tried."),
    has_code: z.boolean().describe("Whether a frame of the failure lies in the project's repository."),
  }),
  repeat: "none",
  isHeavy: true,
  async run({ incident_id }, ctx, services) {
    const incidentId = await incidentOf(ctx, services, incident_id);
    const written = await writeAutopsy(services, { incidentId }, (message) => ctx.progress(message));
    return {
      ...{ revision: written.revision, root_cause: written.rootCause, confidence: written.confidence },
      ...{ model_used: written.modelUsed, model_outcome: written.modelOutcome, model_reason: written.modelReason },
      ...{ has_draft: written.hasDraft, has_code: written.hasCode },
    };
  },
});
