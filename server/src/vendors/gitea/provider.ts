import { z } from "zod";
import type { HealthResult, Provider } from "../../domains/integration/index.ts";
import { checkHealth } from "../shared/check-health.ts";
import { addressSchema, secretSchema } from "../shared/form.ts";
import { connectGitea } from "./call-gitea.ts";

const config = z.object({
  base_url: addressSchema.describe("The address of the Gitea or Forgejo server, as a browser opens it: https://HOST"),
  repositories: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9._-]+$/, "owner/name"))
    .max(1000)
    .default([])
    .describe(
      "The repositories, owner/name; the first is where pull requests go unless the project registered one there",
    ),
});
const credentials = z.object({
  token: secretSchema.describe("An access token with repository and issue (read and write) and user (read)"),
});
export type GiteaConfig = z.output<typeof config>;
export type GiteaCredentials = z.output<typeof credentials>;

const REPOSITORIES_MAX = 5;

/** Gitea and Forgejo: pull requests with proven patches, and issues where none is proven. */
export const gitea: Provider<GiteaConfig, GiteaCredentials> = {
  type: "gitea",
  title: "Gitea or Forgejo",
  help: "Pull requests with proven patches on your Gitea or Forgejo server. Make an access token with repository and issue (read and write) and user (read), for a user who may push branches.",
  notSupported:
    "Events, messages and tickets: pull requests are followed by asking every five minutes. Tested against a fake that is held to the API description of Gitea 1.25.",
  config,
  credentials,
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
