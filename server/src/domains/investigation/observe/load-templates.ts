import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** A log template, as it reads now. */
export interface StoredTemplate {
  readonly template: string;
  readonly severity: string | null;
  readonly example: string;
  readonly firstAt: Date;
}

/** Log templates of services, by `serviceKey` and template id with a line break between them. */
export async function loadTemplates(
  db: Kysely<DB>,
  at: { readonly projectId: string; readonly environment: string; readonly serviceKeys: readonly string[] },
): Promise<ReadonlyMap<string, StoredTemplate>> {
  const { rows } = await sql<StoredTemplate & { serviceKey: string; templateId: string }>`
    SELECT service_key AS "serviceKey", template_id AS "templateId", template, severity, example, first_at AS "firstAt" FROM log_templates
    WHERE project_id = ${at.projectId} AND environment = ${at.environment} AND service_key = ANY(${at.serviceKeys}::text[])
    ORDER BY first_at DESC LIMIT 5000`.execute(db);
  return new Map(rows.map(({ serviceKey, templateId, ...rest }) => [`${serviceKey}\n${templateId}`, rest]));
}
