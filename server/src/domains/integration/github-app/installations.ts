import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";

export interface InstalledIntegration {
  readonly id: string;
  readonly projectId: string;
  readonly repositories: readonly string[];
}

/** The integrations that stand for an installation of an app: one for each project that took it. */
export async function integrationsOfInstallation(
  { db }: DatabaseScope,
  of: { readonly githubAppId: string; readonly installationId: number },
): Promise<readonly InstalledIntegration[]> {
  const { rows } = await sql<{ id: string; project_id: string; repositories: readonly string[] | null }>`
    SELECT id, project_id, config->'repositories' AS repositories FROM integrations
    WHERE type = 'github' AND enabled AND config->>'github_app_id' = ${of.githubAppId}
      AND config->>'installation_id' = ${String(of.installationId)} ORDER BY id`.execute(db);
  return rows.map((row) => ({ id: row.id, projectId: row.project_id, repositories: row.repositories ?? [] }));
}

/** Takes repositories that an installation gained or lost into the settings of its integrations. One that names none hears all. */
export async function changeRepositories(
  { transaction }: DatabaseScope,
  integrationId: string,
  change: { readonly added: readonly string[]; readonly removed: readonly string[] },
): Promise<void> {
  await transaction(async (tx) => {
    const { rows } = await sql<{ repositories: readonly string[] | null }>`
      SELECT config->'repositories' AS repositories FROM integrations WHERE id = ${integrationId} FOR UPDATE`.execute(
      tx,
    );
    const now = rows[0]?.repositories ?? [];
    if (now.length === 0) return;
    const next = [...new Set([...now, ...change.added])].filter((one) => !change.removed.includes(one));
    // The last one is kept: an empty list would mean all of them.
    if (next.length === 0 || next.join() === now.join()) return;
    await sql`UPDATE integrations SET config = jsonb_set(config, '{repositories}', ${JSON.stringify(next)}::jsonb)
      WHERE id = ${integrationId}`.execute(tx);
  });
}

/** Switches the integrations of an installation that is gone off, with the reason. */
export async function endInstallation({ db }: DatabaseScope, integrationIds: readonly string[], reason: string) {
  if (integrationIds.length === 0) return;
  await sql`UPDATE integrations SET health_status = 'unhealthy', health_reason = ${reason}
    WHERE id IN (${sql.join(integrationIds)})`.execute(db);
}
