import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import type { Occurrence } from "./occurrence.ts";
import { servicePlaceOf } from "./service-place-of.ts";

/**
 * Gives incidents that no signal named a service for the one that a later signal names: an SDK often does not know it,
 * the span of the same request does.
 */
export async function nameServices(tx: Transaction<DB>, occurrences: readonly Occurrence[]): Promise<void> {
  const named = new Map<string, Occurrence>();
  for (const one of occurrences) {
    if (!one.incident.hasService && one.item.signal.service !== null && !named.has(one.incident.id))
      named.set(one.incident.id, one);
  }
  for (const [incidentId, { item }] of [...named].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { cluster_id, namespace } = servicePlaceOf(item.signal);
    await sql`
      WITH service AS (
        INSERT INTO services (service_id, project_id, cluster_id, namespace, service_name)
        VALUES (${newId()}, ${item.projectId}, ${cluster_id}, ${namespace}, ${item.signal.service})
        ON CONFLICT (project_id, cluster_id, namespace, service_name) DO UPDATE SET service_name = EXCLUDED.service_name
        RETURNING service_id
      )
      UPDATE incidents SET service_id = (SELECT service_id FROM service) WHERE id = ${incidentId} AND service_id IS NULL`.execute(
      tx,
    );
  }
}
