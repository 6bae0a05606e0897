import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { GitRepository } from "../../domains/change/ports.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { openRepository } from "./open-repository.ts";
import { runGit } from "./run-git.ts";

/**
 * A repository in a folder on this machine: bare, or with a work tree (the folder or one below its top).
 * @throws CulpritError INVALID_REQUEST when there is none.
 */
export async function openLocalRepository(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<GitRepository> {
  const path = resolve(folder);
  if (existsSync(join(path, "HEAD")) && existsSync(join(path, "objects"))) return openRepository({ gitDir: path, env });
  const run = await runGit(["-C", path, "rev-parse", "--absolute-git-dir"], { gitDir: null, env });
  const gitDir = run.stdout.toString("utf8").trim();
  if (run.exitCode !== 0 || gitDir === "") {
    throw new CulpritError("INVALID_REQUEST", `There is no git repository in ${path}.`, {
      details: { field: "repo", provided: folder },
    });
  }
  return openRepository({ gitDir, env });
}
