import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UpkeepDeps } from "../../server/src/domains/upkeep/index.ts";
import { ensurePartitions } from "../../server/src/platform/db/ensure-partitions.ts";
import { createLog } from "../../server/src/platform/log/log.ts";
import { openQueue } from "../../server/src/platform/queue/queue.ts";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";

export interface UpkeepBench {
  readonly own: TestDatabase;
  readonly deps: UpkeepDeps;
  /** A folder of its own. */
  readonly folder: string;
  readonly clock: { now: Date };
  close(): Promise<void>;
}

/** What upkeep needs, real: a database of its own with partitions and queue, a folder, and a clock that the test moves. */
export async function openUpkeep(): Promise<UpkeepBench> {
  const own = await createTestDatabase();
  const queue = await openQueue(own.database, createLog("silent"));
  const folder = await mkdtemp(join(tmpdir(), "culprit-upkeep-"));
  await ensurePartitions(own.database.owner, { daysAhead: 7 });
  const clock = { now: new Date() };
  const deps: UpkeepDeps = {
    database: own.database,
    queue,
    now: () => clock.now,
    settings: {
      retention: {
        incidentDays: 90,
        executionLogDays: 30,
        telemetryDays: 14,
        rollup5mDays: 60,
        rollup1hDays: 400,
        eventIdDays: 7,
      },
      archiveFolder: join(folder, "archives"),
      backupFolder: join(folder, "backups"),
      backupKeep: 2,
      freeBytesMin: 0,
      culpritVersion: "0.0.0-test",
    },
  };
  return {
    ...{ own, deps, folder, clock },
    close: async () => {
      await queue.close(1000);
      await own.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
