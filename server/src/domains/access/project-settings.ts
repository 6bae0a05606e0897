import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../platform/ids/ids.ts";

/** What can be said for a project beyond the defaults, each off unless set. */
export const projectSettings = {
  allowUnisolatedProof: "Run proofs even where this machine offers no isolation.",
  allowInstallNetwork: "Let the installation of dependencies for a proof use the network.",
  forbidModel: "Keep its failures and its code from the language model of autopsies.",
} as const;
export type ProjectSetting = keyof typeof projectSettings;

/**
 * Sets one setting of a project, named by its id or its name. @returns all its settings.
 * @throws CulpritError NOT_FOUND for an unknown project.
 */
export async function setProjectSetting(
  db: Kysely<DB>,
  request: { readonly project: string; readonly setting: ProjectSetting; readonly value: boolean },
): Promise<Record<string, unknown>> {
  const { project, setting, value } = request;
  const id = project.startsWith("proj_") ? fromPublicId("proj", project) : null;
  const { rows } = await sql<{ settings: Record<string, unknown> }>`
    UPDATE projects SET settings = settings || ${JSON.stringify({ [setting]: value })}::jsonb
    WHERE deleted_at IS NULL AND (id = ${id}::uuid OR name = ${project}) RETURNING settings`.execute(db);
  const row = rows[0];
  if (row === undefined)
    throw new CulpritError(
      "NOT_FOUND",
      `There is no project ${JSON.stringify(project)}. culprit project list names them.`,
    );
  return row.settings;
}
