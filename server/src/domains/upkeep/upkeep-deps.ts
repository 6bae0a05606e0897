import type { QuerySampler } from "../../platform/db/check/query-sampler.ts";
import type { Database } from "../../platform/db/open-database.ts";
import type { RetentionPolicy } from "../../platform/db/retention/retention-policy.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import type { TelemetryStore } from "../telemetry/index.ts";

/** What upkeep is told by the settings. */
export interface UpkeepSettings {
  readonly retention: RetentionPolicy;
  readonly archiveFolder: string;
  readonly backupFolder: string;
  /** Verified backups that are kept; 0 makes none by itself. */
  readonly backupKeep: number;
  /** Free disk that a backup leaves, in bytes. */
  readonly freeBytesMin: number;
  readonly culpritVersion: string;
}

/** What the verbs of this domain need, handed in by compose.ts. */
export interface UpkeepDeps {
  readonly database: Database;
  readonly queue: Queue;
  readonly now: () => Date;
  readonly settings: UpkeepSettings;
  /** Where nothing counts queries; left out where nobody samples. */
  readonly sampler?: QuerySampler;
  /** Where telemetry is kept; left out where there is none. */
  readonly telemetry?: Pick<TelemetryStore, "maintain" | "check">;
}
