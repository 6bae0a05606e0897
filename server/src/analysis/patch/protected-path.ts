import type { PatchKind } from "../fixers/proposal.ts";

const lockFile =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|Pipfile\.lock|uv\.lock|pdm\.lock|Cargo\.lock|go\.sum|Gemfile\.lock|composer\.lock|gradle\.lockfile)$/;
const pipelineFile =
  /^(?:\.github\/|\.gitlab\/|\.gitlab-ci|\.circleci\/|\.buildkite\/|\.ci\/|\.woodpecker|\.drone\.ya?ml|azure-pipelines|Jenkinsfile|\.travis\.yml|bitbucket-pipelines|cloudbuild\.ya?ml)/i;
const secretFile =
  /(?:^|\/)(?:\.env(?:\.[\w-]+)*|\.npmrc|\.yarnrc(?:\.yml)?|\.netrc|\.pypirc|\.git-credentials|id_[a-z0-9]+|[^/]*\.(?:pem|key|p12|pfx|jks|keystore))$/i;
/** What git or a tool runs on a developer's machine without being asked. */
const hookFile = /(?:^|\/)(?:\.gitattributes|\.gitconfig)$|^(?:\.husky|\.githooks|\.git-hooks)\//i;

/**
 * Why a patch may not touch a path; null where it may. A revert may take back lock, pipeline and hook files, which were like
 * that before; secrets, submodules and git's own folder are left alone by every patch.
 */
export function protectedPath(path: string, kind: PatchKind): string | null {
  const parts = path.split("/");
  if (path === "" || path.startsWith("/") || /^[a-z]:|\\|\0/i.test(path) || parts.includes(".."))
    return `It names a path outside the repository: ${JSON.stringify(path)}.`;
  // File systems that fold case, or drop a trailing dot or space, would take these for git's folder.
  if (parts.some((part) => /^(?:\.git|git~\d)[. ]*(?::|$)/i.test(part))) return `It touches git's own folder: ${path}.`;
  if (secretFile.test(path)) return `It touches ${path}, which may hold secrets.`;
  if (/(?:^|\/)\.gitmodules$/i.test(path)) return `It touches the list of submodules: ${path}.`;
  if (kind === "revert") return null;
  if (lockFile.test(path)) return `It touches the lock file ${path}.`;
  if (pipelineFile.test(path)) return `It touches the pipeline file ${path}.`;
  return hookFile.test(path) ? `It touches ${path}, which git or its hooks act upon.` : null;
}
