import { z } from "zod";
import { draftByAgent, proposeDrafts, repairIncident } from "../../domains/repair/index.ts";
import { action } from "./action-services.ts";
import { incidentIdInput, incidentOf } from "./shared/incident-of.ts";

export default action({
  name: "prove_patch",
  title: "Draft a patch and prove it",
  summary:
    "Drafts patches for an incident's cause, writes a test that fails at the deployed commit, and runs it and the project's own tests in the sandbox. Every attempt is kept.",
  group: "incident",
  input: z.strictObject({ incident_id: incidentIdInput }),
  output: z.strictObject({
    proof: z
      .enum(["green", "red", "not_run"])
      .describe("green: the test failed before and passes with the patch, the project's tests are no worse."),
    reason: z.string().describe("Why it is so."),
    patch_applies: z.boolean().nullable().describe("Null where no patch was proposed."),
    run_id: z.string().nullable(),
  }),
  repeat: "none",
  isHeavy: true,
  async run({ incident_id }, ctx, services) {
    const incidentId = await incidentOf(ctx, services, incident_id);
    if (services.settings.proof === "off")
      return { proof: "not_run" as const, reason: "The setting proof is off.", patch_applies: null, run_id: null };
    const { agent } = services.settings;
    const deps = { ...services, proposers: [proposeDrafts, ...(agent === null ? [] : [draftByAgent(agent)])] };
    const result = await repairIncident(deps, { incidentId }, (message, step) =>
      // That a step began is news for whoever watches only.
      ctx.log(step?.proof_step.outcome === "running" ? "DEBUG" : "INFO", message, step),
    );
    return { proof: result.proof, reason: result.reason, patch_applies: result.patchApplies, run_id: result.runId };
  },
});
