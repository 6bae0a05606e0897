import { sql } from "kysely";
import { settleOwnFaults } from "../incident/index.ts";
import { queueState } from "./queue-state.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

export const WORKER_STARVED = "worker_starved";
export const INTEGRATION_UNHEALTHY = "integration_unhealthy";
/** How long an execution that is due may wait, in s. */
const DUE_MAX_S = 600;

/**
 * Looks at what a schedule can't be trusted with, because it would not run then: whether executions are taken up. And at
 * integrations whose check found them unhealthy. Each is a fault of Culprit's own for as long as it is so.
 */
export async function watchWork(deps: UpkeepDeps): Promise<void> {
  const { oldestDueS } = await queueState(deps.database);
  const isStarved = oldestDueS !== null && oldestDueS > DUE_MAX_S;
  const starved = {
    ...{ projectId: null, fingerprint: "executions", severity: "high" as const, title: "Executions are not taken up" },
    detail: `The oldest execution that is due has waited for ${Math.round((oldestDueS ?? 0) / 60)} minutes. See that a process with workers > 0 runs, and what its running executions wait for; raise workers where heavy steps hold all of them.`,
  };
  await settleOwnFaults(deps, WORKER_STARVED, isStarved ? [starved] : [], { isQuiet: true });

  const { rows } = await sql<{ id: string; projectId: string; name: string; type: string; reason: string | null }>`
    SELECT i.id, i.project_id AS "projectId", i.name, i.type, i.health_reason AS reason FROM integrations i
    JOIN projects p ON p.id = i.project_id AND p.deleted_at IS NULL
    WHERE i.enabled AND i.health_status = 'unhealthy' ORDER BY i.id LIMIT 200`.execute(deps.database.db);
  const unhealthy = rows.map(({ id, projectId, name, type, reason }) => ({
    ...{ projectId, fingerprint: id, severity: "high" as const },
    title: `The integration ${name} (${type}) does not work`,
    detail: `${reason ?? "Its check failed."} What is sent through it waits or fails, and what it sends does not come in, until it is mended.`,
  }));
  await settleOwnFaults(deps, INTEGRATION_UNHEALTHY, unhealthy, { isQuiet: true });
}
