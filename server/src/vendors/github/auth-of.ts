import type { Connection } from "../../domains/integration/provider-port.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { apiOf } from "./app-manifest.ts";
import { connectGitHub, type GitHub, type GitHubAuth } from "./connect.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

/** What the app that the set-up made signs with. */
export interface AppKeys {
  readonly appId: number;
  readonly privateKey: string;
  /** Where the app is; its keys are used nowhere else. */
  readonly host: string;
}
/** An installation that a project says it has. */
export interface ClaimedInstallation {
  readonly githubAppId: string;
  readonly installationId: number;
  readonly projectId: string;
}
/** The keys of an app of ours for an installation. @throws CulpritError NOT_FOUND where the app is gone, FORBIDDEN where it is not the project's. */
export type LoadApp = (of: ClaimedInstallation) => Promise<AppKeys>;

/** How to sign in, and where. */
export interface SignIn {
  readonly auth: GitHubAuth;
  readonly baseUrl: string | null;
}

/**
 * How an integration proves who it is: by our app's installation, by an own app, or by a token. With our app the server is the
 * app's: the settings are what anybody with a key of the project enters, and would send the app's signature anywhere.
 */
export async function authOf(
  {
    config,
    credentials,
    projectId,
  }: { readonly config: GitHubConfig; readonly credentials: GitHubCredentials; readonly projectId: string },
  loadApp: LoadApp,
): Promise<SignIn> {
  const baseUrl = config.base_url ?? null;
  const installationId = config.installation_id ?? null;
  if (config.github_app_id !== undefined && installationId !== null) {
    const claimed = { githubAppId: config.github_app_id, installationId, projectId };
    const { host, appId, privateKey } = await loadApp(claimed);
    return { auth: { kind: "app", appId, privateKey, installationId }, baseUrl: apiOf(host) };
  }
  if (config.app_id !== undefined && credentials.private_key !== undefined && installationId !== null) {
    const auth = { kind: "app", appId: config.app_id, privateKey: credentials.private_key, installationId } as const;
    return { auth, baseUrl };
  }
  if (credentials.token !== undefined) return { auth: { kind: "token", token: credentials.token }, baseUrl };
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
    ...(await authOf(connection, loadApp)),
    now: connection.now,
    ...(signal === undefined ? {} : { signal }),
  });
}
