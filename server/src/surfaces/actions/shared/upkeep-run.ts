import { z } from "zod";
import { isOwnedByCron, type RecordedRun } from "../../../domains/upkeep/index.ts";
import type { ActionContext } from "../../../domains/workflow/index.ts";
import type { ActionServices } from "../action-services.ts";
import { houseOnly } from "./house-only.ts";

/** What an action of upkeep gives. */
export const upkeepOutput = z.strictObject({
  did_run: z.boolean().describe("False where another process is at it, or pg_cron does it."),
  reason: z.string().nullable(),
  run_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

/** Does upkeep in the house project, once at a time, and not where pg_cron does what this workflow does. */
export async function upkeepRun<T extends object>(
  ctx: ActionContext,
  services: ActionServices,
  work: () => Promise<RecordedRun<T> | null>,
): Promise<z.input<typeof upkeepOutput>> {
  await houseOnly(ctx, services);
  const nothing = (reason: string) => ({ did_run: false, reason, run_id: null, details: {} });
  if (await isOwnedByCron(services.upkeep, ctx.workflow.name)) return nothing("pg_cron in the database does it.");
  const run = await work();
  if (run === null) return nothing("Another process is at it.");
  return { did_run: true, reason: null, run_id: run.runId, details: plain(run.details) };
}

/** As it is stored: dates as texts. */
function plain(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
