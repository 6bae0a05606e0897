import type { Kysely } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { emitAboutIncident } from "../incident/index.ts";
import { concludeAnswer } from "./autopsy/conclude-answer.ts";
import type { RepairCase } from "./load-repair-case.ts";
import type { RepairRun } from "./record-run.ts";

/** The current answer about an incident, in place of the one before, in the words of its autopsy where one was written; a proven patch is an event for triggers. */
export async function saveResult(
  db: Kysely<DB>,
  repairCase: RepairCase,
  answer: {
    readonly run: RepairRun;
    readonly prompt: string;
    readonly manualSteps: readonly string[];
    readonly tookMs: number;
  },
): Promise<void> {
  const { run } = answer;
  const values = {
    project_id: repairCase.projectId,
    root_cause: repairCase.verdictSummary ?? repairCase.hypothesis?.title ?? "The cause is not known yet.",
    patch_diff: storedPatch(run),
    ai_fix_prompt: answer.prompt.replaceAll("\u0000", "").toWellFormed(),
    manual_steps: JSON.stringify(answer.manualSteps),
    confidence_score: repairCase.hypothesis?.confidence ?? null,
    model_used: "rules",
    analysis_time_ms: Math.round(answer.tookMs),
    autopsy_run_id: run.id,
  };
  await db.transaction().execute(async (tx) => {
    const current = { ...values, ...((await concludeAnswer(tx, repairCase, answer)) ?? {}) };
    await tx
      .insertInto("autopsy_results")
      .values({ incident_id: repairCase.incidentId, ...current })
      .onConflict((conflict) => conflict.column("incident_id").doUpdateSet(current))
      .execute();
    if (run.proof !== "green") return;
    const { proposer, kind, isolation } = run;
    const payload = {
      run_id: toPublicId("run", run.id),
      proposer,
      patch_kind: kind,
      base_commit: run.baseCommit,
      isolation,
    };
    await emitAboutIncident(tx, { type: "patch.proven", incidentId: repairCase.incidentId, payload });
  });
}

/** A patch that failed says so in its first line, so that nobody applies it unread. */
function storedPatch(run: RepairRun): string | null {
  if (run.patchDiff === null) return null;
  const diff = run.patchDiff.replaceAll("\u0000", "").toWellFormed();
  return run.proof === "red" ? `# patch_failed: ${run.reason.replace(/\s+/g, " ")}\n${diff}` : diff;
}
