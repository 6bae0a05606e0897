import type { MaintenanceView } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import { hintsOnMaintenance } from "./hints-on-maintenance.ts";

const LISTED_MAX = 200;

interface WindowRow {
  window_id: string;
  service: string | null;
  environment: string | null;
  starts_at: Date;
  ends_at: Date;
  reason: string;
  set_by: string;
}

export interface AnnouncedMaintenance {
  readonly projectId: string;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reason: string;
  readonly by: string;
}

/** Announces a time in which trouble is expected. The gate suppresses what begins in it, and takes up what goes on after it. With what its announcer should know. */
export async function announceMaintenance(scope: DatabaseScope, one: AnnouncedMaintenance): Promise<MaintenanceView> {
  const { rows } = await scope.transaction((tx) =>
    sql<WindowRow>`
      INSERT INTO maintenance_windows (window_id, project_id, service, environment, starts_at, ends_at, reason, set_by)
      VALUES (${newId()}, ${one.projectId}, ${one.service ?? null}, ${one.environment ?? null}, ${one.startsAt}, ${one.endsAt}, ${one.reason}, ${one.by})
      RETURNING *`.execute(tx),
  );
  const [row] = rows;
  if (row === undefined) throw new Error("the maintenance was not written");
  return { ...toView(row, one.startsAt), hints: [...(await hintsOnMaintenance(scope.db, one))] };
}

/** The newest maintenance of a project, what comes and stands first. */
export async function listMaintenance(
  db: Kysely<DB>,
  projectId: string,
  now: Date,
): Promise<readonly MaintenanceView[]> {
  const { rows } = await sql<WindowRow>`
    SELECT * FROM maintenance_windows WHERE project_id = ${projectId} ORDER BY ends_at DESC, window_id LIMIT ${LISTED_MAX}`.execute(
    db,
  );
  return rows.map((row) => toView(row, now));
}

/**
 * Ends a maintenance now; one that has not begun never does.
 * @throws CulpritError NOT_FOUND, or CONFLICT for one that is over.
 */
export async function endMaintenance(
  scope: DatabaseScope,
  { projectId, windowId, now }: { projectId: string; windowId: string; now: Date },
): Promise<MaintenanceView> {
  return scope.transaction(async (tx) => {
    const { rows } = await sql<WindowRow>`
      UPDATE maintenance_windows SET starts_at = least(starts_at, ${now}::timestamptz), ends_at = ${now}
      WHERE window_id = ${windowId} AND project_id = ${projectId} AND ends_at > ${now} RETURNING *`.execute(tx);
    const [row] = rows;
    if (row !== undefined) return toView(row, now);
    const { rows: over } = await sql`
      SELECT 1 FROM maintenance_windows WHERE window_id = ${windowId} AND project_id = ${projectId}`.execute(tx);
    const name = toPublicId("mnt", windowId);
    if (over.length > 0) throw new CulpritError("CONFLICT", `The maintenance ${name} is over already.`);
    throw new CulpritError("NOT_FOUND", `There is no maintenance ${name} that you can see.`);
  });
}

function toView(row: WindowRow, now: Date): MaintenanceView {
  return {
    id: toPublicId("mnt", row.window_id),
    service: row.service,
    environment: row.environment,
    starts_at: row.starts_at.toISOString(),
    ends_at: row.ends_at.toISOString(),
    reason: row.reason,
    set_by: row.set_by,
    is_standing: row.starts_at <= now && now < row.ends_at,
  };
}
