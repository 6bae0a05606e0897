import type { ExecutionStep } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** The steps of an execution in the order in which it came to them; steps inside others come after the ones they lie in. */
export async function loadExecutionSteps(db: Kysely<DB>, executionId: string): Promise<readonly ExecutionStep[]> {
  const { rows } = await sql<StepColumns>`
    SELECT path, action_type, action_name, status, attempt, input, output, reason, wake_at, started_at, finished_at, duration_ms
    FROM execution_steps WHERE execution_id = ${executionId} ORDER BY place, path`.execute(db);
  return rows.map((row) => ({
    ...row,
    wake_at: row.wake_at?.toISOString() ?? null,
    started_at: row.started_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    duration_ms: row.duration_ms === null ? null : Number(row.duration_ms),
  }));
}

type StepColumns = Omit<ExecutionStep, "wake_at" | "started_at" | "finished_at"> & {
  readonly wake_at: Date | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
};
