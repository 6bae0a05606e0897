import type { Connection, Incoming } from "../../domains/integration/index.ts";
import { authOf, type LoadApp } from "./auth-of.ts";
import { openGitHubForge } from "./forge.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

/**
 * Whether who wrote a command may write to the repository. The comment itself says only how its author stands to the project,
 * and a collaborator may be one that only reads.
 */
export function mayCommand(loadApp: LoadApp): NonNullable<Incoming<GitHubConfig, GitHubCredentials>["mayCommand"]> {
  return async ({ actor, payload }, connection: Connection<GitHubConfig, GitHubCredentials>, signal) => {
    const { repository } = payload;
    if (typeof repository !== "string") return "The command names no repository.";
    const { http, now } = connection;
    const access = await authOf(connection, loadApp);
    const forge = openGitHubForge({ http, ...access, now, signal, repository });
    return (await forge.mayWrite(actor))
      ? null
      : `${actor} may not write to ${repository}, and commands are taken only from those who may.`;
  };
}
