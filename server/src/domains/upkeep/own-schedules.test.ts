import { existsSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startDebianPostgres } from "../../../../test/database/start-debian-postgres.ts";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { findPgCron, listJobs, registerJobs } from "../../platform/db/cron/pg-cron.ts";
import { silentLog } from "../../platform/db/database-log.ts";
import { migrateUp } from "../../platform/db/migrations/migrate-up.ts";
import { openDatabase } from "../../platform/db/open-database.ts";
import { isOwnedByCron, ownSchedules } from "./own-schedules.ts";
import { CRON_JOBS } from "./upkeep-schedules.ts";

const hasPgCron = existsSync("/usr/share/postgresql/15/extension/pg_cron.control");
const names = CRON_JOBS.map(({ name }) => name);

let bench: UpkeepBench;
beforeEach(async () => {
  bench = await openUpkeep();
  for (const name of [...names, "backup"])
    await bench.own.database.pool.query(
      `with w as (insert into workflows (id, name, source) values (gen_random_uuid(), $1, 'builtin') returning id)
       insert into workflow_triggers (id, workflow_id, trigger_type, conditions) select gen_random_uuid(), id, 'schedule', '{}' from w`,
      [name],
    );
});
afterEach(() => bench.close());

/** What Culprit uses of pg_cron 1.4, as its documentation has it: a job is named for its user, and scheduling it again changes it. */
const FAKE = `
create schema cron;
create table cron.job (jobid bigserial primary key, schedule text not null, command text not null, username text not null default current_user,
  active boolean not null default true, jobname text, unique (jobname, username));
create table cron.job_run_details (jobid bigint, runid bigserial primary key, status text, return_message text, start_time timestamptz);
create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as
  $$ insert into cron.job (jobname, schedule, command) values ($1, $2, $3)
     on conflict (jobname, username) do update set schedule = excluded.schedule, command = excluded.command returning jobid $$;
create function cron.unschedule(job_id bigint) returns boolean language sql as
  $$ with gone as (delete from cron.job where jobid = $1 returning 1) select count(*) > 0 from gone $$;`;

const enabled = async () =>
  (
    await bench.own.database.pool.query(
      "select w.name from workflow_triggers t join workflows w on w.id = t.workflow_id where t.enabled and t.trigger_type = 'schedule' order by 1",
    )
  ).rows.map(({ name }) => name);

test("without pg_cron the engine runs all of it", async () => {
  expect(await ownSchedules(bench.deps)).toEqual({ isUsable: false, reason: "pg_cron is not in this database." });
  expect(await enabled()).toEqual(["backup", "cleanup-old-executions", "cleanup-old-logs"]);
  expect(await isOwnedByCron(bench.deps, "cleanup-old-logs")).toBe(false);
});

test("with pg_cron the database runs the clean-up and the engine does not; when it is gone, the engine does again", async () => {
  const { pool } = bench.own.database;
  await pool.query(FAKE);
  for (let time = 0; time < 2; time++) expect(await ownSchedules(bench.deps)).toMatchObject({ isUsable: true });
  expect(await enabled()).toEqual(["backup"]);
  expect(await listJobs(pool, names)).toMatchObject([
    { name: "cleanup-old-executions", cron: "0 3 * * 0", command: expect.stringContaining("'cancelled'") },
    { name: "cleanup-old-logs", cron: "0 2 * * *", command: "SELECT cleanup_old_execution_logs(30)" },
  ]);
  expect(await isOwnedByCron(bench.deps, "cleanup-old-logs")).toBe(true);
  expect(await isOwnedByCron(bench.deps, "backup")).toBe(false);
  await pool.query("drop schema cron cascade");
  await ownSchedules(bench.deps);
  expect(await enabled()).toEqual(["backup", "cleanup-old-executions", "cleanup-old-logs"]);
});

test("what is to be kept for ever is not scheduled, other retention changes the job, others' jobs are left alone", async () => {
  const { pool } = bench.own.database;
  await pool.query(FAKE);
  await pool.query("select cron.schedule('vacuum', '0 4 * * *', 'VACUUM')");
  await ownSchedules(bench.deps);
  const retention = { ...bench.deps.settings.retention, executionLogDays: 0, incidentDays: 7 };
  await ownSchedules({ ...bench.deps, settings: { ...bench.deps.settings, retention } });
  const { rows } = await pool.query("select jobname, command from cron.job order by jobname");
  expect(rows).toEqual([
    { jobname: "cleanup-old-executions", command: expect.stringContaining("INTERVAL '7 days'") },
    { jobname: "vacuum", command: "VACUUM" },
  ]);
});

test("what the jobs say runs as it is, and deletes what it should", async () => {
  for (const { command } of CRON_JOBS)
    await bench.own.database.pool.query(command({ executionLogDays: 30, incidentDays: 90 }) ?? "");
  expect(CRON_JOBS.map(({ command }) => command({ executionLogDays: 0, incidentDays: 0 }))).toEqual([null, null]);
});

test.skipIf(!hasPgCron)("the real pg_cron 1.4 of Debian takes, changes and gives back the jobs", async () => {
  const server = await startDebianPostgres({ shared_preload_libraries: "pg_cron", "cron.database_name": "culprit" });
  const database = await openDatabase({ kind: "url", url: server.url, allowInsecure: false }, { log: silentLog });
  try {
    await migrateUp({ pool: database.pool, log: silentLog });
    const deps = { ...bench.deps, database };
    expect(await ownSchedules(deps)).toMatchObject({ isUsable: false });
    await database.pool.query("create extension pg_cron");
    expect(await ownSchedules(deps)).toMatchObject({ isUsable: true });
    expect((await listJobs(database.pool, names)).map(({ name, cron }) => `${name} ${cron}`)).toEqual([
      "cleanup-old-executions 0 3 * * 0",
      "cleanup-old-logs 0 2 * * *",
    ]);
    await registerJobs(database.pool, [], names);
    expect(await listJobs(database.pool, names)).toEqual([]);
    await database.pool.query("drop extension pg_cron");
    expect(await findPgCron(database.pool)).toMatchObject({ isUsable: false });
  } finally {
    await database.close();
    await server.stop();
  }
});
