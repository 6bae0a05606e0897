import {
  type DatabaseCheckReply,
  type DatabaseStatsReply,
  databaseCheckSchema,
  databaseStatsSchema,
  type Operations,
  operationsSchema,
  type UpkeepRunList,
  upkeepRunListSchema,
} from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";

/** The installation as a whole: upkeep, backups, replica, queue, own faults. */
export function readOperations(signal: AbortSignal): Promise<Operations> {
  return fetchJson("/api/operations", operationsSchema, { signal });
}

/** The database's own figures. */
export function readDatabase(signal: AbortSignal): Promise<DatabaseStatsReply> {
  return fetchJson("/api/operations/database", databaseStatsSchema, { signal });
}

/** The last runs of upkeep. */
export function readUpkeepRuns(signal: AbortSignal): Promise<UpkeepRunList> {
  return fetchJson("/api/operations/runs?limit=20", upkeepRunListSchema, { signal });
}

/** Checks the database now. */
export function checkDatabase(): Promise<DatabaseCheckReply> {
  return fetchJson("/api/operations/check", databaseCheckSchema, { method: "POST", body: {} });
}
