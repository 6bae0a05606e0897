import { join, resolve } from "node:path";
import type { Config } from "../platform/config/options.ts";
import type { RetentionPolicy } from "../platform/db/retention/retention-policy.ts";

/** The retention that the settings ask for. */
export function retentionOf(config: Config): RetentionPolicy {
  return {
    incidentDays: config.retentionIncidentDays,
    executionLogDays: config.retentionExecutionLogDays,
    telemetryDays: config.retentionTelemetryDays,
    rollup5mDays: config.retentionRollup5mDays,
    rollup1hDays: config.retentionRollup1hDays,
    eventIdDays: config.retentionEventIdDays,
  };
}

/** The folder of archives. */
export function archiveFolderOf(config: Config): string {
  return config.archiveDir === "" ? join(resolve(config.dataDir), "archives") : resolve(config.archiveDir);
}
