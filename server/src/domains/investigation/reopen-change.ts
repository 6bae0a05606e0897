import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { fromPublicId } from "../../platform/ids/ids.ts";

/**
 * The deployment or other change that a reference names (`deployment:dep_…`, `config_change:cfg_…`), as it stands now, a line for each fact.
 * @returns null where it is no change of the project that the caller may see, or retention took it.
 */
export async function reopenChange(db: Kysely<DB>, projectId: string, ref: string): Promise<string | null> {
  const [kind, name = ""] = ref.split(":", 2);
  const facts = kind === "deployment" ? await deployment(db, projectId, name) : await configChange(db, projectId, name);
  if (facts === null) return null;
  return Object.entries(facts)
    .flatMap(([what, value]) =>
      value === null || value === "" ? [] : [`${what}: ${value instanceof Date ? value.toISOString() : String(value)}`],
    )
    .join("\n");
}

type Facts = Readonly<Record<string, string | Date | null>>;

async function deployment(db: Kysely<DB>, projectId: string, name: string): Promise<Facts | null> {
  const { rows } = await sql<Facts>`
    SELECT s.service_name AS service, d.environment, d.started_at AS "began to run", d.finished_at AS finished, d.release, d.commit_sha AS commit,
      d.image_ref AS image, d.deploy_type AS "deployed by", d.deployment_id AS "id at the platform",
      CASE d.origin WHEN 'observed' THEN 'seen in telemetry; nobody reported it' ELSE 'reported' END AS known
    FROM deployment_events d LEFT JOIN services s USING (service_id)
    WHERE d.deployment_event_id = ${fromPublicId("dep", name)} AND d.project_id = ${projectId}`.execute(db);
  return rows[0] ?? null;
}

async function configChange(db: Kysely<DB>, projectId: string, name: string): Promise<Facts | null> {
  const { rows } = await sql<Facts>`
    SELECT c.resource_name AS changed, s.service_name AS service, c.environment, c.detected_at AS at, c.source, c.change_kind AS kind, c.actor AS by,
      (SELECT string_agg(f ->> 'field', ', ') FROM jsonb_array_elements(coalesce(c.diff_payload -> 'changes', '[]')) f) AS fields
    FROM config_change_events c LEFT JOIN services s USING (service_id)
    WHERE c.config_change_id = ${fromPublicId("cfg", name)} AND c.project_id = ${projectId}`.execute(db);
  return rows[0] ?? null;
}
