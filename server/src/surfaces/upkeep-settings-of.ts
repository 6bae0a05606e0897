import { join, resolve } from "node:path";
import type { UpkeepSettings } from "../domains/upkeep/index.ts";
import type { Config } from "../platform/config/options.ts";
import { archiveFolderOf, retentionOf } from "./retention-of.ts";

/** What upkeep is told by the settings. */
export function upkeepSettingsOf(config: Config, culpritVersion: string): UpkeepSettings {
  return {
    retention: retentionOf(config),
    archiveFolder: archiveFolderOf(config),
    backupFolder: config.backupDir === "" ? join(resolve(config.dataDir), "backups") : resolve(config.backupDir),
    backupKeep: config.backupKeep,
    freeBytesMin: config.diskFreeBytesMin,
    culpritVersion,
  };
}
