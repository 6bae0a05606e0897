import { z } from "zod";
import type { ActionContext } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";

/** The input by which an action is told another incident than the one that its execution is about. */
export const incidentIdInput = z
  .string()
  .optional()
  .describe("The incident, inc_…; the one that the execution is about unless told.");

/** The key of the incident that an action is about. @throws CulpritError INVALID_REQUEST when there is none. */
export function incidentOf(ctx: ActionContext, named: string | undefined): string {
  if (named !== undefined) return fromPublicId("inc", named);
  if (ctx.incidentId !== null) return ctx.incidentId;
  throw new CulpritError(
    "INVALID_REQUEST",
    "This execution is about no incident. Start it by an event of an incident, or give incident_id.",
    { details: { field: "incident_id" } },
  );
}
