import { sql } from "kysely";
import type { KeyRing } from "../../domains/access/index.ts";
import { ensurePartitions } from "../../platform/db/ensure-partitions.ts";
import type { Database } from "../../platform/db/open-database.ts";
import type { Log } from "../../platform/log/log.ts";

const PARTITION_DAYS_AHEAD = 7;
const EVENT_ID_DAYS = 7;

/** Small regular work of one process. Every piece is idempotent, so several processes may do it. @returns how to stop it. */
export function startUpkeep(deps: {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly log: Log;
}): () => void {
  const { database, keys, log } = deps;
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
    every(600_000, "old rows", () => deleteOldRows(database)),
  ];
  return () => timers.forEach(clearInterval);
}

/** Makes sure that today's and the next days' partitions exist; called before anything is taken in. */
export async function preparePartitions(database: Database): Promise<void> {
  await ensurePartitions(database.owner, { daysAhead: PARTITION_DAYS_AHEAD });
}

async function deleteOldRows({ db }: Database): Promise<void> {
  await sql`DELETE FROM incident_traces WHERE received_at < now() - interval '1 hour'`.execute(db);
  await sql`DELETE FROM event_ids WHERE received_at < now() - make_interval(days => ${EVENT_ID_DAYS})`.execute(db);
  await sql`DELETE FROM login_links WHERE expires_at < now() - interval '1 day'`.execute(db);
  await sql`DELETE FROM sessions WHERE expires_at < now()`.execute(db);
}
