import { sql, type Transaction } from "kysely";
import { confidenceOf } from "../../../analysis/autopsy/confidence.ts";
import { appendToCodingPrompt } from "../../../analysis/autopsy/write-coding-prompt.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { RepairCase } from "../load-repair-case.ts";
import type { RepairRun } from "../record-run.ts";

/** What stands in `autopsy_results` after a repair. */
export interface ConcludedAnswer {
  readonly root_cause: string;
  readonly ai_fix_prompt: string;
  readonly confidence_score: number | null;
  readonly model_used: string;
}

/**
 * The newest autopsy's answer with what the repair found out: the attempt that stands, its test and patch in the prompt, and the confidence
 * moved by the proof. Null where no autopsy was written, or one of another commit.
 */
export async function concludeAnswer(
  tx: Transaction<DB>,
  { incidentId, hypothesis }: RepairCase,
  repair: { readonly run: RepairRun; readonly manualSteps: readonly string[] },
): Promise<ConcludedAnswer | null> {
  const { run, manualSteps } = repair;
  const row = await tx
    .selectFrom("autopsy_answers")
    .select(["id", "base_commit", "root_cause", "ai_fix_prompt", "model_used"])
    .where("incident_id", "=", incidentId)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || (run.baseCommit !== null && row.base_commit !== run.baseCommit)) return null;
  const { score, reason } = confidenceOf(hypothesis?.confidence ?? null, {
    outcome: run.proof,
    kind: run.kind,
    isElsewhere: run.isElsewhere === true,
  });
  const prompt = appendToCodingPrompt(row.ai_fix_prompt, row.root_cause, {
    testDiff: run.testDiff,
    patch: run.patchDiff === null ? null : { diff: run.patchDiff, proof: run.proof, reason: run.reason },
  })
    .replaceAll("\u0000", "")
    .toWellFormed();
  await sql`
    UPDATE autopsy_answers SET autopsy_run_id = ${run.id}, ai_fix_prompt = ${prompt}, manual_steps = ${JSON.stringify(manualSteps)}::jsonb,
      confidence_score = ${score}, confidence_reason = ${reason} WHERE id = ${row.id}`.execute(tx);
  await sql`
    UPDATE autopsy_runs SET model_used = c.model, prompt_version = c.prompt_version
    FROM (SELECT model, prompt_version FROM model_calls WHERE incident_id = ${incidentId} AND outcome = 'answered' ORDER BY asked_at DESC LIMIT 1) c
    WHERE incident_id = ${incidentId} AND proposer = 'model' AND autopsy_runs.model_used IS NULL`.execute(tx);
  return {
    root_cause: row.root_cause,
    ai_fix_prompt: prompt,
    confidence_score: score,
    model_used: row.model_used.slice(0, 50),
  };
}
