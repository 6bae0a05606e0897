import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";

/** The id of a project's service, made when it is new: `default/<environment>/<name>` where no cluster is told. */
export async function upsertService(
  tx: Transaction<DB>,
  service: {
    readonly projectId: string;
    readonly environment: string;
    readonly name: string;
    readonly cluster?: string | undefined;
    readonly namespace?: string | undefined;
  },
): Promise<string> {
  const { rows } = await sql<{ service_id: string }>`
    INSERT INTO services (service_id, project_id, cluster_id, namespace, service_name)
    VALUES (${newId()}, ${service.projectId}, ${service.cluster ?? "default"}, ${service.namespace ?? service.environment}, ${service.name})
    ON CONFLICT (project_id, cluster_id, namespace, service_name) DO UPDATE SET service_name = EXCLUDED.service_name RETURNING service_id`.execute(
    tx,
  );
  return rows[0]?.service_id ?? "";
}
