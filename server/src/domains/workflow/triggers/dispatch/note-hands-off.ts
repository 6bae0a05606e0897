import { sql, type Transaction } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import type { LedgerRow } from "../write-ledger.ts";

export interface HandsOff {
  readonly service: string | null;
  readonly reason: string;
}

/** The hands-off switches that stand for a project, its own and the global one. */
export async function standingHandsOff(tx: Transaction<DB>, projectId: string): Promise<readonly HandsOff[]> {
  const { rows } = await sql<HandsOff>`
    SELECT service, reason FROM hands_off WHERE cleared_at IS NULL AND (project_id IS NULL OR project_id = ${projectId})`.execute(
    tx,
  );
  return rows;
}

/** The switch stops effects, not the work that leads to them; whoever reads why something ran is told that nothing went out. */
export function withHandsOff(row: LedgerRow, standing: readonly HandsOff[], services: readonly string[]): LedgerRow {
  const covering = standing.find(({ service }) => service === null || services.includes(service));
  if (covering === undefined) return row;
  const reason = `${row.reason} Nothing of it goes out while hands-off stands: ${covering.reason}`;
  return { ...row, reason, details: { ...row.details, hands_off: covering.reason } };
}
