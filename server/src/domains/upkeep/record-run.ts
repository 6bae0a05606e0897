import { type UpkeepKind, upkeepKinds } from "@culprit/contract";
import { withLock } from "../../platform/db/maintain/maintenance-lock.ts";
import type { DatabaseScope } from "../../platform/db/open-database.ts";
import { newId } from "../../platform/ids/ids.ts";
import { clearOwnFault, reportOwnFault } from "../incident/index.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

/** "upk" as a number; the kind is added. Whoever runs one kind of upkeep holds this transaction-scoped advisory lock. */
const RUN_LOCK = 0x75706b00;

export interface RecordedRun<T> {
  readonly runId: string;
  readonly details: T;
}

/**
 * Does one kind of upkeep and keeps a row of what came of it; null at once where another process is at the same kind.
 * A failure is a fault of Culprit's own, which the next success resolves, and is thrown on.
 *
 * A row of `upkeep_runs` is `running` until its work ends. Who holds the lock is the only one at work, so an older row
 * that still says so is of a process that died, and is closed as failed.
 */
export async function recordRun<T extends object>(
  deps: UpkeepDeps,
  kind: UpkeepKind,
  work: () => Promise<T>,
): Promise<RecordedRun<T> | null> {
  const { database, now } = deps;
  return withLock(database.pool, RUN_LOCK + upkeepKinds.indexOf(kind), async () => {
    const runId = newId();
    await closeForsaken(database, kind, now());
    await database.db
      .insertInto("upkeep_runs")
      .values({ run_id: runId, kind, status: "running", started_at: now() })
      .execute();
    const fault = { projectId: null, kind: `${kind}_failed`, fingerprint: kind };
    try {
      const details = await work();
      await end(database, runId, { status: "completed", finished_at: now(), details: JSON.stringify(details) });
      await clearOwnFault(deps, fault);
      return { runId, details };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await end(database, runId, { status: "failed", finished_at: now(), error_message: reason });
      await reportOwnFault(deps, {
        ...fault,
        title: `Upkeep failed: ${kind}`,
        detail: `${reason} Mend the cause; it is tried again at its next time, or run its workflow by hand.`,
        severity: kind === "backup" ? "high" : "medium",
      });
      throw error;
    }
  });
}

async function closeForsaken({ db }: DatabaseScope, kind: UpkeepKind, at: Date): Promise<void> {
  await db
    .updateTable("upkeep_runs")
    .set({ status: "failed", finished_at: at, error_message: "The process that ran it ended." })
    .where("kind", "=", kind)
    .where("status", "=", "running")
    .execute();
}

async function end(
  { db }: DatabaseScope,
  runId: string,
  values: { status: "completed" | "failed"; finished_at: Date; details?: string; error_message?: string },
): Promise<void> {
  await db.updateTable("upkeep_runs").set(values).where("run_id", "=", runId).execute();
}
