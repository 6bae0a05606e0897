import type pg from "pg";

/** Whether the database itself can run Culprit's clean-up by pg_cron. */
export interface PgCronState {
  readonly isUsable: boolean;
  /** Why it is, or why not, for people. */
  readonly reason: string;
}

export interface PgCronJob {
  readonly name: string;
  readonly cron: string;
  readonly command: string;
}

export interface RegisteredJob extends PgCronJob {
  readonly lastRunAt: Date | null;
  readonly lastStatus: string | null;
  readonly lastMessage: string | null;
}

/** Looks for pg_cron in this database, and whether this role may use it. */
export async function findPgCron(pool: pg.Pool): Promise<PgCronState> {
  const { rows } = await pool.query<{ isThere: boolean; mayUse: boolean }>(
    `select to_regclass('cron.job') is not null and exists (
         select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'cron' and p.proname = 'schedule' and p.pronargs = 3) as "isThere",
       exists (select 1 from pg_namespace n where n.nspname = 'cron' and has_schema_privilege(n.oid, 'usage')) as "mayUse"`,
  );
  const { isThere = false, mayUse = false } = rows[0] ?? {};
  if (!isThere) return { isUsable: false, reason: "pg_cron is not in this database." };
  if (!mayUse)
    return {
      isUsable: false,
      reason: "pg_cron is in this database, but Culprit's role may not use it: GRANT USAGE ON SCHEMA cron to it.",
    };
  return { isUsable: true, reason: "pg_cron is in this database." };
}

/** Has pg_cron run exactly these jobs, and none of the `names` beside them. Idempotent. Needs pg_cron. */
export async function registerJobs(pool: pg.Pool, jobs: readonly PgCronJob[], names: readonly string[]): Promise<void> {
  for (const { name, cron, command } of jobs)
    await pool.query("select cron.schedule($1, $2, $3)", [name, cron, command]);
  await pool.query(
    "select cron.unschedule(jobid) from cron.job where jobname = any($1) and jobname <> all($2) and username = current_user",
    [names, jobs.map(({ name }) => name)],
  );
}

/** The jobs of these names that pg_cron runs for Culprit, with how they last went. Needs pg_cron. */
export async function listJobs(pool: pg.Pool, names: readonly string[]): Promise<RegisteredJob[]> {
  const { rows } = await pool.query<RegisteredJob>(
    `select j.jobname as name, j.schedule as cron, j.command, r.start_time as "lastRunAt", r.status as "lastStatus", r.return_message as "lastMessage"
     from cron.job j left join lateral (select start_time, status, return_message from cron.job_run_details d where d.jobid = j.jobid
       order by runid desc limit 1) r on true
     where j.jobname = any($1) and j.username = current_user and j.active order by 1`,
    [names],
  );
  return rows;
}
