import type { PatchProposal } from "../propose-patches.ts";
import type { RepairContext } from "../repair-context.ts";

/** What the newest autopsy's model drafted for the deployed commit, as a proposal like all others; nothing where there is none. */
export async function* proposeDrafts({ deps, repairCase, base }: RepairContext): AsyncGenerator<PatchProposal> {
  const row = await deps.database.db
    .selectFrom("autopsy_answers")
    .select(["base_commit", "draft_diff", "draft_kind", "draft_explanation", "model_used"])
    .where("incident_id", "=", repairCase.incidentId)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row?.draft_diff == null || row.base_commit !== base) return;
  const explanation = `${row.draft_explanation ?? ""} (${row.model_used})`.trim();
  yield { proposer: "model", kind: row.draft_kind === "fix" ? "fix" : "mitigation", diff: row.draft_diff, explanation };
}
