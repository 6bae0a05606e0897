import type { Forge } from "../../domains/integration/forge-port.ts";
import { connectGitHub, type GitHubOptions } from "./connect.ts";
import { readContents } from "./read-contents.ts";
import { readPullRequests } from "./read-pull-requests.ts";
import { parseRepository } from "./repository.ts";
import { writeComments } from "./write-comments.ts";
import { writeCommits } from "./write-commits.ts";

/**
 * One repository of GitHub or of a GitHub Enterprise server, by a token or an installation of an app. Every list is bounded.
 * @throws CulpritError INVALID_REQUEST for what is no `owner/name`.
 */
export function openGitHubForge(
  options: GitHubOptions & { readonly repository: string; readonly integrationId?: string },
): Forge {
  const at = parseRepository(options.repository);
  const github = connectGitHub(options);
  return {
    repository: options.repository,
    integrationId: options.integrationId ?? null,
    ...readPullRequests(github, at),
    ...readContents(github, at),
    ...writeComments(github, at),
    ...writeCommits(github, at),
  };
}
