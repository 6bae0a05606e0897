import type { SpanRecord } from "@culprit/contract";
import {
  reopenRef,
  type StoredLog,
  type TelemetryReader,
  type TelemetryStore,
  writeRef,
} from "../../domains/telemetry/index.ts";
import type { Tenant } from "../../platform/db/open-database.ts";
import { openClickHouse } from "./clickhouse-client.ts";
import { dropOld, type KeptDays, rollUpDays } from "./maintain.ts";
import { readFeatures, readLogs, readSpans, readTrace } from "./read-records.ts";
import { listSeries, readSeries } from "./read-series.ts";
import { TABLES } from "./tables.ts";
import { featureRow, logRows, pointRow, spanRow } from "./write-rows.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DAYS_FOR_EVER = 3650;

export interface ClickHouseTelemetryOptions extends KeptDays {
  /** `http://user:password@host:8123/database` */
  readonly url: string;
  readonly now: () => Date;
  /** ClickHouse knows no tenants: whether one may see a project is asked of the database. */
  readonly maySee: (tenant: Tenant, projectId: string) => Promise<boolean>;
}

/**
 * Telemetry in ClickHouse; its tables are made where they are missing.
 * @throws CulpritError ENGINE_UNAVAILABLE when it can't be reached: nothing is kept elsewhere in silence.
 */
export async function openClickHouseTelemetry(options: ClickHouseTelemetryOptions): Promise<TelemetryStore> {
  const { now, keepDays, maySee } = options;
  const clickhouse = openClickHouse(options.url);
  try {
    for (const table of TABLES) await clickhouse.command(table);
  } catch (error) {
    await clickhouse.close();
    throw error;
  }
  const keptFromMs = () => now().getTime() - (keepDays || DAYS_FOR_EVER) * DAY_MS;
  const isKept = (atMs: number) => atMs >= keptFromMs() && atMs <= now().getTime() + HOUR_MS;
  const reader: TelemetryReader = {
    readSeries: (query) => readSeries(clickhouse, query, keptFromMs()),
    listSeries: (query) => listSeries(clickhouse, query, keptFromMs()),
    readSpans: (query) => readSpans(clickhouse, query),
    readTrace: (projectId, traceId) => readTrace(clickhouse, projectId, traceId),
    readLogs: (query) => readLogs(clickhouse, query),
    readFeatures: (projectId, incidentId) => readFeatures(clickhouse, projectId, incidentId),
    refOf: (read) => writeRef("clickhouse", read),
    reopen: (projectId, ref) => reopenRef(reader, "clickhouse", projectId, ref),
  };
  return {
    engine: "clickhouse",
    ...reader,
    asTenant: (tenant) => guarded(reader, (projectId) => maySee(tenant, projectId)),
    write: async (batches) => {
      let refused = 0;
      const points: object[] = [];
      const spans: { projectId: string; record: SpanRecord }[] = [];
      const logs: { projectId: string; record: StoredLog }[] = [];
      for (const { projectId, ...batch } of batches) {
        for (const sample of batch.metrics)
          if (isKept(sample.atMs) && Number.isFinite(sample.value)) points.push(pointRow(projectId, sample));
          else refused++;
        for (const record of batch.spans)
          if (isKept(record.startMs)) spans.push({ projectId, record });
          else refused++;
        for (const record of batch.logs)
          if (isKept(record.atMs)) logs.push({ projectId, record });
          else refused++;
      }
      await clickhouse.insert("metric_points", points);
      await clickhouse.insert(
        "spans",
        spans.map(({ projectId, record }) => spanRow(projectId, record)),
      );
      await clickhouse.insert("log_records", logRows(logs));
      return { refused };
    },
    writeFeatures: (features) => clickhouse.insert("anomaly_features", features.map(featureRow)),
    maintain: async (at) => {
      await rollUpDays(clickhouse, at);
      await dropOld(clickhouse, options, at);
    },
    check: async () => {
      try {
        const [row] = await clickhouse.rows<{ version: string }>("SELECT version() AS version");
        return { engine: "clickhouse", isHealthy: true, message: `ClickHouse ${row?.version} keeps the telemetry.` };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { engine: "clickhouse", isHealthy: false, message: `${message} Telemetry is refused until then.` };
      }
    },
    close: () => clickhouse.close(),
  };
}

/** A reader to whom the projects that `maySee` denies are empty. */
function guarded(reader: TelemetryReader, maySee: (projectId: string) => Promise<boolean>): TelemetryReader {
  const listOf = async <T>(projectId: string, read: () => Promise<readonly T[]>) =>
    (await maySee(projectId)) ? read() : [];
  return {
    refOf: reader.refOf,
    readSeries: (query) => listOf(query.projectId, () => reader.readSeries(query)),
    listSeries: (query) => listOf(query.projectId, () => reader.listSeries(query)),
    readSpans: (query) => listOf(query.projectId, () => reader.readSpans(query)),
    readTrace: (projectId, traceId) => listOf(projectId, () => reader.readTrace(projectId, traceId)),
    readLogs: (query) => listOf(query.projectId, () => reader.readLogs(query)),
    readFeatures: (projectId, incidentId) => listOf(projectId, () => reader.readFeatures(projectId, incidentId)),
    reopen: async (projectId, ref) => ((await maySee(projectId)) ? reader.reopen(projectId, ref) : null),
  };
}
