import type { RepairDeps } from "./repair-deps.ts";
import type { RepairRepository } from "./repository-port.ts";

/** The repository that has a commit, or why there is none; the caller closes it. */
export type OpenedWith = { readonly repository: RepairRepository } | { readonly reason: string };

/** Opens the first of these repositories whose mirror has the commit. */
export async function openRepositoryWith(
  { openRepository }: Pick<RepairDeps, "openRepository">,
  ids: readonly string[],
  commit: string,
): Promise<OpenedWith> {
  let mirrors = 0;
  for (const id of ids) {
    const repository = await openRepository(id);
    if (repository === null) continue;
    mirrors += 1;
    let isIt = false;
    try {
      isIt = await repository.hasCommit(commit);
      if (isIt) return { repository };
    } finally {
      if (!isIt) await repository.close();
    }
  }
  if (mirrors === 0)
    return {
      reason: "No repository of the project could be fetched yet. Check its address, and that Culprit may read it.",
    };
  return {
    reason: `${mirrors === 1 ? "The project's repository does not have" : `None of the project's ${mirrors} repositories has`} the deployed commit ${commit.slice(0, 12)}: it was never pushed, or was forced away, or the repository is a shallow clone that ends before it.`,
  };
}
