import type { Service, ServiceList } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { serviceKeyOf } from "../../../analysis/change/service-identity.ts";
import { formatCursor, parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

export interface ServiceFilter {
  /** Null: every project that the scope's tenant may see. */
  readonly projectId: string | null;
  readonly name?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface ServiceRow {
  service_id: string;
  cluster_id: string;
  namespace: string;
  service_name: string;
  paths: string[];
  running: Service["running"];
}

/** One page of services by name, each with what runs of it now. @throws CulpritError INVALID_REQUEST for a foreign cursor. */
export async function listServices(db: Kysely<DB>, filter: ServiceFilter): Promise<ServiceList> {
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor, 2);
  const { rows } = await sql<ServiceRow>`
    SELECT s.service_id, s.cluster_id, s.namespace, s.service_name,
      coalesce((SELECT array_agg(p.pattern ORDER BY p.pattern) FROM service_paths p WHERE p.service_id = s.service_id), '{}') AS paths,
      coalesce((SELECT jsonb_agg(jsonb_build_object('environment', r.environment, 'commit_sha', r.commit_sha, 'release', r.release,
          'since', to_char(r.from_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'mapping_confidence', r.mapping_confidence, 'mapping_source', r.mapping_source) ORDER BY r.environment)
        FROM service_revisions r WHERE r.service_id = s.service_id AND r.to_at IS NULL), '[]') AS running
    FROM services s
    WHERE (${filter.projectId}::uuid IS NULL OR s.project_id = ${filter.projectId}) AND (${filter.name ?? null}::text IS NULL OR s.service_name = ${filter.name ?? null})
      AND (${after?.[0] ?? null}::text IS NULL OR (s.service_name, s.service_id) > (${after?.[0] ?? null}, ${after?.[1] ?? null}::uuid))
    ORDER BY s.service_name, s.service_id LIMIT ${filter.limit + 1}`.execute(db);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => ({
      id: toPublicId("svc", row.service_id),
      key: serviceKeyOf(row.cluster_id, row.namespace, row.service_name),
      name: row.service_name,
      paths: row.paths,
      running: row.running,
    })),
    next_cursor:
      rows.length > filter.limit && last !== undefined ? formatCursor([last.service_name, last.service_id]) : null,
  };
}
