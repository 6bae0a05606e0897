import { openProjectRepository } from "../../../domains/change/index.ts";
import type { Forge } from "../../../domains/integration/index.ts";
import { isWorkflowFile, type RepositoryFiles, WORKFLOW_FOLDER } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { ActionServices } from "../action-services.ts";

type Sources = Pick<ActionServices, "database" | "git" | "openForge">;

/** The forge of a project; null where none is connected. */
export async function forgeIfAny(
  { openForge }: Pick<ActionServices, "openForge">,
  projectId: string,
): Promise<Forge | null> {
  try {
    return await openForge(projectId);
  } catch (error) {
    if (error instanceof CulpritError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

/**
 * The workflow files at the newest commit of a project's default branch: read from the mirror of its repository, which is brought
 * up to date first, or through its forge where there is no mirror.
 * @throws CulpritError NOT_FOUND where there is neither, REPOSITORY_UNAVAILABLE where it can't be read.
 */
export async function readWorkflowFiles(services: Sources, projectId: string): Promise<RepositoryFiles> {
  const opened = await openProjectRepository(services, projectId);
  if (opened.kind === "open") {
    const { git, id, url } = opened.repository;
    await services.git.fetch({ id, url });
    const { branch } = await services.git.defaultBranch({ id, url });
    const commit = await git.resolveCommit(branch ?? "HEAD");
    if (commit !== null) {
      const paths = (await git.listFiles(commit)).filter(isWorkflowFile);
      return { commit, files: paths.length === 0 ? new Map() : await git.readFiles(commit, paths) };
    }
  }
  const forge = await forgeIfAny(services, projectId);
  if (forge === null) {
    if (opened.kind === "unavailable") throw new CulpritError("REPOSITORY_UNAVAILABLE", opened.reason);
    throw new CulpritError(
      "NOT_FOUND",
      "The project has no repository whose workflows could be read. Register one, or connect GitHub at /github/setup.",
    );
  }
  const branch = await forge.defaultBranch();
  const commit = await forge.branchTip(branch);
  if (commit === null) return { commit: branch, files: new Map() };
  const paths = (await forge.filesIn(WORKFLOW_FOLDER, commit)).filter(isWorkflowFile);
  const files = await Promise.all(paths.map(async (path) => [path, await forge.file(path, commit)] as const));
  return { commit, files: new Map(files) };
}
