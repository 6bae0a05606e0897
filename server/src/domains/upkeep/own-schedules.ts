import { sql } from "kysely";
import { findPgCron, type PgCronState, registerJobs } from "../../platform/db/cron/pg-cron.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";
import { CRON_JOBS } from "./upkeep-schedules.ts";

const names = CRON_JOBS.map(({ name }) => name);

/**
 * Decides who runs the clean-up, pg_cron where it is in the database or else the engine, and has that one run it alone:
 * registers the jobs and switches the schedules of the workflows off, or on. Idempotent; called at every start and check,
 * so whoever adds or drops the extension needs to do nothing more.
 */
export async function ownSchedules({ database, settings }: UpkeepDeps): Promise<PgCronState> {
  const state = await findPgCron(database.pool);
  if (state.isUsable) {
    const jobs = CRON_JOBS.flatMap(({ name, cron, command }) => {
      const text = command(settings.retention);
      return text === null ? [] : [{ name, cron, command: text }];
    });
    await registerJobs(database.pool, jobs, names);
  }
  await sql`
    UPDATE workflow_triggers t SET enabled = ${!state.isUsable} FROM workflows w
    WHERE w.id = t.workflow_id AND w.project_id IS NULL AND w.name = ANY(${names}::text[]) AND t.trigger_type = 'schedule'
      AND t.enabled = ${state.isUsable}`.execute(database.db);
  return state;
}

/** True where pg_cron does what this workflow does, so that a run by schedule has nothing to do. */
export async function isOwnedByCron({ database }: Pick<UpkeepDeps, "database">, name: string): Promise<boolean> {
  if (!names.includes(name) || !(await findPgCron(database.pool)).isUsable) return false;
  const { rows } = await database.pool.query("select 1 from cron.job where jobname = $1 and active", [name]);
  return rows.length > 0;
}
