import { sql } from "kysely";
import { diffSchemas, type SchemaObjects } from "../../../analysis/change/schema-diff.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { insertConfigChange } from "../record-config-change.ts";

export interface WatchedSchema {
  readonly projectId: string;
  /** The database, as the project calls it. */
  readonly target: string;
  readonly environment: string;
  readonly service: string | null;
  readonly objects: SchemaObjects;
  readonly readAt: Date;
}

/**
 * Compares a schema with how it was last seen, and records what differs as config changes of the source `db_schema`, one for each table.
 * The first look records nothing. Two looks at once wait for each other. @returns the tables that differ.
 */
export async function watchSchema(database: DatabaseScope, seen: WatchedSchema): Promise<readonly string[]> {
  const { projectId, target, environment, service, objects, readAt } = seen;
  return database.transaction(async (tx) => {
    await sql`
      INSERT INTO schema_snapshots (project_id, target, taken_at, objects) VALUES (${projectId}, ${target}, ${readAt}, 'null')
      ON CONFLICT (project_id, target) DO NOTHING`.execute(tx);
    const { rows } = await sql<{ objects: SchemaObjects | null }>`
      SELECT objects FROM schema_snapshots WHERE project_id = ${projectId} AND target = ${target} FOR UPDATE`.execute(
      tx,
    );
    const before = rows[0]?.objects ?? null;
    await sql`
      UPDATE schema_snapshots SET objects = ${JSON.stringify(objects)}::jsonb, taken_at = ${readAt}
      WHERE project_id = ${projectId} AND target = ${target}`.execute(tx);
    if (before === null) return [];
    const changed = diffSchemas(before, objects);
    for (const { table, changes } of changed) {
      const input = {
        ...({ source: "db_schema", change_kind: "db_schema_alter" } as const),
        ...{ resource_name: `${target}: ${table}`.slice(0, 255), environment, changes: [...changes] },
        ...{ detected_at: readAt.toISOString(), ...(service === null ? {} : { service }) },
      };
      await insertConfigChange(tx, { projectId, input });
    }
    return changed.map(({ table }) => table);
  });
}
