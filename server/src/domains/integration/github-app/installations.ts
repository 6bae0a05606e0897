import { type Kysely, sql } from "kysely";
import { audit } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { clearOwnFault } from "../../incident/index.ts";
import { emitEvent } from "../../workflow/index.ts";
import type { IntegrationServices } from "../integration-services.ts";

export interface InstalledIntegration {
  readonly id: string;
  readonly projectId: string;
  readonly repositories: readonly string[];
  readonly isEnabled: boolean;
}
interface InstallationOfApp {
  readonly githubAppId: string;
  readonly installationId: number;
}

/** Writes down that an installation is a project's. `db` is the engine's: no tenant may write it. */
export async function bindInstallation(
  db: Kysely<DB>,
  { githubAppId, installationId, projectId }: InstallationOfApp & { readonly projectId: string },
  by: string,
): Promise<void> {
  await sql`
    INSERT INTO github_installations (github_app_id, installation_id, project_id, created_by)
    VALUES (${githubAppId}, ${installationId}, ${projectId}, ${by}) ON CONFLICT DO NOTHING`.execute(db);
}

/** The projects that have an installation, as the set-up wrote it down; also those that switched it off or took it out. */
export async function projectsOfInstallation({ db }: DatabaseScope, of: InstallationOfApp): Promise<readonly string[]> {
  const { rows } = await sql<{ project_id: string }>`
    SELECT project_id FROM github_installations
    WHERE github_app_id = ${of.githubAppId} AND installation_id = ${of.installationId} ORDER BY project_id`.execute(db);
  return rows.map((row) => row.project_id);
}

/** The integrations that stand for an installation of an app: of the projects that have it, switched off or not. */
export async function integrationsOfInstallation(
  { db }: DatabaseScope,
  of: InstallationOfApp,
): Promise<readonly InstalledIntegration[]> {
  const { rows } = await sql<{
    id: string;
    project_id: string;
    repositories: readonly string[] | null;
    enabled: boolean;
  }>`
    SELECT i.id, i.project_id, i.config->'repositories' AS repositories, i.enabled FROM integrations i
    JOIN github_installations b ON b.project_id = i.project_id AND b.github_app_id = ${of.githubAppId}
      AND b.installation_id = ${of.installationId}
    WHERE i.type = 'github' AND i.config->>'github_app_id' = ${of.githubAppId}
      AND i.config->>'installation_id' = ${String(of.installationId)} ORDER BY i.id`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    projectId: row.project_id,
    repositories: row.repositories ?? [],
    isEnabled: row.enabled,
  }));
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

/**
 * Switches the integrations of an installation that is gone off, and tells of it once: nothing checks an integration that is
 * off, so no fault is left open that nobody would ever clear.
 */
export async function endInstallation(
  services: IntegrationServices,
  integrationIds: readonly string[],
  reason: string,
): Promise<void> {
  for (const id of integrationIds) {
    const publicId = toPublicId("int", id);
    const ended = await services.database.transaction(async (tx) => {
      const { rows } = await sql<{ project_id: string; name: string; type: string; was: string }>`
        WITH was AS (SELECT id, health_status FROM integrations WHERE id = ${id} AND enabled FOR UPDATE)
        UPDATE integrations i SET enabled = false, health_status = 'unhealthy', health_reason = ${reason}
        FROM was WHERE i.id = was.id RETURNING i.project_id, i.name, i.type, was.health_status AS was`.execute(tx);
      const row = rows[0];
      if (row === undefined) return null;
      const { project_id: projectId, name, type, was } = row;
      await audit(
        tx,
        { type: "integration", id: publicId, name: "GitHub" },
        {
          projectId,
          action: "integration.changed",
          targetType: "integration",
          targetId: publicId,
          details: { changed: ["isEnabled"], name, isEnabled: false, reason },
        },
      );
      await emitEvent(tx, {
        projectId,
        type: "integration.unhealthy",
        subject: `integration:${publicId}`,
        payload: { integration: { id: publicId, name, type }, reason, was },
      });
      return projectId;
    });
    if (ended !== null)
      await clearOwnFault(services, { projectId: ended, kind: "integration_unhealthy", fingerprint: publicId });
  }
}

/** Makes the checks of the integrations due, because GitHub said that an installation is suspended or back. */
export async function checkInstallationSoon({ db }: DatabaseScope, integrationIds: readonly string[]): Promise<void> {
  if (integrationIds.length === 0) return;
  await sql`UPDATE integrations SET last_health_check = NULL WHERE id IN (${sql.join(integrationIds)})`.execute(db);
}
