import { randomBytes } from "node:crypto";
import { Refusal } from "../../git/serve-forge.ts";
import { type Call, found, type Handler, repositoryOf } from "../call.ts";
import { fill } from "../least-value.ts";
import { appShape, installationShape, repositoryShape, userShape } from "../shapes.ts";
import type { FakeApp } from "../state.ts";

export const getApp: Handler = (call) => ({ status: 200, body: appShape(appOf(call), call) });

export const getAppHook: Handler = (call) => {
  const app = appOf(call);
  return { status: 200, body: { url: app.hookUrl, content_type: "json", insecure_ssl: "0", secret: "********" } };
};

export const getInstallation: Handler = (call) => {
  const app = appOf(call);
  return { status: 200, body: installationShape(installationAt(call, app), app, call) };
};

export const createInstallationToken: Handler = (call) => {
  const installation = installationAt(call, appOf(call));
  if (installation.suspendedAt !== null) throw new Refusal(403, "This installation has been suspended");
  const token = `ghs_${randomBytes(18).toString("hex")}`;
  const expiresAt = new Date(call.state.now().getTime() + 3_600_000);
  call.state.installationTokens.set(token, { installationId: installation.id, expiresAt });
  const { permissions } = installation;
  const body = { token, expires_at: expiresAt.toISOString(), permissions, repository_selection: "selected" };
  return { status: 201, body: fill("installation-token", body) };
};

export const convertManifest: Handler = (call) => {
  const code = call.path.code ?? "";
  const app = found(call.state.apps.get(call.state.manifestCodes.get(code) ?? -1));
  call.state.manifestCodes.delete(code);
  const secrets = { client_secret: app.clientSecret, webhook_secret: app.webhookSecret, pem: app.privateKey };
  return { status: 201, body: { ...appShape(app, call), ...secrets } };
};

export const listInstallationRepositories: Handler = (call) => {
  if (call.identity.kind !== "installation")
    throw new Refusal(403, "You must authenticate with an installation token.");
  const repositories = call.identity.installation.repositories.flatMap((name) => call.state.repository(name) ?? []);
  const shapes = repositories.map((repository) => repositoryShape("repository", repository, call));
  return { status: 200, body: { total_count: shapes.length, repositories: shapes } };
};

export const getUser: Handler = (call) => {
  const { identity } = call;
  if (identity.kind !== "token") throw new Refusal(403, "Resource not accessible by integration");
  const { scopes, expiresAt } = identity.token;
  const headers = {
    ...(scopes === null ? {} : { "x-oauth-scopes": scopes.join(", ") }),
    ...(expiresAt === null
      ? {}
      : { "github-authentication-token-expiration": `${expiresAt.toISOString().slice(0, 19).replace("T", " ")} UTC` }),
  };
  const own = { ...userShape(identity.user, call), user_view_type: "public" };
  return { status: 200, body: fill("public-user", own), headers };
};

export const getPermission: Handler = (call) => {
  const login = call.path.username ?? "";
  const permission = repositoryOf(call).collaborators.get(login) ?? "read";
  const user = fill("nullable-collaborator", {
    ...userShape({ login, isBot: false, appId: null }, call),
    role_name: permission,
  });
  return { status: 200, body: { permission, role_name: permission, user } };
};

export const listHooks: Handler = (call) => {
  const repository = repositoryOf(call);
  const hooks = repository.hooks.map((hook, id) =>
    fill("hook", {
      id,
      active: hook.isActive,
      events: hook.events,
      config: { url: hook.url },
      url: call.apiUrl,
      name: "web",
      type: "Repository",
    }),
  );
  return { status: 200, body: hooks, isList: true };
};

function appOf({ identity }: Call): FakeApp {
  if (identity.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
  return identity.app;
}

function installationAt(call: Call, app: FakeApp) {
  const installation = found(call.state.installations.get(Number(call.path.installation_id)));
  return found(installation.appId === app.id ? installation : null);
}
