import type { Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";

/** Who changes something: a person, a project's key, Culprit itself or another system. */
export interface Who {
  readonly type: "user" | "key" | "system" | "integration";
  readonly id: string | null;
  /** For people: a login, `API key`, `culprit`. */
  readonly name: string;
}

export const culpritItself: Who = { type: "system", id: null, name: "culprit" };

/** Writes down who did what, in the transaction that does it. */
export async function recordAudit(
  tx: Transaction<DB>,
  who: Who,
  entry: {
    readonly projectId: string | null;
    readonly action: string;
    readonly targetId: string;
    readonly details?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await tx
    .insertInto("audit_log")
    .values({
      id: newId(),
      project_id: entry.projectId,
      actor_type: who.type,
      actor_id: who.id,
      action: entry.action,
      target_type: "workflow",
      target_id: entry.targetId,
      details: JSON.stringify(entry.details ?? {}),
    })
    .execute();
}
