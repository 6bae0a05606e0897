import { houseProject } from "../../../domains/access/index.ts";
import type { ActionContext } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { ActionServices } from "../action-services.ts";

/**
 * Lets an action go on in the house project only: what belongs to the installation concerns all projects, so no workflow
 * of one of them may set it going.
 * @throws CulpritError FORBIDDEN elsewhere.
 */
export async function houseOnly(ctx: ActionContext, { database }: Pick<ActionServices, "database">): Promise<void> {
  if (ctx.projectId === (await houseProject(database.db))) return;
  throw new CulpritError(
    "FORBIDDEN",
    "This action concerns the whole installation: only Culprit's own upkeep runs it. By hand: culprit db --help, culprit backup.",
  );
}
