import { sql } from "kysely";
import { houseProject, type KeyRing } from "../../domains/access/index.ts";
import { ownSchedules, signalLife, type UpkeepDeps, watchWork } from "../../domains/upkeep/index.ts";
import type { Config } from "../../platform/config/options.ts";
import { ensurePartitions } from "../../platform/db/ensure-partitions.ts";
import { PARTITION_DAYS_AHEAD } from "../../platform/db/maintain/maintain-database.ts";
import type { Database } from "../../platform/db/open-database.ts";
import { deleteAgedRows } from "../../platform/db/retention/delete-aged-rows.ts";
import type { HttpClient } from "../../platform/http-client/http-client.ts";
import type { Log } from "../../platform/log/log.ts";
import { retentionOf } from "../retention-of.ts";

/**
 * Small regular work of one process, and the dead-man signal, which must not depend on what it watches. Every piece is
 * idempotent, so several processes may do it. What takes longer or is decided on is a built-in workflow (server/workflows/).
 * @returns how to stop it.
 */
export function startUpkeep(deps: {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly log: Log;
  readonly config: Config;
  readonly http: HttpClient;
  readonly upkeep: UpkeepDeps;
}): () => void {
  const { database, keys, log, config, http, upkeep } = deps;
  const every = (ms: number, what: string, work: () => Promise<unknown>) => {
    let isRunning = false;
    const timer = setInterval(async () => {
      if (isRunning) return;
      isRunning = true;
      await work().catch((err: unknown) => log.warn({ err, what }, "upkeep failed and will be tried again"));
      isRunning = false;
    }, ms);
    timer.unref();
    return timer;
  };
  const timers = [
    every(2000, "key uses", () => keys.writeUses()),
    every(3600_000, "partitions", () => ensurePartitions(database.owner, { daysAhead: PARTITION_DAYS_AHEAD })),
    every(600_000, "old rows", () => deleteOldRows(database, config)),
    every(60_000, "own faults", () => watchWork(upkeep)),
    every(10_000, "query samples", async () => upkeep.sampler?.look()),
  ];
  if (config.deadmanUrl !== "") {
    const signal = async () => {
      const { withheldReason } = await signalLife({ database, http, now: upkeep.now, url: config.deadmanUrl });
      if (withheldReason !== null) log.warn({ reason: withheldReason }, "no dead-man signal was sent");
    };
    timers.push(every(config.deadmanEveryS * 1000, "dead-man signal", signal));
  }
  return () => timers.forEach(clearInterval);
}

/** Makes sure that today's and the next days' partitions exist; called before anything is taken in. */
export async function preparePartitions(database: Database): Promise<void> {
  await ensurePartitions(database.owner, { daysAhead: PARTITION_DAYS_AHEAD });
}

/** Makes the house project and settles who runs the clean-up; called when the built-in workflows stand. */
export async function prepareUpkeep(upkeep: UpkeepDeps, log: Log): Promise<void> {
  await houseProject(upkeep.database.db);
  const { isUsable, reason } = await ownSchedules(upkeep);
  log.info({ owner: isUsable ? "pg_cron" : "engine", reason }, "who runs the clean-up");
}

async function deleteOldRows({ db, pool }: Database, config: Config): Promise<void> {
  await sql`DELETE FROM incident_traces WHERE received_at < now() - interval '1 hour'`.execute(db);
  await deleteAgedRows(pool, retentionOf(config), ["event_ids"]);
  await sql`DELETE FROM login_links WHERE expires_at < now() - interval '1 day'`.execute(db);
  await sql`DELETE FROM sessions WHERE expires_at < now()`.execute(db);
}
