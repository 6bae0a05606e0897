import { z } from "zod";
import { findIncident } from "../../../domains/incident/index.ts";
import type { ActionContext } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import type { ActionServices } from "../action-services.ts";

/** The input by which an action is told another incident than the one that its execution is about. */
export const incidentIdInput = z
  .string()
  .optional()
  .describe("The incident of the same project, inc_…; the one that the execution is about unless told.");

/**
 * The key of the incident that an action is about. Actions work with the engine's rights, so this is what keeps a workflow
 * away from other projects' incidents.
 * @throws CulpritError INVALID_REQUEST when there is none, NOT_FOUND when it is no incident of the execution's project.
 */
export async function incidentOf(
  ctx: Pick<ActionContext, "incidentId" | "projectId">,
  { database }: Pick<ActionServices, "database">,
  named: string | undefined,
): Promise<string> {
  const id = named === undefined ? ctx.incidentId : fromPublicId("inc", named);
  if (id !== null) return (await findIncident(database.db, id, ctx.projectId)).id;
  throw new CulpritError(
    "INVALID_REQUEST",
    "This execution is about no incident. Start it by an event of an incident, or give incident_id.",
    { details: { field: "incident_id" } },
  );
}
