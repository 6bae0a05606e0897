import type { Claim } from "../../../analysis/autopsy/cite.ts";
import type { Confidence } from "../../../analysis/autopsy/confidence.ts";
import type { FittedContext } from "../../../analysis/autopsy/context-part.ts";
import { PROMPT_VERSION } from "../../../analysis/autopsy/write-model-prompt.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { RepairCase } from "../load-repair-case.ts";
import type { ModelOutcome } from "./ask-model.ts";
import type { Draft } from "./draft-of.ts";
import type { NotRead } from "./found-part.ts";

export interface AnswerRow {
  readonly revision: number;
  readonly baseCommit: string | null;
  readonly rootCause: string;
  readonly claims: readonly Claim[];
  readonly manualSteps: readonly string[];
  readonly prompt: string;
  readonly draft: Draft | null;
  readonly confidence: Confidence;
  readonly modelUsed: string;
  readonly modelOutcome: ModelOutcome;
  readonly modelReason: string;
  readonly struckOut: readonly string[];
  readonly context: FittedContext;
  readonly isSmall: boolean;
  readonly notRead: readonly NotRead[];
  readonly durationMs: number;
}

/** Keeps an answer beside all earlier ones and makes it the current one. A proof that stands there stays until the next repair. */
export async function saveAnswer(
  database: Pick<Database, "transaction">,
  { incidentId, projectId }: RepairCase,
  row: AnswerRow,
): Promise<void> {
  const rootCause = clean(row.rootCause);
  const prompt = clean(row.prompt);
  const steps = JSON.stringify(row.manualSteps.map(clean));
  const shared = {
    root_cause: rootCause,
    ai_fix_prompt: prompt,
    manual_steps: steps,
    confidence_score: row.confidence.score,
  };
  const durationMs = Math.round(row.durationMs);
  await database.transaction(async (tx) => {
    await tx
      .insertInto("autopsy_answers")
      .values({
        ...shared,
        ...{
          id: newId(),
          project_id: projectId,
          incident_id: incidentId,
          revision: row.revision,
          base_commit: row.baseCommit,
        },
        claims: JSON.stringify(
          row.claims.map(({ text, evidenceIds }) => ({ text: clean(text), evidence_ids: evidenceIds })),
        ),
        draft_diff: row.draft === null ? null : clean(row.draft.diff),
        draft_kind: row.draft?.kind ?? null,
        draft_explanation: row.draft === null ? null : clean(row.draft.explanation),
        confidence_reason: row.confidence.reason,
        model_used: row.modelUsed.slice(0, 255),
        prompt_version: row.modelOutcome === "off" ? null : PROMPT_VERSION,
        model_outcome: row.modelOutcome,
        model_reason: clean(row.modelReason),
        struck_out: JSON.stringify(row.struckOut.map(clean)),
        context: JSON.stringify(contextOf(row)),
        analysis_time_ms: durationMs,
      })
      .execute();
    const values = { ...shared, model_used: row.modelUsed.slice(0, 50), analysis_time_ms: durationMs };
    await tx
      .insertInto("autopsy_results")
      .values({ incident_id: incidentId, project_id: projectId, ...values })
      .onConflict((conflict) => conflict.column("incident_id").doUpdateSet(values))
      .execute();
  });
}

function contextOf({ context, isSmall, notRead }: AnswerRow) {
  const parts = context.parts.map(({ part, text, isIncluded, isCut, reason }) => ({
    ...{ evidence_id: isIncluded ? part.evidenceId : null, kind: part.kind, title: clean(part.title) },
    ...{ characters: isIncluded ? text.length : part.text.length, is_included: isIncluded, is_cut: isCut, reason },
  }));
  const unread = notRead.map(({ kind, title, reason }) => ({
    ...{
      evidence_id: null,
      kind,
      title: clean(title),
      characters: 0,
      is_included: false,
      is_cut: false,
      reason: clean(reason),
    },
  }));
  const { charactersMax, characters } = context;
  return { characters_max: charactersMax, characters, is_small: isSmall, parts: [...parts, ...unread] };
}

function clean(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}
