import { sql } from "kysely";
import type { StoredTemplate } from "../../../analysis/templates/restore-templates.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import type { TemplateNews, TemplatePlace } from "./log-templates.ts";

/** Stores templates of log lines, or what they read now; idempotent. Opens a transaction. */
export async function storeTemplates(database: Database, news: readonly TemplateNews[]): Promise<void> {
  const sorted = [...news].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await database.transaction(async (tx) => {
    await sql`
      INSERT INTO log_templates (project_id, service_key, environment, template_id, template, severity, example, first_at)
      SELECT n.project_id, n.service_key, n.environment, n.template_id, n.template, n.severity, n.example, n.first_at
      FROM unnest(${sorted.map(({ projectId }) => projectId)}::uuid[], ${sorted.map(({ serviceKey }) => serviceKey)}::text[],
        ${sorted.map(({ environment }) => environment)}::text[], ${sorted.map(({ templateId }) => templateId)}::text[],
        ${sorted.map(({ template }) => template)}::text[], ${sorted.map(({ severity }) => severity)}::text[],
        ${sorted.map(({ example }) => example)}::text[], ${sorted.map(({ atMs }) => new Date(atMs))}::timestamptz[])
        AS n(project_id, service_key, environment, template_id, template, severity, example, first_at)
      JOIN projects p ON p.id = n.project_id
      ON CONFLICT (project_id, service_key, environment, template_id)
        DO UPDATE SET template = EXCLUDED.template, first_at = least(log_templates.first_at, EXCLUDED.first_at)`.execute(
      tx,
    );
  });
}

/** The newest templates that are stored of a service, `most` of them. */
export async function loadTemplates(
  database: Pick<Database, "db">,
  { projectId, serviceKey, environment }: TemplatePlace,
  most: number,
): Promise<readonly StoredTemplate[]> {
  const { rows } = await sql<StoredTemplate>`
    SELECT template_id AS id, template, example FROM log_templates
    WHERE project_id = ${projectId} AND service_key = ${serviceKey} AND environment = ${environment}
    ORDER BY first_at DESC, template_id LIMIT ${most}`.execute(database.db);
  return rows;
}

function keyOf({ projectId, serviceKey, environment, templateId }: TemplateNews): string {
  return `${projectId} ${serviceKey} ${environment} ${templateId}`;
}
