import type { Kysely } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { reopenRef } from "../reopen-ref.ts";
import type { TelemetryReader } from "../telemetry-port.ts";
import { writeRef } from "../telemetry-ref.ts";
import { listSeries } from "./find-series.ts";
import { readFeatures, readLogs, readSpans, readTrace } from "./read-records.ts";
import { readSeries } from "./read-series.ts";

/** Reads of telemetry in PostgreSQL with the rights of `db`. */
export function postgresReader(db: Kysely<DB>): TelemetryReader {
  const reader: TelemetryReader = {
    readSeries: (query) => readSeries(db, query),
    listSeries: (query) => listSeries(db, query),
    readSpans: (query) => readSpans(db, query),
    readTrace: (projectId, traceId) => readTrace(db, projectId, traceId),
    readLogs: (query) => readLogs(db, query),
    readFeatures: (projectId, incidentId) => readFeatures(db, projectId, incidentId),
    refOf: (read) => writeRef("postgres", read),
    reopen: (projectId, ref) => reopenRef(reader, "postgres", projectId, ref),
  };
  return reader;
}
