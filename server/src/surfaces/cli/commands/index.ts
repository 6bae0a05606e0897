import type { Command } from "../command.ts";
import { archive } from "./archive.ts";
import { backup } from "./backup.ts";
import { blame } from "./blame.ts";
import { dbGrantReadonly, dbMaintain, dbStats, dbVacuum } from "./db.ts";
import { loginLink } from "./login-link.ts";
import { migrateDownCommand, migrateNew, migrateStatus, migrateUpCommand } from "./migrate.ts";
import { projectCreate, projectList, projectSet } from "./project.ts";
import { restore } from "./restore.ts";
import { start } from "./start.ts";
import { dbWalArchive } from "./wal-archive.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  start,
  loginLink,
  projectCreate,
  projectList,
  projectSet,
  blame,
  migrateStatus,
  migrateUpCommand,
  migrateDownCommand,
  migrateNew,
  dbStats,
  dbMaintain,
  dbVacuum,
  dbGrantReadonly,
  archive,
  backup,
  restore,
  dbWalArchive,
];
