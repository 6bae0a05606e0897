import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { signal } from "../run/checkpoints.ts";
import { say, standing } from "./control-execution.ts";

export interface Answer {
  readonly approvalId: string;
  readonly decision: "approve" | "reject";
  readonly by: string;
  readonly reason: string | null;
}

/**
 * A person's answer to an approval; the execution that waits for it goes on.
 * @throws CulpritError NOT_FOUND, or CONFLICT when it was answered before or has expired.
 */
export async function decideApproval(database: DatabaseScope, queue: Queue, answer: Answer): Promise<void> {
  await database.transaction(async (tx) => {
    const { rows } = await sql<{ execution_id: string }>`
      SELECT execution_id FROM approvals WHERE approval_id = ${answer.approvalId}`.execute(tx);
    const executionId = rows[0]?.execution_id;
    if (executionId === undefined) throw new CulpritError("NOT_FOUND", "There is no such approval that you can see.");
    // The execution's lock comes first, so that it can't go to sleep between its last look and this answer.
    const execution = await standing(tx, executionId);
    const { numAffectedRows } = await sql`
      UPDATE approvals SET decision = ${answer.decision}, decided_by = ${answer.by}, decided_at = now(), reason = ${answer.reason}
      WHERE approval_id = ${answer.approvalId} AND decision IS NULL AND (expires_at IS NULL OR expires_at > now())`.execute(
      tx,
    );
    if (numAffectedRows !== 1n)
      throw new CulpritError("CONFLICT", "It was answered already, or nobody answered in time.");
    await say(tx, execution, `${answer.decision === "approve" ? "Approved" : "Rejected"} by ${answer.by}.`);
    await signal(tx, queue, [executionId]);
  });
}
