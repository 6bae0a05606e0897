import { type ChangeDeps, type RegisteredRepository, registerRepository } from "../domains/change/index.ts";
import { isWorkflowFile, startManually } from "../domains/workflow/index.ts";
import type { Queue } from "../platform/queue/queue.ts";

/**
 * Registers a repository and, where it keeps workflows, starts the execution that reads them. Otherwise as `registerRepository`.
 * @throws CulpritError as `registerRepository`.
 */
export async function registerWithWorkflows(
  deps: ChangeDeps & { readonly queue: Queue },
  request: { readonly projectId: string; readonly url: string },
): Promise<RegisteredRepository> {
  const repository = await registerRepository(deps, request);
  const git = await deps.git.open({ id: repository.repositoryId, url: request.url });
  const commit = await git.resolveCommit(repository.defaultBranch ?? "HEAD");
  if (commit !== null && (await git.listFiles(commit)).some(isWorkflowFile)) {
    const { projectId } = request;
    const workflow = { name: "sync-workflows" };
    await startManually(deps.database, deps.queue, {
      projectId,
      workflow,
      inputs: {},
      incidentId: null,
      by: "registration",
    });
  }
  return repository;
}
