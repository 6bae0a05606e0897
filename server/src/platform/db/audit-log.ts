import type { Transaction } from "kysely";
import { newId } from "../ids/ids.ts";
import type { DB } from "./tables.generated.ts";

/** Who changes something: a person, a project's key, Culprit itself or another system. */
export interface Who {
  readonly type: "user" | "key" | "system" | "integration";
  readonly id: string | null;
  /** In words for people: a login, `API key`, `culprit`. */
  readonly name: string;
}

export const culpritItself: Who = { type: "system", id: null, name: "culprit" };

/** One row of the audit log: who did what, in the transaction that does it. `details` hold no secret. */
export async function audit(
  tx: Transaction<DB>,
  who: Who,
  row: {
    readonly projectId: string | null;
    readonly action: string;
    readonly targetType: string;
    readonly targetId: string;
    readonly details?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await tx
    .insertInto("audit_log")
    .values({
      id: newId(),
      project_id: row.projectId,
      actor_type: who.type,
      actor_id: who.id ?? who.name,
      action: row.action,
      target_type: row.targetType,
      target_id: row.targetId,
      details: JSON.stringify(row.details ?? {}),
    })
    .execute();
}
