import { type ChangeDeps, type RegisteredRepository, registerRepository } from "../domains/change/index.ts";
import { isWorkflowFile, startManually } from "../domains/workflow/index.ts";
import type { Queue } from "../platform/queue/queue.ts";

/**
 * Registers a repository and starts the executions that read its commits and, where it keeps any, its workflows. Otherwise as
 * `registerRepository`.
 * @throws CulpritError as `registerRepository`.
 */
export async function registerWithWorkflows(
  deps: ChangeDeps & { readonly queue: Queue },
  request: { readonly projectId: string; readonly url: string },
): Promise<RegisteredRepository> {
  const repository = await registerRepository(deps, request);
  const git = await deps.git.open({ id: repository.repositoryId, url: request.url });
  const commit = await git.resolveCommit(repository.defaultBranch ?? "HEAD");
  const keepsWorkflows = commit !== null && (await git.listFiles(commit)).some(isWorkflowFile);
  for (const name of keepsWorkflows ? ["read-commits", "sync-workflows"] : ["read-commits"]) {
    await startManually(deps.database, deps.queue, {
      projectId: request.projectId,
      workflow: { name },
      inputs: {},
      incidentId: null,
      by: "registration",
    });
  }
  return repository;
}
