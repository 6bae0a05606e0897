import { toPublicId } from "../../platform/ids/ids.ts";
import { clearOwnFault, listOwnFaults, settleOwnFaults } from "../incident/index.ts";
import { queueState } from "./queue-state.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

export const WORKER_STARVED = "worker_starved";
export const INTEGRATION_UNHEALTHY = "integration_unhealthy";
/** How long an execution that is due may wait, in s. */
const DUE_MAX_S = 600;

/**
 * Looks at what a schedule can't be trusted with, because it would not run then: whether executions are taken up, a fault of
 * Culprit's own for as long as they are not. And takes back what was said of integrations that nobody checks any more.
 */
export async function watchWork(deps: UpkeepDeps): Promise<void> {
  const { oldestDueS } = await queueState(deps.database);
  const isStarved = oldestDueS !== null && oldestDueS > DUE_MAX_S;
  const starved = {
    ...{ projectId: null, fingerprint: "executions", severity: "high" as const, title: "Executions are not taken up" },
    detail: `The oldest execution that is due has waited for ${Math.round((oldestDueS ?? 0) / 60)} minutes. See that a process with workers > 0 runs, and what its running executions wait for; raise workers where heavy steps hold all of them.`,
  };
  await settleOwnFaults(deps, WORKER_STARVED, isStarved ? [starved] : [], { isQuiet: true });

  // The check of an integration tells of it and takes it back; who is switched off or deleted is checked no more.
  const standing = await listOwnFaults(deps.database.db, INTEGRATION_UNHEALTHY);
  if (standing.length === 0) return;
  const rows = await deps.database.db.selectFrom("integrations").select("id").where("enabled", "=", true).execute();
  const enabled = new Set(rows.map(({ id }) => toPublicId("int", id)));
  for (const { projectId, fingerprint } of standing)
    if (!enabled.has(fingerprint)) await clearOwnFault(deps, { projectId, kind: INTEGRATION_UNHEALTHY, fingerprint });
}
