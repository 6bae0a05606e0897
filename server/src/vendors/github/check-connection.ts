import type { Connection, HealthResult } from "../../domains/integration/provider-port.ts";
import { checkHealth } from "../shared/check-health.ts";
import { appEvents, missingPermissions } from "./app-permissions.ts";
import { authOf, type LoadApp } from "./auth-of.ts";
import { connectGitHub, type GitHub } from "./connect.ts";
import { isMissing } from "./read-pull-requests.ts";
import { parseRepository } from "./repository.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

type Asked = Connection<GitHubConfig, GitHubCredentials>;

const REMEDY = "Enter a new token, or install the app again from Culprit's page.";
/** Repositories that one check asks about. */
const REPOSITORIES_MAX = 5;
const WARN_DAYS = 7;
const DAY_MS = 86_400_000;

/** Whether the integration may do what Culprit needs: a valid token or installation, its permissions, a webhook. Reads only. */
export function checkConnection(connection: Asked, loadApp: LoadApp, signal: AbortSignal): Promise<HealthResult> {
  return checkHealth(REMEDY, async () => {
    const { auth, baseUrl } = await authOf(connection, loadApp);
    const github = (as: typeof auth) =>
      connectGitHub({
        http: connection.http,
        auth: as,
        baseUrl,
        now: connection.now,
        signal,
      });
    if (auth.kind === "app" && auth.installationId !== null) {
      return checkInstallation(github({ ...auth, installationId: null }), auth.installationId);
    }
    return checkToken(github(auth), connection);
  });
}

async function checkInstallation({ request }: GitHub, installationId: number): Promise<HealthResult> {
  const { data } = await request("GET /app/installations/{installation_id}", { installation_id: installationId });
  if (typeof data !== "object" || data.permissions === undefined) return unexpected;
  if (data.suspended_at !== null) {
    return { status: "unhealthy", reason: "The app's installation is suspended. Unsuspend it in GitHub's settings." };
  }
  const missing = missingPermissions(data.permissions as Record<string, string>);
  if (missing.length > 0) {
    const reason = `The installation lacks ${missing.join(", ")}. Accept the app's new permissions in GitHub's settings.`;
    return { status: "degraded", reason };
  }
  const { data: hook } = await request("GET /app/hook/config");
  if (hook.url === undefined || hook.url === "") {
    return {
      status: "degraded",
      reason: "The app has no webhook address, so no events come. Enter it in the app's settings.",
    };
  }
  const deaf = appEvents.filter((event) => !data.events.includes(event));
  if (deaf.length > 0) {
    return {
      status: "degraded",
      reason: `The app is not told of ${deaf.join(", ")}. Subscribe to these in its settings.`,
    };
  }
  const account = data.account !== null && "login" in data.account ? data.account.login : "its account";
  return { status: "healthy", reason: `The app is installed on ${account} with all it needs.` };
}

async function checkToken(github: GitHub, { config, credentials, now }: Asked): Promise<HealthResult> {
  const { data: user, headers } = await github.request("GET /user");
  if (typeof user !== "object" || user.login === undefined) return unexpected;
  const scopes = headers["x-oauth-scopes"]?.split(",").map((scope) => scope.trim());
  // A classic token says its scopes; a fine-grained one says nothing and is asked below.
  if (scopes !== undefined && scopes[0] !== "" && !scopes.includes("repo") && !scopes.includes("public_repo")) {
    return {
      status: "unhealthy",
      reason: `The token has the scopes ${scopes.join(", ")} and lacks repo. Make one with it.`,
    };
  }
  for (const repository of config.repositories.slice(0, REPOSITORIES_MAX)) {
    const problem = await probe(github, repository, credentials.webhook_secret !== undefined);
    if (problem !== null) return problem;
  }
  const expires = Date.parse(
    String(headers["github-authentication-token-expiration"] ?? "")
      .replace(" UTC", "Z")
      .replace(" ", "T"),
  );
  const days = Math.floor((expires - now().getTime()) / DAY_MS);
  if (days < WARN_DAYS) {
    return {
      status: "degraded",
      reason: `The token of ${user.login} expires in ${days} days. Enter a new one before that.`,
    };
  }
  return { status: "healthy", reason: `The token of ${user.login} is good.` };
}

/** What is wrong with the token's access to one repository. */
async function probe(github: GitHub, fullName: string, needsHook: boolean): Promise<HealthResult | null> {
  const at = parseRepository(fullName);
  const { request } = github;
  try {
    await request("GET /repos/{owner}/{repo}", { ...at });
    await request("GET /repos/{owner}/{repo}/issues", { ...at, per_page: 1 });
    await request("GET /repos/{owner}/{repo}/pulls", { ...at, per_page: 1 });
  } catch (error) {
    if (!(error instanceof Error && "status" in error && (error.status === 403 || error.status === 404))) throw error;
    if ("retryAfterS" in error && error.retryAfterS !== null) throw error;
    const reason = `${fullName}: ${error.message} The token needs contents, issues, pull_requests and statuses.`;
    return { status: "unhealthy", reason };
  }
  return needsHook ? probeHooks(github, fullName) : null;
}

/** A token that may not read webhooks tells nothing of them, which is no fault. */
async function probeHooks(github: GitHub, fullName: string): Promise<HealthResult | null> {
  try {
    const { data } = await github.request("GET /repos/{owner}/{repo}/hooks", {
      ...parseRepository(fullName),
      per_page: 100,
    });
    const isThere = data.some((hook) => hook.active && (hook.config.url ?? "").includes("/hooks/"));
    if (isThere) return null;
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && "status" in error && error.status === 403)) return null;
    throw error;
  }
  return {
    status: "degraded",
    reason: `${fullName} has no active webhook to Culprit, so no events come. Add this integration's webhook address in the repository's settings.`,
  };
}

const unexpected: HealthResult = { status: "degraded", reason: "Something answered that is not GitHub." };
