import type { ChangeDeps } from "../../domains/change/index.ts";
import { moveIncident } from "../../domains/incident/index.ts";
import { investigateIncident } from "../../domains/investigation/index.ts";
import { type RepairDeps, repairIncident } from "../../domains/repair/index.ts";
import type { Step, StepContext, WorkflowDefinition } from "../../domains/workflow/index.ts";

/** The response to an incident, as durable steps: investigate, then draft a patch and prove it. */
export function incidentResponse(
  deps: ChangeDeps & RepairDeps,
  settings: { readonly proof: "auto" | "off" },
): WorkflowDefinition {
  const { db } = deps.database;

  const investigate: Step = {
    name: "investigate",
    async run(ctx) {
      const incidentId = incidentOf(ctx);
      await moveIncident(db, { incidentId, to: "investigating", reason: "The investigation began." });
      const result = await investigateIncident(deps, { incidentId });
      await ctx.progress(result.summary, { verdict: result.verdict, revision: result.revision });
      return { verdict: result.verdict, revision: result.revision, culpritCommit: result.culpritCommit };
    },
  };

  const repair: Step = {
    name: "repair",
    async run(ctx) {
      const { culpritCommit } = ctx.outputs.investigate as { culpritCommit: string | null };
      if (settings.proof === "off") return { proof: "not_run", reason: "The setting proof is off." };
      if (culpritCommit === null)
        return { proof: "not_run", reason: "No commit is blamed, so there is nothing to revert or mend." };
      const result = await repairIncident(
        deps,
        { incidentId: incidentOf(ctx) },
        (message) => void ctx.progress(message).catch(() => {}),
      );
      return { proof: result.proof, patchApplies: result.patchApplies, runId: result.runId };
    },
  };

  const conclude: Step = {
    name: "conclude",
    async run(ctx) {
      await moveIncident(db, { incidentId: incidentOf(ctx), to: "diagnosed", reason: "The investigation ended." });
      return {};
    },
  };

  return {
    name: "incident-response",
    steps: [investigate, repair, conclude],
    async onFailed({ incidentId, reason }) {
      if (incidentId !== null) await moveIncident(db, { incidentId, to: "failed", reason });
    },
  };
}

function incidentOf(ctx: StepContext): string {
  if (ctx.incidentId === null) throw new Error("incident-response was started without an incident");
  return ctx.incidentId;
}
