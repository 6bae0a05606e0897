import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { FakeApp, FakeGitHubState, Permissions } from "./state.ts";

interface Manifest {
  readonly name?: string;
  readonly url?: string;
  readonly hook_attributes?: { readonly url?: string; readonly active?: boolean };
  readonly redirect_url?: string;
  readonly setup_url?: string;
  readonly public?: boolean;
  readonly default_permissions?: Permissions;
  readonly default_events?: readonly string[];
}

/** The pages where a person makes an app of a manifest and installs it. @returns where the browser is sent, or what is wrong. */
export function answerPage(
  state: FakeGitHubState,
  request: { readonly method: string; readonly url: URL; readonly form: URLSearchParams },
): { readonly location: string } | { readonly problem: string } | null {
  const { pathname, searchParams } = request.url;
  const owner = /^\/organizations\/([^/]+)\/settings\/apps\/new$/.exec(pathname)?.[1];
  if (request.method === "POST" && (owner !== undefined || pathname === "/settings/apps/new")) {
    return makeApp(state, request.form.get("manifest") ?? "", searchParams.get("state"), owner ?? "octocat");
  }
  const slug = /^\/apps\/([^/]+)\/installations\/new$/.exec(pathname)?.[1];
  if (slug !== undefined) return install(state, slug, searchParams.get("state"));
  return null;
}

/** An app with fresh keys. */
export function addApp(
  state: FakeGitHubState,
  given: Partial<Omit<FakeApp, "id" | "privateKey" | "publicKey">>,
): FakeApp {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const id = 1000 + state.nextId();
  const app: FakeApp = {
    id,
    name: given.name ?? "Culprit",
    slug: given.slug ?? `culprit-${id}`,
    owner: given.owner ?? "octocat",
    clientId: given.clientId ?? `Iv1.${randomBytes(8).toString("hex")}`,
    clientSecret: given.clientSecret ?? randomBytes(20).toString("hex"),
    webhookSecret: given.webhookSecret ?? randomBytes(20).toString("hex"),
    privateKey,
    publicKey,
    permissions: given.permissions ?? everything,
    events: given.events ?? ["push", "pull_request", "issues", "issue_comment"],
    hookUrl: given.hookUrl ?? "",
    setupUrl: given.setupUrl ?? null,
  };
  state.apps.set(id, app);
  return app;
}

const everything: Permissions = {
  metadata: "read",
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
  statuses: "write",
};

function makeApp(state: FakeGitHubState, text: string, stateToken: string | null, owner: string) {
  const manifest = parse(text);
  if (manifest === null) return { problem: "The manifest is not valid JSON" };
  const { name, url, hook_attributes: hook, redirect_url: redirect, setup_url: setup } = manifest;
  if (url === undefined || redirect === undefined) return { problem: "url and redirect_url are required" };
  if (hook !== undefined && hook.url === undefined) return { problem: "hook_attributes.url is required" };
  if (name !== undefined && name.length > 34) return { problem: "Name is too long (maximum is 34 characters)" };
  const app = addApp(state, {
    owner,
    ...(name === undefined ? {} : { name, slug: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-") }),
    hookUrl: hook?.url ?? "",
    setupUrl: setup ?? null,
    permissions: manifest.default_permissions ?? {},
    events: manifest.default_events ?? [],
  });
  const code = randomBytes(20).toString("hex");
  state.manifestCodes.set(code, app.id);
  const back = new URL(redirect);
  back.searchParams.set("code", code);
  if (stateToken !== null) back.searchParams.set("state", stateToken);
  return { location: back.href };
}

function install(state: FakeGitHubState, slug: string, stateToken: string | null) {
  const app = [...state.apps.values()].find((each) => each.slug === slug);
  if (app === undefined) return { problem: "Not Found" };
  const repositories = [...state.repositories.values()]
    .filter(({ owner }) => owner === app.owner)
    .map(({ fullName }) => fullName);
  const id = 5000 + state.nextId();
  state.installations.set(id, {
    id,
    appId: app.id,
    account: app.owner,
    repositories,
    permissions: app.permissions,
    suspendedAt: null,
    createdAt: state.now().toISOString(),
  });
  if (app.setupUrl === null) return { problem: "The app has no setup URL" };
  const back = new URL(app.setupUrl);
  back.searchParams.set("installation_id", String(id));
  back.searchParams.set("setup_action", "install");
  if (stateToken !== null) back.searchParams.set("state", stateToken);
  return { location: back.href };
}

function parse(text: string): Manifest | null {
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    return null;
  }
}
