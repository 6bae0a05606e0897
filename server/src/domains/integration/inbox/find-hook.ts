import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import type { IntegrationServices } from "../integration-services.ts";
import type { IntegrationType } from "../provider-port.ts";

/**
 * The addresses of a project's integrations of one type, oldest first, for callers that name the project and not the address.
 * @throws CulpritError INVALID_REQUEST where no project is named, NOT_FOUND where it has no such integration.
 */
export async function findHooks(
  { database }: Pick<IntegrationServices, "database">,
  { type, project }: { readonly type: IntegrationType; readonly project: string | undefined },
): Promise<readonly string[]> {
  if (project === undefined || project === "")
    throw new CulpritError(
      "INVALID_REQUEST",
      `Say whose deployment this is: add ?project=proj_… to the address, or send to the address that the page Integrations shows for ${type}.`,
      { details: { field: "project" } },
    );
  const projectId = fromPublicId("proj", project);
  const { rows } = await sql<{ token: string }>`
    SELECT webhook_token AS token FROM integrations WHERE project_id = ${projectId} AND type = ${type} AND enabled AND webhook_token IS NOT NULL
    ORDER BY created_at, id LIMIT 10`.execute(database.db);
  if (rows.length > 0) return rows.map(({ token }) => token);
  throw new CulpritError(
    "NOT_FOUND",
    `The project has no integration of the type ${type} that takes webhooks. Add one on the page Integrations.`,
  );
}
