import type { Connection } from "../../domains/integration/provider-port.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { connectGitHub, type GitHub, type GitHubAuth } from "./connect.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

/** What the app that the set-up made signs with. */
export interface AppKeys {
  readonly appId: number;
  readonly privateKey: string;
}
/** The keys of an app of ours by its id. @throws CulpritError NOT_FOUND where it is gone. */
export type LoadApp = (githubAppId: string) => Promise<AppKeys>;

/** How an integration proves who it is: by our app's installation, by an own app, or by a token. */
export async function authOf(
  { config, credentials }: { readonly config: GitHubConfig; readonly credentials: GitHubCredentials },
  loadApp: LoadApp,
): Promise<GitHubAuth> {
  const installationId = config.installation_id ?? null;
  if (config.github_app_id !== undefined && installationId !== null) {
    return { kind: "app", ...(await loadApp(config.github_app_id)), installationId };
  }
  if (config.app_id !== undefined && credentials.private_key !== undefined && installationId !== null) {
    return { kind: "app", appId: config.app_id, privateKey: credentials.private_key, installationId };
  }
  if (credentials.token !== undefined) return { kind: "token", token: credentials.token };
  throw new CulpritError(
    "INVALID_REQUEST",
    "The GitHub integration has nothing to sign in with. Install the app from Culprit's page, or enter a token, or an app id, an installation id and a private key.",
    { details: { field: "credentials" } },
  );
}

/** GitHub as the integration may speak to it. */
export async function connectBy(
  connection: Connection<GitHubConfig, GitHubCredentials>,
  loadApp: LoadApp,
  signal?: AbortSignal,
): Promise<GitHub> {
  return connectGitHub({
    http: connection.http,
    auth: await authOf(connection, loadApp),
    baseUrl: connection.config.base_url ?? null,
    now: connection.now,
    ...(signal === undefined ? {} : { signal }),
  });
}
