import { pullRequestOutcomes } from "@culprit/contract";
import { z } from "zod";
import { openPullRequest } from "../../domains/repair/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";
import { outward } from "./shared/outward.ts";

export default action({
  name: "open_pull_request",
  title: "Open a pull request with the proven patch",
  summary:
    "Pushes the proven patch of an incident with its regression test to a branch and opens a pull request for it, unless one is open or the failure is mended already. Without asked_by the project's mode decides; every outcome is stored with its reason.",
  group: "incident",
  input: z.strictObject({
    incident_id: incidentIdInput,
    asked_by: z
      .string()
      .max(255)
      .nullable()
      .default(null)
      .describe("Who asked for it. Left out: Culprit itself, which goes by the project's mode and limits."),
  }),
  output: z.strictObject({
    outcome: z.enum(pullRequestOutcomes),
    reason: z.string().describe("Why it is so."),
    url: z.string().nullable(),
    number: z.number().int().nullable(),
    branch: z.string().nullable(),
    commit: z.string().nullable(),
  }),
  repeat: "lookup",
  async run({ incident_id, asked_by: askedBy }, ctx, services) {
    const incidentId = await incidentOf(ctx, services, incident_id);
    return openPullRequest(
      services,
      { incidentId, askedBy },
      { effect: (effect) => outward(ctx, effect), progress: (message) => ctx.progress(message) },
    );
  },
});
