import { z } from "zod";
import type { HealthResult, Provider } from "../../domains/integration/index.ts";
import { checkHealth } from "../shared/check-health.ts";
import { connectGitea } from "./call-gitea.ts";
import { incoming } from "./incoming.ts";
import { config, credentials, type GiteaConfig, type GiteaCredentials } from "./settings.ts";

const REPOSITORIES_MAX = 5;

/** Gitea and Forgejo: pull requests with proven patches, and issues where none is proven. */
export const gitea: Provider<GiteaConfig, GiteaCredentials> = {
  type: "gitea",
  title: "Gitea or Forgejo",
  help: "Pull requests with proven patches on your Gitea or Forgejo server. Make an access token with repository and issue (read and write) and user (read), for a user who may push branches. For news at once, add this integration's webhook address with a secret to the repository: type Gitea, content type application/json, events of pull requests, their reviews and pushes.",
  notSupported:
    "Messages, tickets and commands in comments. Commit statuses come with no webhook: they are asked for every five minutes. Tested against a fake that is held to the API description of Gitea 1.25.",
  config,
  credentials,
  incoming,
  check: (connection, signal) =>
    checkHealth("Enter a new token with repository, issue and user.", async (): Promise<HealthResult> => {
      const { http, config: settings, credentials: secrets } = connection;
      const api = connectGitea({ http, baseUrl: settings.base_url, token: secrets.token, signal });
      const { login } = await api.call("GET", "/user", z.looseObject({ login: z.string() }));
      for (const repository of settings.repositories.slice(0, REPOSITORIES_MAX)) {
        const found = z.looseObject({ permissions: z.looseObject({ push: z.boolean() }).nullish() });
        const { permissions } = await api.call("GET", `/repos/${repository}`, found);
        if (permissions?.push !== true)
          return { status: "unhealthy", reason: `${login} may not push to ${repository}. Give write access.` };
      }
      return { status: "healthy", reason: `The token of ${login} is good.` };
    }),
};
