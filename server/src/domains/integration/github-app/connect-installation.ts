import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { createIntegration } from "../manage/create-integration.ts";
import type { Who } from "../who.ts";
import { integrationsOfInstallation } from "./installations.ts";

export interface InstallationToConnect {
  readonly projectId: string;
  readonly githubAppId: string;
  readonly installationId: number;
  readonly account: string;
  readonly repositories: readonly string[];
  /** Of an Enterprise server; null for github.com. */
  readonly baseUrl: string | null;
}

/**
 * Makes an installation of an app an integration of a project; where it is one already, its repositories are brought up to
 * date. @returns the integration's id.
 * @throws CulpritError FORBIDDEN where projects have it that `scope` does not see: the number of an installation is no proof
 * that it is somebody's own.
 */
export async function connectInstallation(
  services: IntegrationServices,
  scope: DatabaseScope,
  who: Who,
  request: InstallationToConnect,
): Promise<string> {
  const { projectId, githubAppId, installationId, account, repositories, baseUrl } = request;
  const known = await integrationsOfInstallation(services.database, request);
  const visible = await integrationsOfInstallation(scope, request);
  if (known.length > 0 && visible.length === 0) {
    throw new CulpritError(
      "FORBIDDEN",
      `The installation on ${account} belongs to a project that you can't see. Ask who set it up to share the project with you.`,
    );
  }
  const own = visible.find((one) => one.projectId === projectId);
  if (own !== undefined) {
    await sql`UPDATE integrations SET config = jsonb_set(config, '{repositories}', ${JSON.stringify(repositories)}::jsonb)
      WHERE id = ${own.id}`.execute(scope.db);
    return own.id;
  }
  const create = (name: string) =>
    createIntegration(services, scope, who, {
      projectId,
      type: "github",
      name,
      config: {
        github_app_id: githubAppId,
        installation_id: installationId,
        repositories,
        ...(baseUrl === null ? {} : { base_url: baseUrl }),
      },
      credentials: {},
    });
  try {
    return await create(`GitHub ${account}`);
  } catch (error) {
    if (!(error instanceof CulpritError) || error.code !== "CONFLICT") throw error;
    return create(`GitHub ${account} ${installationId}`);
  }
}
