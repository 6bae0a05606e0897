import { type Kysely, sql } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../../platform/ids/ids.ts";
import type { Retrieval } from "../retrieval-port.ts";

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly title: string;
  readonly error_type: string | null;
  readonly error_message: string;
  readonly environment: string;
  readonly window_start: Date;
  readonly resolved_at: Date | null;
  readonly verdict_summary: string | null;
  readonly resolution_summary: string | null;
  readonly service_key: string | null;
  readonly hypotheses: readonly string[] | null;
}

/**
 * Makes what became of an incident searchable (`incident_summaries`): what failed, where, what was found, how it ended. One point an
 * incident, under the incident's own id. Idempotent; nothing for one that is not diagnosed.
 */
export async function indexIncident(
  { db, retrieval }: { readonly db: Kysely<DB>; readonly retrieval: Retrieval },
  incidentId: string,
): Promise<void> {
  const { rows } = await sql<Row>`
    SELECT i.id, i.project_id, i.title, i.error_type, i.error_message, i.environment, i.window_start, i.resolved_at, i.verdict_summary, i.resolution_summary,
      s.cluster_id || '/' || s.namespace || '/' || s.service_name AS service_key,
      (SELECT array_agg(h.title ORDER BY h.rank) FROM incident_hypotheses h WHERE h.incident_id = i.id AND h.rank <= 3) AS hypotheses
    FROM incidents i LEFT JOIN services s ON s.service_id = i.service_id
    WHERE i.id = ${incidentId} AND i.status IN ('diagnosed', 'pr_created', 'resolved')`.execute(db);
  const [row] = rows;
  if (row === undefined) return;
  const told = [
    row.title,
    row.error_type,
    row.error_message.slice(0, 2_000),
    `${row.service_key ?? ""} ${row.environment}`.trim(),
    row.verdict_summary,
    ...(row.hypotheses ?? []),
    row.resolution_summary,
  ];
  await retrieval.upsert([
    {
      ...{ id: row.id, projectId: row.project_id, collection: "incident_summaries" },
      content: [...new Set(told.filter((line) => line !== null && line !== ""))].join("\n"),
      payload: {
        ...{ incident_id: toPublicId("inc", row.id), service_key: row.service_key },
        ...{ started_at: row.window_start.toISOString(), resolved_at: row.resolved_at?.toISOString() ?? null },
      },
    },
  ]);
}
