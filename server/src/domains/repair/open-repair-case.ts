import type { RepairCase } from "./load-repair-case.ts";
import { matchFrames } from "./match-frames.ts";
import { missingModuleFrame } from "./missing-module-frame.ts";
import { openRepositoryWith } from "./open-repository-with.ts";
import { packageFolder } from "./package-folder.ts";
import type { TellStep } from "./proof-steps.ts";
import type { RepairContext } from "./repair-context.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { RepairRepository } from "./repository-port.ts";
import { revertCulprit } from "./revert-culprit.ts";
import { createTreeRuns } from "./tree-runs.ts";
import { manifestOfMember, workspaceMember } from "./workspace-member.ts";

/** The repository at the deployed commit and the means to run it; or why there is nothing to work on. The caller closes the repository. */
export async function openRepairCase(
  deps: RepairDeps,
  repairCase: RepairCase,
  tell: TellStep = () => {},
): Promise<{ readonly ctx: RepairContext } | { readonly reason: string }> {
  const base = repairCase.baseCommit;
  if (base === null)
    return {
      reason: "Nobody said which commit was running. Send the release's commit with the errors, or report deployments.",
    };
  if (repairCase.repositoryIds.length === 0)
    return { reason: "The project has no repository. Register one by its URL or path." };
  const found = await openRepositoryWith(deps, repairCase.repositoryIds, base);
  if ("reason" in found) return found;
  const { repository } = found;
  try {
    const [files, isolated] = await Promise.all([repository.listFiles(base), deps.sandbox()]);
    const paths = files.map((entry) => entry.path);
    const unisolated = repairCase.allowUnisolatedProof ? deps.unisolatedSandbox : null;
    const sandbox = "reason" in isolated ? unisolated : isolated;
    const culprit = await describeCulprit(repository, base, repairCase.culpritCommit);
    const own = matchFrames(repairCase.frames, paths);
    const frames = own.length > 0 ? own : await missingModuleFrame(repository, base, paths, repairCase);
    const folder = packageFolder(
      paths,
      frames.map(({ path }) => path),
    );
    return {
      ctx: {
        deps,
        repairCase,
        repository,
        base,
        files: paths,
        frames,
        packageFolder: folder,
        manifest: await manifestOf(repository, base, paths, folder, frames),
        culprit,
        revert:
          culprit === null ? { reason: "No commit is blamed." } : await revertCulprit(deps, repository, base, culprit),
        runs:
          sandbox === null
            ? null
            : createTreeRuns(deps, repairCase, repository, sandbox, { packageFolder: folder, tell }),
        noIsolation: "reason" in isolated ? isolated.reason : null,
        tell,
      },
    };
  } catch (error) {
    await repository.close();
    throw error;
  }
}

/** The failing package's manifest; of a workspace's member, as it holds from the root. */
async function manifestOf(
  repository: RepairRepository,
  base: string,
  paths: readonly string[],
  folder: string,
  frames: RepairContext["frames"],
): Promise<string | null> {
  const own = await repository.readFile(base, folder === "" ? "package.json" : `${folder}/package.json`);
  if (folder !== "") return own;
  const failing = frames.map(({ path }) => path);
  const member = workspaceMember(paths, own, failing);
  if (member === null) return own;
  return manifestOfMember(own, await repository.readFile(base, `${member}/package.json`), member);
}

/** The commit with its parent and diff; null where it is not part of what ran. */
export async function describeCulprit(
  repository: RepairRepository,
  base: string,
  sha: string | null,
): Promise<RepairContext["culprit"]> {
  if (sha === null || !(await repository.hasCommit(sha)) || !(await repository.isAncestor(sha, base))) return null;
  const [parent] = await repository.parentsOf(sha);
  return { sha, parent: parent ?? null, diff: await repository.diffOf(sha) };
}
