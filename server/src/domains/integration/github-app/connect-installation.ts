import { sql } from "kysely";
import type { Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { insertIntegration } from "../manage/create-integration.ts";
import { bindInstallation, integrationsOfInstallation, projectsOfInstallation } from "./installations.ts";

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
 * Whether an installation is already of a project that `scope` sees: then there is nothing more to prove.
 * @throws CulpritError FORBIDDEN where projects have it that `scope` does not see.
 */
export async function refuseForeignInstallation(
  services: Pick<IntegrationServices, "database">,
  scope: DatabaseScope,
  installation: { readonly githubAppId: string; readonly installationId: number },
): Promise<{ readonly isKnown: boolean }> {
  const known = await projectsOfInstallation(services.database, installation);
  const visible = await projectsOfInstallation(scope, installation);
  if (known.length > 0 && visible.length === 0) {
    throw new CulpritError(
      "FORBIDDEN",
      "This installation belongs to a project that you can't see. Ask who set it up to share the project with you.",
    );
  }
  return { isKnown: visible.length > 0 };
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
  await refuseForeignInstallation(services, scope, request);
  const { rows: seen } = await sql`SELECT 1 FROM projects WHERE id = ${projectId}`.execute(scope.db);
  if (seen.length === 0) throw new CulpritError("NOT_FOUND", "There is no such project that you can see.");
  const own = (await integrationsOfInstallation(scope, request)).find((one) => one.projectId === projectId);
  if (own !== undefined) {
    await sql`UPDATE integrations SET config = jsonb_set(config, '{repositories}', ${JSON.stringify(repositories)}::jsonb)
      WHERE id = ${own.id}`.execute(scope.db);
    return own.id;
  }
  const create = (name: string) =>
    // As the engine, because the binding is what no tenant may write; that the project is visible was asked above.
    insertIntegration(
      services,
      services.database,
      who,
      {
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
      },
      (tx) => bindInstallation(tx, request, who.name),
    );
  try {
    return await create(`GitHub ${account}`);
  } catch (error) {
    if (!(error instanceof CulpritError) || error.code !== "CONFLICT") throw error;
    return create(`GitHub ${account} ${installationId}`);
  }
}
