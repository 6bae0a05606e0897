import type { ExceptionInfo } from "@culprit/contract";
import { askingLine, readMissingModule } from "../../analysis/fixers/follow-moved-file.ts";
import { matchPath } from "../../analysis/world/match-path.ts";
import type { WorldFrame } from "../../analysis/world/world.ts";
import type { GitRepository } from "../change/index.ts";

/**
 * Where a module asked for one that is not there. Such an error has frames of the loader alone; its message names who asked
 * ("Require stack", "imported from"). Empty for every other error.
 */
export async function askingModule(
  git: Pick<GitRepository, "readFiles">,
  commit: string,
  tree: readonly string[],
  exceptions: readonly Pick<ExceptionInfo, "message">[],
): Promise<WorldFrame[]> {
  for (const { message } of [...exceptions].reverse()) {
    const asked = readMissingModule(message);
    const path = asked?.importer == null ? null : matchPath(asked.importer, tree);
    if (asked?.importer == null || path === null) continue;
    const source = (await git.readFiles(commit, [path])).get(path) ?? "";
    return [{ file: asked.importer, function: null, line: askingLine(source, asked.missing), isInApp: true, path }];
  }
  return [];
}
