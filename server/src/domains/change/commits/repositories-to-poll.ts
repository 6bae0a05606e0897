import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";

const PROJECTS_MAX = 500;
/** A repository that could not be read is left alone for so long. */
const BROKEN_AFTER = "1 hour";

/** Projects, longest waiting first, with a repository that was last looked at before `olderThan`. */
export async function repositoriesToPoll(database: DatabaseScope, olderThan: Date): Promise<string[]> {
  const { rows } = await sql<{ project_id: string }>`
    SELECT r.project_id FROM repositories r JOIN projects p ON p.id = r.project_id
    WHERE p.deleted_at IS NULL AND (r.last_fetched_at IS NULL OR r.last_fetched_at < ${olderThan})
      AND (r.last_error IS NULL OR r.updated_at < now() - ${BROKEN_AFTER}::interval)
    GROUP BY r.project_id ORDER BY min(r.last_fetched_at) NULLS FIRST, r.project_id LIMIT ${PROJECTS_MAX}`.execute(
    database.db,
  );
  return rows.map((row) => row.project_id);
}
