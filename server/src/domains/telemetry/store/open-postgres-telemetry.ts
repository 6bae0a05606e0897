import type { SpanRecord } from "@culprit/contract";
import type { DatabaseLog } from "../../../platform/db/database-log.ts";
import { ensurePartitionsOf } from "../../../platform/db/ensure-partitions.ts";
import { withLock } from "../../../platform/db/maintain/maintenance-lock.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { states, tryAgain } from "../../../platform/db/try-again.ts";
import type { StoredLog, StoredTelemetry, TelemetryStore, WriteResult } from "../telemetry-port.ts";
import { foldBatches, mergeBlocks } from "./fold-batches.ts";
import { postgresReader } from "./postgres-reader.ts";
import { rollUpDays } from "./roll-up-days.ts";
import { type OwnSample, SeriesIds } from "./series-ids.ts";
import { groupSamples, writeMetrics } from "./write-metrics.ts";
import { type Own, writeFeatures, writeLogs, writeSpans } from "./write-records.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Points wait for so long before they are folded: long enough for a block to be worth its row. */
const FOLD_AFTER_MS = 15 * 60_000;
const FOLD_EVERY_MS = 60_000;
/** Points of an hour may still come in for so long before its blocks are merged. */
const MERGE_AFTER_MS = 2 * HOUR_MS;
/** "fold" as a number: one process at a time folds and rolls up. */
const FOLD_LOCK = 0x666f6c64;
const DAYS_FOR_EVER = 3650;
const BUSY = { states: [states.deadlock], triesMax: 5 };

export interface PostgresTelemetryOptions {
  readonly database: Database;
  readonly log: DatabaseLog;
  readonly now: () => Date;
  /** Days that points, spans and logs are kept; 0 is for ever. */
  readonly keepDays: number;
  /** Whether this process folds what came in, once a minute. */
  readonly isFolding: boolean;
}

/** Telemetry in the database. `close` ends the folding; the database stays open. */
export function openPostgresTelemetry({
  database,
  log,
  now,
  keepDays,
  isFolding,
}: PostgresTelemetryOptions): TelemetryStore {
  const seriesIds = new SeriesIds(database);
  const ensureDays = dayMaker(database);
  const isKept = (atMs: number) => {
    const nowMs = now().getTime();
    return atMs >= nowMs - (keepDays || DAYS_FOR_EVER) * DAY_MS && atMs <= nowMs + HOUR_MS;
  };
  const fold = async (receivedBefore: Date | null) => {
    await withLock(database.pool, FOLD_LOCK, async () => {
      await foldBatches(database, ensureDays, { receivedBefore });
      await mergeBlocks(database, { before: new Date(now().getTime() - MERGE_AFTER_MS) });
    });
  };
  const folding = isFolding
    ? everyMinute(() => fold(new Date(now().getTime() - FOLD_AFTER_MS)), log)
    : { stop: async () => undefined };

  return {
    engine: "postgres",
    ...postgresReader(database.db),
    asTenant: (tenant) => postgresReader(database.asTenant(tenant).db),
    write: async (batches) => {
      const kept = keep(batches, isKept);
      const metrics = groupSamples(kept.metrics, await seriesIds.idsOf(kept.metrics));
      await ensureDays([
        ...kept.spans.map(({ record }) => record.startMs),
        ...kept.logs.map(({ record }) => record.atMs),
      ]);
      const isEmpty = metrics.length === 0 && kept.spans.length === 0 && kept.logs.length === 0;
      if (!isEmpty)
        await tryAgain(
          () =>
            database.transaction(async (tx) => {
              await writeMetrics(tx, metrics);
              await writeSpans(tx, kept.spans);
              await writeLogs(tx, kept.logs);
            }),
          BUSY,
        );
      return { refused: kept.refused };
    },
    writeFeatures: async (features) => {
      await ensureDays(features.map(({ atMs }) => atMs));
      await database.transaction((tx) => writeFeatures(tx, features));
    },
    maintain: async (at) => {
      await fold(null);
      await withLock(database.pool, FOLD_LOCK, () => rollUpDays(database, ensureDays, at));
    },
    check: async () => {
      const { isHealthy, reason } = await database.health();
      return { engine: "postgres", isHealthy, message: reason ?? "Telemetry is kept in the database." };
    },
    close: () => folding.stop(),
  };
}

interface Kept extends WriteResult {
  readonly metrics: readonly OwnSample[];
  readonly spans: readonly Own<SpanRecord>[];
  readonly logs: readonly Own<StoredLog>[];
}

function keep(batches: readonly StoredTelemetry[], isKept: (atMs: number) => boolean): Kept {
  let refused = 0;
  const metrics: OwnSample[] = [];
  const spans: Kept["spans"][number][] = [];
  const logs: Kept["logs"][number][] = [];
  for (const { projectId, ...batch } of batches) {
    for (const sample of batch.metrics)
      if (isKept(sample.atMs) && Number.isFinite(sample.value)) metrics.push({ projectId, sample });
      else refused++;
    for (const record of batch.spans)
      if (isKept(record.startMs)) spans.push({ projectId, record });
      else refused++;
    for (const record of batch.logs)
      if (isKept(record.atMs)) logs.push({ projectId, record });
      else refused++;
  }
  return { metrics, spans, logs, refused };
}

/** Makes the partitions of days, once each. */
function dayMaker(database: Database): (timesMs: readonly number[]) => Promise<void> {
  const made = new Set<number>();
  return async (timesMs) => {
    const days = [...new Set(timesMs.map((ms) => Math.floor(ms / DAY_MS)))].filter((day) => !made.has(day));
    if (days.length === 0) return;
    const tables = [
      "metric_blocks",
      "metric_rollups_5m",
      "metric_rollups_1h",
      "spans",
      "log_records",
      "anomaly_features",
    ];
    await ensurePartitionsOf(
      database.owner,
      tables,
      days.map((day) => new Date(day * DAY_MS)),
    );
    for (const day of days) made.add(day);
  };
}

function everyMinute(work: () => Promise<void>, log: DatabaseLog): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    running = work()
      .catch((error: unknown) =>
        log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          "metric points were not folded; tried again in a minute",
        ),
      )
      .finally(() => {
        isBusy = false;
      });
  }, FOLD_EVERY_MS).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return running;
    },
  };
}
