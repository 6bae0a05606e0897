import { type Kysely, sql } from "kysely";
import { serviceKeyOf } from "../../../analysis/change/service-identity.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";

const KEYS_MAX = 10_000;

/** The keys of a project's services, by name; with `ending`, those whose last parts it is, such as `shop/cart`. */
export async function serviceKeys(db: Kysely<DB>, projectId: string, ending?: string): Promise<readonly string[]> {
  const tail = ending === undefined ? null : `/${ending}`;
  const { rows } = await sql<{ cluster_id: string; namespace: string; service_name: string }>`
    SELECT cluster_id, namespace, service_name FROM services WHERE project_id = ${projectId}
      ${tail === null ? sql`` : sql`AND right('/' || namespace || '/' || service_name, char_length(${tail})) = ${tail}`}
    ORDER BY service_name, cluster_id, namespace LIMIT ${KEYS_MAX}`.execute(db);
  return rows.map((row) => serviceKeyOf(row.cluster_id, row.namespace, row.service_name));
}
