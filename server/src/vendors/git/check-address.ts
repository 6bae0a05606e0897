import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { fetchAddress } from "./repository-url.ts";
import { runGit } from "./run-git.ts";

/**
 * Asks whether git can read from a registered URL that is a path on this machine; one elsewhere passes unasked, because
 * only the network knows. `env` is git's.
 * @throws CulpritError INVALID_REQUEST when nothing is there, or no git repository; REPOSITORY_UNAVAILABLE without git.
 */
export async function checkLocalAddress(url: string, env: Readonly<Record<string, string>>): Promise<void> {
  const path = fetchAddress(url);
  if (!isAbsolute(path)) return;
  const refuse = (why: string) =>
    new CulpritError("INVALID_REQUEST", `${JSON.stringify(url.slice(0, 300))} ${why}`, {
      details: { field: "url", provided: url.slice(0, 300) },
    });
  if (!existsSync(path))
    throw refuse("does not exist on the machine that runs Culprit, or Culprit may not see it. Check the path.");
  const run = await runGit(["ls-remote", "--quiet", "--", path], { gitDir: null, env });
  if (run.exitCode === 0 || run.isCut) return;
  if (run.exitCode === 127)
    throw new CulpritError("REPOSITORY_UNAVAILABLE", "git could not be started. Install it where Culprit runs.");
  throw refuse("is not a git repository that Culprit can read. Name its top folder, or a bare repository.");
}
