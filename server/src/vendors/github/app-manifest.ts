import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { HttpClient } from "../../platform/http-client/http-client.ts";
import { appEvents, appPermissions } from "./app-permissions.ts";
import { connectGitHub, GITHUB_API } from "./connect.ts";

/** GitHub takes a name of an app only once in the world, up to this long. */
const NAME_MAX = 34;

/** What an app of Culprit is, for GitHub's form: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export function appManifest({ publicUrl, githubAppId }: { readonly publicUrl: string; readonly githubAppId: string }) {
  const { hostname } = new URL(publicUrl);
  return {
    name: `Culprit ${hostname}`.slice(0, NAME_MAX),
    url: publicUrl,
    hook_attributes: { url: `${publicUrl}/hooks/github/${githubAppId}`, active: true },
    redirect_url: `${publicUrl}/github/setup/callback`,
    setup_url: `${publicUrl}/github/installed`,
    setup_on_update: true,
    public: false,
    default_permissions: appPermissions,
    default_events: appEvents,
  };
}

/** Where people make an app: their own, or an organisation's. */
export function newAppUrl(host: string, organization: string | null): string {
  const path =
    organization === null
      ? "/settings/apps/new"
      : `/organizations/${encodeURIComponent(organization)}/settings/apps/new`;
  return `${webOf(host)}${path}`;
}

/**
 * A host as it is kept: `github.com`, or an Enterprise server's, with `http://` before it only where it was written so.
 * @throws CulpritError INVALID_REQUEST for what is none.
 */
export function parseHost(text: string): string {
  const url = URL.parse(text.includes("://") ? text : `https://${text}`);
  if (
    url !== null &&
    ["http:", "https:"].includes(url.protocol) &&
    url.username === "" &&
    url.pathname === "/" &&
    url.search === ""
  ) {
    return url.protocol === "http:" ? url.origin : url.host;
  }
  throw new CulpritError(
    "INVALID_REQUEST",
    `${JSON.stringify(text.slice(0, 100))} is no host. Write github.example.com.`,
    {
      details: { field: "host" },
    },
  );
}

/** The pages of a host. */
export function webOf(host: string): string {
  return host.includes("://") ? host : `https://${host}`;
}

/** The API of a host; null for github.com's, which is what an integration has without one. */
export function apiOf(host: string): string | null {
  return host === "github.com" ? null : `${webOf(host)}/api/v3`;
}

export interface ConvertedApp {
  readonly appId: number;
  readonly slug: string;
  readonly htmlUrl: string;
  readonly clientId: string;
  readonly secrets: { readonly privateKey: string; readonly webhookSecret: string; readonly clientSecret: string };
}

/**
 * Turns the code that GitHub sent the browser back with into the app's keys; it is good once and for an hour.
 * @throws VendorRefused, HttpNotSent, HttpUncertain.
 */
export async function convertManifest(options: {
  readonly http: HttpClient;
  readonly host: string;
  readonly code: string;
  readonly now: () => Date;
}): Promise<ConvertedApp> {
  const { http, host, code, now } = options;
  const github = connectGitHub({ http, auth: { kind: "nobody" }, baseUrl: apiOf(host) ?? GITHUB_API, now });
  const { data } = await github.request("POST /app-manifests/{code}/conversions", { code });
  return {
    appId: Number(data.id),
    slug: data.slug ?? "",
    htmlUrl: data.html_url,
    clientId: data.client_id,
    secrets: {
      privateKey: data.pem,
      webhookSecret: data.webhook_secret ?? "",
      clientSecret: data.client_secret,
    },
  };
}
