import { type Kysely, sql } from "kysely";
import type { PatchKind } from "../../analysis/fixers/proposal.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { ProofStep } from "./proof-steps.ts";

/** One attempt: a patch (or none) and what became of it. */
export interface RepairRun {
  readonly id: string;
  readonly proposer: string;
  readonly kind: PatchKind | null;
  readonly baseCommit: string | null;
  readonly patchDiff: string | null;
  readonly patchApplies: boolean | null;
  readonly testPath: string | null;
  readonly testDiff: string | null;
  readonly proof: "green" | "red" | "not_run";
  readonly reason: string;
  readonly steps: readonly ProofStep[];
  readonly isolation: string;
  readonly durationMs: number;
  readonly explanation: string;
  /** Whether it was tried for a commit that the verdict does not blame. */
  readonly isElsewhere?: boolean;
}

/** The number of the next repair of an incident, from 1. */
export async function nextRevision(db: Kysely<DB>, incidentId: string): Promise<number> {
  const { rows } = await sql<{ revision: number }>`
    SELECT coalesce(max(revision), 0) + 1 AS revision FROM autopsy_runs WHERE incident_id = ${incidentId}`.execute(db);
  return rows[0]?.revision ?? 1;
}

/** Keeps an attempt. Every one is kept, the failed ones too. */
export async function recordRun(
  db: Kysely<DB>,
  of: { projectId: string; incidentId: string; revision: number },
  run: RepairRun,
): Promise<void> {
  await db
    .insertInto("autopsy_runs")
    .values({
      id: run.id,
      project_id: of.projectId,
      incident_id: of.incidentId,
      revision: of.revision,
      proposer: run.proposer,
      patch_kind: run.kind,
      base_commit: run.baseCommit,
      patch_diff: clean(run.patchDiff),
      patch_applies: run.patchApplies,
      test_path: run.testPath,
      test_diff: clean(run.testDiff),
      proof: run.proof,
      proof_reason: clean(run.reason) ?? "",
      proof_steps: JSON.stringify(run.steps, (_, value: unknown) => (typeof value === "string" ? clean(value) : value)),
      isolation: run.isolation,
      duration_ms: Math.round(run.durationMs),
    })
    .execute();
}

/** PostgreSQL takes neither NUL nor half a surrogate pair. */
function clean<T extends string | null>(text: T): T {
  return (text === null ? null : text.replaceAll("\u0000", "").toWellFormed()) as T;
}
