import { loadPullRequests } from "../domains/repair/index.ts";
import { startManually } from "../domains/workflow/index.ts";
import type { DatabaseScope } from "../platform/db/open-database.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import type { Queue } from "../platform/queue/queue.ts";

/**
 * Starts the workflow that opens a pull request for an incident. @returns the execution's id.
 * `outdated` says that a patch of an earlier conclusion is meant.
 * @throws CulpritError CONFLICT where there is nothing to open, or that is not said, with the reason.
 */
export async function askForPullRequest(
  scope: DatabaseScope,
  queue: Queue,
  asked: { readonly id: string; readonly projectId: string; readonly by: string; readonly outdated: boolean },
): Promise<string> {
  const { blocked, outdated_reason: outdated } = await loadPullRequests(scope.db, asked.id);
  if (blocked !== null) throw new CulpritError("CONFLICT", `No pull request can be opened: ${blocked}`);
  if (outdated !== null && !asked.outdated)
    throw new CulpritError(
      "CONFLICT",
      `The patch is not of what the report says now. ${outdated} To open it all the same, say so: culprit pr INCIDENT --outdated, or { "outdated": true } to the API.`,
    );
  return startManually(scope, queue, {
    projectId: asked.projectId,
    workflow: { name: "open-pull-request" },
    inputs: { asked_by: asked.by },
    incidentId: asked.id,
    by: asked.by,
  });
}
