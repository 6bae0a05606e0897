import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "../generate/fast-import.ts";

/** Puts the files of one commit of a bare repository into a new folder, as a deployment does: no `.git` inside. */
export async function checkoutRevision(repository: string, commit: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const index = join(folder, ".index");
  // An index of its own: two revisions are checked out from one repository at the same time.
  const environment = { GIT_INDEX_FILE: index };
  const place = [`--git-dir=${repository}`, `--work-tree=${folder}`];
  await runGit([...place, "read-tree", commit], { environment });
  await runGit([...place, "checkout-index", "--all", "--force"], { environment });
  await rm(index, { force: true });
}
