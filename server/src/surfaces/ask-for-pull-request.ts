import { loadPullRequests } from "../domains/repair/index.ts";
import { startManually } from "../domains/workflow/index.ts";
import type { DatabaseScope } from "../platform/db/open-database.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import type { Queue } from "../platform/queue/queue.ts";

/**
 * Starts the workflow that opens a pull request for an incident. @returns the execution's id.
 * @throws CulpritError CONFLICT where there is nothing to open, with the reason.
 */
export async function askForPullRequest(
  scope: DatabaseScope,
  queue: Queue,
  asked: { readonly id: string; readonly projectId: string; readonly by: string },
): Promise<string> {
  const { blocked } = await loadPullRequests(scope.db, asked.id);
  if (blocked !== null) throw new CulpritError("CONFLICT", `No pull request can be opened: ${blocked}`);
  return startManually(scope, queue, {
    projectId: asked.projectId,
    workflow: { name: "open-pull-request" },
    inputs: { asked_by: asked.by },
    incidentId: asked.id,
    by: asked.by,
  });
}
