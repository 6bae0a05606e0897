import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** Whether a project lets a model read its failures and code. */
export async function mayAsk(db: Kysely<DB>, projectId: string): Promise<boolean> {
  const { rows } = await sql<{ forbidden: boolean }>`
    SELECT (settings ->> 'forbidModel' = 'true') IS TRUE AS forbidden FROM projects WHERE id = ${projectId}`.execute(
    db,
  );
  return rows[0]?.forbidden === false;
}
