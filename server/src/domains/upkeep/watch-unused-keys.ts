import { sql } from "kysely";
import { settleOwnFaults } from "../incident/index.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

export const UNUSED_KEYS = "unused_keys";

export interface UnusedKey {
  readonly projectId: string;
  readonly prefix: string;
  /** Null: never. */
  readonly lastUsedAt: Date | null;
}

/**
 * Finds ingest keys that nothing was sent with for `days` days: a service that fell silent, or a door that is open for
 * nobody. A fault of Culprit's own for each project, resolved when its keys are used or revoked.
 */
export async function watchUnusedKeys(deps: UpkeepDeps, days = 30): Promise<UnusedKey[]> {
  const { rows } = await sql<UnusedKey>`
    SELECT k.project_id AS "projectId", k.prefix, k.last_used_at AS "lastUsedAt"
    FROM api_keys k JOIN projects p ON p.id = k.project_id
    WHERE k.key_type = 'ingest' AND k.revoked_at IS NULL AND p.deleted_at IS NULL AND NOT p.is_house
      AND coalesce(k.last_used_at, k.created_at) < ${deps.now()}::timestamptz - make_interval(days => ${days}::int)
    ORDER BY k.project_id, k.prefix`.execute(deps.database.db);
  const faults = [...Map.groupBy(rows, ({ projectId }) => projectId)].map(([projectId, keys]) => ({
    ...{ projectId, fingerprint: "ingest", severity: "low" as const },
    title: `An ingest key is unused for ${days} days`,
    detail: `${keys
      .slice(0, 20)
      .map(({ prefix, lastUsedAt }) => `${prefix} (last used ${lastUsedAt?.toISOString().slice(0, 10) ?? "never"})`)
      .join(", ")}. If the service still runs, see why it is silent; if not, revoke the key.`,
  }));
  await settleOwnFaults(deps, UNUSED_KEYS, faults);
  return rows;
}
