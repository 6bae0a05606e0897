import type pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";

/** How a server stands to its log archive. */
export interface ArchiveState {
  /** Like `180004`. */
  readonly serverVersion: number;
  readonly walLevel: string;
  readonly archiveMode: string;
  readonly archiveCommand: string;
  readonly archiveLibrary: string;
  readonly dataDirectory: string;
  readonly databaseName: string;
  readonly role: string;
  readonly canReplicate: boolean;
  readonly systemIdentifier: string;
  readonly lastArchived: string | null;
  readonly lastArchivedAt: Date | null;
  readonly lastFailed: string | null;
  readonly lastFailedAt: Date | null;
}

/** Asks the server. Settings that this role may not read come as empty text. */
export async function readArchiveState(pool: pg.Pool): Promise<ArchiveState> {
  const { rows } = await pool.query<ArchiveState>(`
    select current_setting('server_version_num')::int as "serverVersion", current_setting('wal_level') as "walLevel",
      current_setting('archive_mode') as "archiveMode", current_setting('archive_command') as "archiveCommand",
      current_setting('archive_library') as "archiveLibrary",
      case when pg_has_role(current_user, 'pg_read_all_settings', 'usage') then current_setting('data_directory') else '' end as "dataDirectory",
      current_database() as "databaseName", current_user::text as role,
      (select rolreplication or rolsuper from pg_roles where rolname = current_user) as "canReplicate",
      (select system_identifier::text from pg_control_system()) as "systemIdentifier",
      last_archived_wal as "lastArchived", last_archived_time as "lastArchivedAt",
      last_failed_wal as "lastFailed", last_failed_time as "lastFailedAt"
    from pg_stat_archiver`);
  const [state] = rows;
  if (state === undefined) throw new CulpritError("INTERNAL_ERROR", "the server did not tell how it archives");
  return state;
}

/** Throws a CONFLICT that says what to set when the server does not archive its log, or when archiving fails at the moment. */
export function refuseUnarchived(state: ArchiveState, isEmbedded: boolean): void {
  const { archiveMode, archiveCommand, archiveLibrary, lastFailed, lastFailedAt, lastArchivedAt } = state;
  const isOn = archiveMode !== "off" && (archiveLibrary !== "" || !["", "(disabled)"].includes(archiveCommand));
  if (!isOn)
    throw new CulpritError(
      "CONFLICT",
      "The server does not archive its log (WAL), so a base backup would lead to no later moment. " +
        (isEmbedded
          ? "Switch it on: culprit db wal-archive DIR, then start Culprit again."
          : "Set in postgresql.conf: wal_level = replica, archive_mode = on, archive_command = 'test ! -f /ARCHIVE/%f && cp %p /ARCHIVE/%f', and restart PostgreSQL.") +
        " A copy of this moment alone needs nothing: culprit backup TO without --base.",
    );
  if (lastFailed !== null && (lastArchivedAt ?? new Date(0)) < (lastFailedAt ?? new Date(0)))
    throw new CulpritError(
      "CONFLICT",
      `The server can't archive its log: ${lastFailed} failed at ${lastFailedAt?.toISOString()}. Its own log says why; mend the archive, then run the command again.`,
    );
}
