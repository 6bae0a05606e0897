import type { Provider } from "../../domains/integration/provider-port.ts";
import type { LoadApp } from "./auth-of.ts";
import { checkConnection } from "./check-connection.ts";
import { incoming } from "./incoming.ts";
import { mayCommand } from "./may-command.ts";
import { readFailureLog } from "./read-failure-log.ts";
import { type GitHubConfig, type GitHubCredentials, githubConfigSchema, githubCredentialsSchema } from "./settings.ts";
import { githubTickets } from "./tickets.ts";

/** GitHub, github.com or an Enterprise server: events in, issues as tickets; pull requests are written through the forge. */
export function githubProvider(loadApp: LoadApp): Provider<GitHubConfig, GitHubCredentials> {
  return {
    type: "github",
    title: "GitHub",
    help: "Events of repositories, commands in comments, checks, comments and issues. The app is set up in two clicks at /github/setup. Without it: enter a fine-grained token with contents, issues, pull requests and commit statuses (read and write), and add this integration's webhook address with a secret to the repository, content type application/json.",
    notSupported:
      "Messages: pull requests and issues are written by the steps of workflows. Check runs with a token, which GitHub gives to apps alone: a commit status says the same.",
    config: githubConfigSchema,
    ownSetUp: {
      mark: "github_app_id",
      fields: ["github_app_id", "installation_id", "base_url"],
      where: "the app's set-up at /github/setup",
    },
    credentials: githubCredentialsSchema,
    incoming: { ...incoming, mayCommand: mayCommand(loadApp), excerpt: readFailureLog(loadApp) },
    tickets: githubTickets(loadApp),
    check: (connection, signal) => checkConnection(connection, loadApp, signal),
  };
}
