import type { HealthResult, Provider } from "../../domains/integration/index.ts";
import { checkHealth } from "../shared/check-health.ts";
import { connectGitLab, projectPath } from "./call-gitlab.ts";
import { incoming } from "./incoming.ts";
import { me, project } from "./schemas.ts";
import { config, credentials, type GitLabConfig, type GitLabCredentials } from "./settings.ts";

const REPOSITORIES_MAX = 5;
/** https://docs.gitlab.com/api/members/#roles: who may push branches and open merge requests. */
const DEVELOPER = 30;

/** GitLab: merge requests with proven patches, and issues where none is proven. */
export const gitlab: Provider<GitLabConfig, GitLabCredentials> = {
  type: "gitlab",
  title: "GitLab",
  help: "Merge requests with proven patches on gitlab.com or your own GitLab. Make a project access token (or a group's, or your own) with the scope api and the role Developer. For news at once, add this integration's webhook address with a secret token to the project: merge request, pipeline and push events.",
  notSupported:
    "Messages, tickets, alerts and commands in comments. A group as reviewer, and more than one reviewer in GitLab's free edition: GitLab takes none. Tested against a fake that is written by GitLab's API reference (17).",
  config,
  credentials,
  incoming,
  check: (connection, signal) =>
    checkHealth("Enter a new token with the scope api.", async (): Promise<HealthResult> => {
      const { http, config: settings, credentials: secrets } = connection;
      const api = connectGitLab({ http, baseUrl: settings.base_url, token: secrets.token, signal });
      const { username } = await api.call("GET", "/user", me);
      for (const repository of settings.repositories.slice(0, REPOSITORIES_MAX)) {
        const { permissions } = await api.call("GET", projectPath(repository), project);
        const level = Math.max(
          permissions?.project_access?.access_level ?? 0,
          permissions?.group_access?.access_level ?? 0,
        );
        if (level < DEVELOPER)
          return {
            status: "unhealthy",
            reason: `${username} may not push to ${repository}. Give it the role Developer.`,
          };
      }
      return { status: "healthy", reason: `The token of ${username} is good.` };
    }),
};
