import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { VendorRefused } from "../../domains/integration/provider-port.ts";
import type { HttpClient } from "../../platform/http-client/http-client.ts";
import { fetchThrough } from "./http-fetch.ts";
import { type InstallationTokens, installationTokens } from "./installation-tokens.ts";
import { mapFailure } from "./map-failure.ts";

/** How Culprit proves who it is to GitHub. */
export type GitHubAuth =
  | { readonly kind: "nobody" }
  | { readonly kind: "token"; readonly token: string }
  /** An installation of an app; without one, the app itself. */
  | {
      readonly kind: "app";
      readonly appId: number;
      readonly privateKey: string;
      readonly installationId: number | null;
    };

export interface GitHubOptions {
  readonly http: HttpClient;
  readonly auth: GitHubAuth;
  /** Of a GitHub Enterprise server: `https://HOST/api/v3`. */
  readonly baseUrl?: string | null;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
}

/** GitHub by octokit's typed `request`, which throws `VendorRefused`, `HttpNotSent` or `HttpUncertain`. */
export interface GitHub {
  readonly request: Octokit["request"];
  readonly auth: GitHubAuth;
  /** What git signs in with over https. */
  gitToken(): Promise<string>;
  /** Items of a list, page after page, at most `max`. */
  list<T>(page: (at: PageOf) => Promise<{ data: T[] }>, max: number): Promise<T[]>;
}
export interface PageOf {
  readonly per_page: number;
  readonly page: number;
}

export const GITHUB_API = "https://api.github.com";
/** GitHub's REST API is versioned by date. */
const apiVersion = "2022-11-28";
const PAGE = 100;

/** A connection to GitHub or to an Enterprise server. Nothing is asked yet. */
export function connectGitHub(options: GitHubOptions): GitHub {
  const { auth, now } = options;
  const baseUrl = (options.baseUrl ?? GITHUB_API).replace(/\/+$/, "");
  const common = {
    baseUrl,
    userAgent: "culprit",
    request: { fetch: fetchThrough(options.http), ...(options.signal === undefined ? {} : { signal: options.signal }) },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  };
  let tokens: InstallationTokens | null = null;
  let octokit: Octokit;
  if (auth.kind === "app") {
    const { appId, privateKey, installationId } = auth;
    const app = new Octokit({ ...common, authStrategy: createAppAuth, auth: { appId, privateKey } });
    if (installationId === null) octokit = app;
    else {
      mapFailures(app, now, null);
      tokens = installationTokens(app, { baseUrl, appId, privateKey, installationId }, now);
      octokit = new Octokit(common);
    }
  } else octokit = new Octokit({ ...common, ...(auth.kind === "token" ? { auth: auth.token } : {}) });
  mapFailures(octokit, now, tokens);
  return {
    request: octokit.request,
    auth,
    gitToken: async () => {
      if (auth.kind === "token") return auth.token;
      if (tokens !== null) return tokens.get();
      throw new VendorRefused("GitHub takes pushes by a token or an installation of an app only.", {
        status: 403,
        retryAfterS: null,
        isWorthRetrying: false,
      });
    },
    list: async (fetchPage, max) => {
      const items = [];
      for (let page = 1; items.length < max; page++) {
        const { data } = await fetchPage({ per_page: PAGE, page });
        items.push(...data);
        if (data.length < PAGE) break;
      }
      return items.slice(0, max);
    },
  };
}

/** Maps what octokit throws; an installation's token that GitHub no longer takes is made anew once. */
function mapFailures(octokit: Octokit, now: () => Date, tokens: InstallationTokens | null): void {
  octokit.hook.wrap("request", async (request, given) => {
    const send = async () => {
      const headers = { ...given.headers, "x-github-api-version": apiVersion };
      const authorization = tokens === null ? {} : { authorization: `token ${await tokens.get()}` };
      try {
        return await request({ ...given, headers: { ...headers, ...authorization } } as typeof given);
      } catch (error) {
        throw mapFailure(error, now());
      }
    };
    try {
      return await send();
    } catch (error) {
      const isOver = error instanceof VendorRefused && error.status === 401 && (tokens?.forget() ?? false);
      if (!isOver) throw error;
      return send();
    }
  });
}

function quiet(): void {}
