import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";

/** Who changes a target. */
export interface Who {
  readonly type: "user" | "key" | "system" | "integration";
  readonly id: string | null;
  /** In words for people. */
  readonly name: string;
}

/** One row of the audit log, in the transaction of what it tells. `details` hold no secret. */
export async function audit(
  tx: Transaction<DB>,
  who: Who,
  row: {
    readonly projectId: string;
    readonly action: string;
    readonly targetType: string;
    readonly targetId: string;
    readonly details: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await sql`
    INSERT INTO audit_log (id, project_id, actor_type, actor_id, action, target_type, target_id, details)
    VALUES (${newId()}, ${row.projectId}, ${who.type}, ${who.id ?? who.name}, ${row.action}, ${row.targetType}, ${row.targetId},
      ${JSON.stringify(row.details)}::jsonb)`.execute(tx);
}
