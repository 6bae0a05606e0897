import type { Autopsies, AutopsyAnswer, AutopsyRun, ModelCall } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { type ComparedAnswer, compareAnswers } from "../../../analysis/autopsy/compare-answers.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { outdatedBy } from "../outdated-by.ts";

const ANSWERS_MAX = 20;
const RUNS_MAX = 100;

type AnswerRow = Omit<AutopsyAnswer, "created_at" | "run_id" | "calls" | "changes"> & {
  readonly created_at: Date;
  readonly autopsy_run_id: string | null;
};
type CallRow = Omit<ModelCall, "asked_at"> & { readonly revision: number; readonly asked_at: Date };
type RunRow = Omit<AutopsyRun, "created_at"> & { readonly created_at: Date };

/** Every answer about an incident with what it cost and how it differs from the one before, every attempt at a patch, and the evidence that is cited. */
export async function loadAutopsies(db: Kysely<DB>, incidentId: string): Promise<Autopsies> {
  const [answers, runs, calls, totals, snapshots] = await Promise.all([
    sql<AnswerRow>`
      SELECT revision, base_commit, root_cause, claims, manual_steps, ai_fix_prompt, confidence_score, confidence_reason, model_used,
        prompt_version, model_outcome, model_reason, struck_out, context, autopsy_run_id, analysis_time_ms, created_at
      FROM autopsy_answers WHERE incident_id = ${incidentId} ORDER BY revision DESC LIMIT ${ANSWERS_MAX + 1}`.execute(
      db,
    ),
    sql<RunRow>`
      SELECT id, revision, proposer, model_used, patch_kind, patch_applies, patch_diff, proof, proof_reason, duration_ms, created_at
      FROM autopsy_runs WHERE incident_id = ${incidentId} ORDER BY created_at DESC, id DESC LIMIT ${RUNS_MAX}`.execute(
      db,
    ),
    sql<CallRow>`
      SELECT revision, purpose, model, outcome, reason, tokens_in, tokens_out, are_tokens_estimated, cost::float8 AS cost, duration_ms, asked_at
      FROM model_calls WHERE incident_id = ${incidentId} ORDER BY asked_at, id`.execute(db),
    sql<Autopsies["totals"]>`
      SELECT count(*)::int AS calls, coalesce(sum(tokens_in + tokens_out), 0)::float8 AS tokens,
        coalesce(sum(duration_ms), 0)::float8 / 1000 AS seconds, coalesce(sum(cost), 0)::float8 AS cost
      FROM model_calls WHERE incident_id = ${incidentId}`.execute(db),
    sql<{ file_snapshots: Autopsies["file_snapshots"] | null }>`
      SELECT file_snapshots FROM incidents WHERE id = ${incidentId}`.execute(db),
  ]);
  const patches = new Map(runs.rows.map((run) => [run.id, run]));
  const compared = answers.rows.map((row) => comparedOf(row, patches, calls.rows));
  const listed = answers.rows.slice(0, ANSWERS_MAX);
  const cited = listed.flatMap(({ claims, context }) => [
    ...claims.flatMap(({ evidence_ids }) => evidence_ids),
    ...context.parts.flatMap(({ evidence_id }) => evidence_id ?? []),
  ]);
  return {
    answers: listed.map((row, at) => answerOf(row, calls.rows, changesOf(compared[at + 1], compared[at]))),
    ...(await outdatedBy(db, incidentId, listed[0]?.created_at ?? null)),
    runs: runs.rows.map((run) => ({ ...run, id: toPublicId("run", run.id), created_at: run.created_at.toISOString() })),
    evidence: await loadEvidence(db, incidentId, [...new Set(cited)]),
    file_snapshots: snapshots.rows[0]?.file_snapshots ?? [],
    totals: totals.rows[0] ?? { calls: 0, tokens: 0, seconds: 0, cost: 0 },
  };
}

function answerOf(row: AnswerRow, calls: readonly CallRow[], changes: readonly string[]): AutopsyAnswer {
  const { created_at, autopsy_run_id, claims, context, ...rest } = row;
  const publicEvidence = (id: string) => toPublicId("evd", id);
  return {
    ...rest,
    claims: claims.map(({ text, evidence_ids }) => ({ text, evidence_ids: evidence_ids.map(publicEvidence) })),
    context: {
      ...context,
      parts: context.parts.map((part) => ({
        ...part,
        evidence_id: part.evidence_id === null ? null : publicEvidence(part.evidence_id),
      })),
    },
    run_id: autopsy_run_id === null ? null : toPublicId("run", autopsy_run_id),
    created_at: created_at.toISOString(),
    calls: calls
      .filter(({ revision }) => revision === row.revision)
      .map(({ revision: _, asked_at, ...call }) => ({ ...call, asked_at: asked_at.toISOString() })),
    changes: [...changes],
  };
}

function changesOf(before: ComparedAnswer | undefined, after: ComparedAnswer | undefined): readonly string[] {
  return before === undefined || after === undefined ? [] : compareAnswers(before, after);
}

function comparedOf(row: AnswerRow, runs: ReadonlyMap<string, RunRow>, calls: readonly CallRow[]): ComparedAnswer {
  const run = row.autopsy_run_id === null ? undefined : runs.get(row.autopsy_run_id);
  const own = calls.filter(({ revision }) => revision === row.revision);
  return {
    ...{ rootCause: row.root_cause, manualSteps: row.manual_steps, patchDiff: run?.patch_diff ?? null },
    ...{ proof: run?.proof ?? null, confidence: row.confidence_score, modelUsed: row.model_used },
    ...{ evidenceIds: row.claims.flatMap(({ evidence_ids }) => evidence_ids), baseCommit: row.base_commit },
    cost: Math.round(own.reduce((sum, { cost }) => sum + cost, 0) * 1e6) / 1e6,
  };
}

async function loadEvidence(
  db: Kysely<DB>,
  incidentId: string,
  ids: readonly string[],
): Promise<Autopsies["evidence"]> {
  const { rows } = await sql<{
    evidence_id: string;
    kind: string;
    ref: string;
    title: string | null;
    snapshot: string | null;
  }>`
    SELECT evidence_id, kind, ref, metadata->>'title' AS title, metadata->>'snapshot' AS snapshot FROM evidence_artifacts
    WHERE incident_id = ${incidentId} AND evidence_id = ANY(${ids}::uuid[]) ORDER BY evidence_id`.execute(db);
  return rows.map(({ evidence_id: id, kind, ref, title, snapshot }) => ({
    ...{ id: toPublicId("evd", id), kind, ref, title: title ?? ref, snapshot: snapshot ?? "" },
  }));
}
