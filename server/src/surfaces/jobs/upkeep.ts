import { sql } from "kysely";
import type { KeyRing } from "../../domains/access/index.ts";
import type { Config } from "../../platform/config/options.ts";
import { ensurePartitions } from "../../platform/db/ensure-partitions.ts";
import { maintainDatabase, PARTITION_DAYS_AHEAD } from "../../platform/db/maintain/maintain-database.ts";
import type { Database } from "../../platform/db/open-database.ts";
import { deleteAgedRows } from "../../platform/db/retention/delete-aged-rows.ts";
import type { Log } from "../../platform/log/log.ts";
import { archiveFolderOf, retentionOf } from "../retention-of.ts";

const DAY_MS = 86_400_000;
/** Not at the start itself, when people wait for the first answers. */
const FIRST_MAINTENANCE_MS = 600_000;

/** Small regular work of one process. Every piece is idempotent, so several processes may do it. @returns how to stop it. */
export function startUpkeep(
  deps: { readonly database: Database; readonly keys: KeyRing; readonly log: Log; readonly config: Config },
  { firstMaintenanceMs = FIRST_MAINTENANCE_MS } = {},
): () => void {
  const { database, keys, log, config } = deps;
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
    every(DAY_MS, "maintenance", () => maintain(database, config, log)),
  ];
  const first = setTimeout(
    () => maintain(database, config, log).catch((err: unknown) => log.warn({ err }, "maintenance failed")),
    firstMaintenanceMs,
  );
  first.unref();
  return () => [...timers, first].forEach(clearTimeout);
}

/** Makes sure that today's and the next days' partitions exist; called before anything is taken in. */
export async function preparePartitions(database: Database): Promise<void> {
  await ensurePartitions(database.owner, { daysAhead: PARTITION_DAYS_AHEAD });
}

/** What `culprit db maintain` does; nothing where another process is at it. */
async function maintain(database: Database, config: Config, log: Log): Promise<void> {
  const folder = archiveFolderOf(config);
  const done = await maintainDatabase(database, retentionOf(config), { folder, progress: () => undefined });
  if (done !== null) log.info({ ...done, folder }, "maintained the database");
}

async function deleteOldRows({ db, pool }: Database, config: Config): Promise<void> {
  await sql`DELETE FROM incident_traces WHERE received_at < now() - interval '1 hour'`.execute(db);
  await deleteAgedRows(pool, retentionOf(config), ["event_ids"]);
  await sql`DELETE FROM login_links WHERE expires_at < now() - interval '1 day'`.execute(db);
  await sql`DELETE FROM sessions WHERE expires_at < now()`.execute(db);
}
