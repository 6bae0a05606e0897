import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../platform/ids/ids.ts";

/** What can be said for a project beyond the defaults, each off unless set. */
export const projectSettings = {
  allowUnisolatedProof: "Run proofs even where this machine offers no isolation.",
  allowInstallNetwork: "Let the installation of dependencies for a proof use the network.",
  forbidModel: "Keep its failures and its code from the language model of autopsies.",
  draftWithAgent: "Let the command-line agent that is set up draft a patch where no rule's is proven.",
} as const;
/** What else a project may set, each a whole number above 0. */
export const projectNumbers = {
  patchFilesMax: "How many files a drafted patch may change (10).",
  patchLinesMax: "How many lines a drafted patch may add and remove together (200).",
} as const;
export type ProjectSetting = keyof typeof projectSettings | keyof typeof projectNumbers;

/**
 * Sets one setting of a project, named by its id or its name. @returns all its settings.
 * @throws CulpritError NOT_FOUND for an unknown project.
 */
export async function setProjectSetting(
  db: Kysely<DB>,
  request: { readonly project: string; readonly setting: ProjectSetting; readonly value: boolean | number },
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
