import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { signal } from "../run/checkpoints.ts";
import { say, standing } from "./control-execution.ts";

export interface Settlement {
  readonly deliveryId: string;
  /** Whether a person found that it was made. */
  readonly happened: boolean;
  readonly by: string;
  /** What the other side calls it, where the person found it there. */
  readonly externalRef?: string | null;
  readonly note?: string | null;
}

/**
 * A person says what became of an unknown effect. The execution that ended over it goes on from that step: with the
 * effect as made, or making it again.
 * @throws CulpritError NOT_FOUND, or CONFLICT when it is not unknown.
 */
export async function settleDelivery(database: DatabaseScope, queue: Queue, settlement: Settlement): Promise<void> {
  const { deliveryId, happened, by, externalRef = null, note = null } = settlement;
  await database.transaction(async (tx) => {
    const { rows } = await sql<{
      execution_id: string | null;
      step_path: string | null;
      kind: string;
      recipient: string | null;
    }>`
      UPDATE deliveries SET status = ${happened ? "sent" : "failed"}, settled_by = ${by}, settled_at = now(),
        external_ref = coalesce(${externalRef}, external_ref)
      WHERE delivery_id = ${deliveryId} AND status = 'unknown'
      RETURNING execution_id, step_path, kind, recipient`.execute(tx);
    const settled = rows[0];
    if (settled === undefined) {
      const { rows: there } = await sql`SELECT 1 FROM deliveries WHERE delivery_id = ${deliveryId}`.execute(tx);
      throw there.length === 0
        ? new CulpritError("NOT_FOUND", "There is no such delivery that you can see.")
        : new CulpritError("CONFLICT", "It is known what became of it; only an unknown one can be settled.");
    }
    if (settled.execution_id === null) return;
    const execution = await standing(tx, settled.execution_id);
    if (execution.status === "running" && execution.is_failing)
      throw new CulpritError(
        "CONFLICT",
        "The execution is about to end. Settle it when it has, so that it goes on from there.",
      );
    await say(
      tx,
      execution,
      `${by} says that the ${settled.kind} to ${settled.recipient} ${happened ? "was made" : "was not made"}${note === null ? "." : `: ${note}`}`,
    );
    if (execution.status !== "failed") return;
    // The steps above it in the tree failed because of it.
    await sql`DELETE FROM execution_steps WHERE execution_id = ${execution.id} AND (starts_with(path, 'on_failure.')
      OR path = ${settled.step_path}
      OR (status = 'failed' AND (starts_with(${settled.step_path}, path || '.') OR starts_with(${settled.step_path}, path || '['))))`.execute(
      tx,
    );
    await sql`UPDATE workflow_executions SET status = 'running', completed_at = NULL, error_message = NULL, result = '{}',
      is_waiting = true WHERE id = ${execution.id}`.execute(tx);
    await signal(tx, queue, [execution.id]);
  });
}
