import { parseDiff } from "../diff/parse-diff.ts";
import type { PatchKind } from "./proposal.ts";

const changedLinesMax = 200;

const lockFile =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|Cargo\.lock|go\.sum)$/;
const pipelineFile =
  /^(?:\.github\/|\.gitlab-ci|\.circleci\/|\.buildkite\/|\.ci\/|azure-pipelines|Jenkinsfile|\.travis\.yml|bitbucket-pipelines)/i;
const secretFile = /(?:^|\/)(?:\.env(?:\.[\w-]+)?|\.npmrc|\.netrc|id_[a-z0-9]+|[^/]*\.(?:pem|key|p12|pfx|keystore))$/i;

/**
 * Why a patch is refused before it is run; null where it may be tried. Proposed patches are small and leave locks,
 * pipelines and secrets alone; a revert may be large and may take a lock file back to what it was.
 */
export function refusePatch(kind: PatchKind, diff: string): string | null {
  let changed = 0;
  for (const file of parseDiff(diff)) {
    for (const path of [file.oldPath, file.newPath]) {
      if (path === null) continue;
      if (path.startsWith("/") || path.split("/").includes(".."))
        return `It names a path outside the repository: ${path}.`;
      if (secretFile.test(path)) return `It touches ${path}, which may hold secrets.`;
      if (kind !== "revert" && lockFile.test(path)) return `It touches the lock file ${path}.`;
      if (kind !== "revert" && pipelineFile.test(path)) return `It touches the pipeline file ${path}.`;
    }
    for (const hunk of file.hunks) changed += hunk.lines.filter((line) => line.kind !== "context").length;
  }
  if (diff.trim() === "") return "It changes nothing.";
  return kind !== "revert" && changed > changedLinesMax
    ? `It changes ${changed} lines, more than ${changedLinesMax}.`
    : null;
}
