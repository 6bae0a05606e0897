import { createPublicKey, verify } from "node:crypto";
import { Refusal } from "../git/serve-forge.ts";
import type { Identity } from "./call.ts";
import type { FakeGitHubState, Permissions } from "./state.ts";

/** Who the header `authorization` speaks for. An app's JWT is verified by its public key. */
export function identify(state: FakeGitHubState, header: string | undefined): Identity {
  const token = /^(?:bearer|token) (.+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) return { kind: "nobody" };
  const own = state.tokens.get(token);
  if (own !== undefined) {
    if (own.expiresAt !== null && own.expiresAt <= state.now()) throw new Refusal(401, "Bad credentials");
    return { kind: "token", token: own, user: { login: own.login, isBot: false, appId: null } };
  }
  const issued = state.installationTokens.get(token);
  if (issued !== undefined) {
    const installation = state.installations.get(issued.installationId);
    const app = state.apps.get(installation?.appId ?? -1);
    if (installation === undefined || app === undefined || issued.expiresAt <= state.now())
      throw new Refusal(401, "Bad credentials");
    return { kind: "installation", installation, app, user: { login: `${app.slug}[bot]`, isBot: true, appId: app.id } };
  }
  return appOfJwt(state, token);
}

/** @throws Refusal where the caller lacks the permission, such as `issues:write`. */
export function requirePermission(identity: Identity, needs: string | null): void {
  if (needs === null) return;
  const [name = "", level = "read"] = needs.split(":");
  switch (identity.kind) {
    case "nobody":
      throw new Refusal(401, "Requires authentication");
    case "app":
      throw new Refusal(403, "Resource not accessible by integration");
    case "token":
      if (!allows(identity.token.permissions, name, level))
        throw new Refusal(403, "Resource not accessible by personal access token");
      return;
    case "installation":
      if (!allows(identity.installation.permissions, name, level))
        throw new Refusal(403, "Resource not accessible by integration");
  }
}

function allows(permissions: Permissions | null, name: string, level: string): boolean {
  if (permissions === null || name === "metadata") return true;
  // Conversations of pull requests are written with either permission.
  const own = [permissions[name], name === "issues" ? permissions.pull_requests : undefined];
  return level === "read" ? own.some((has) => has !== undefined) : own.includes("write");
}

function appOfJwt(state: FakeGitHubState, token: string): Identity {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const claims = parse(payload);
  const app = state.apps.get(Number(claims.iss));
  const isOwn =
    app !== undefined &&
    parse(head).alg === "RS256" &&
    verify(
      "RSA-SHA256",
      Buffer.from(`${head}.${payload}`),
      createPublicKey(app.publicKey),
      Buffer.from(signature, "base64url"),
    );
  if (app === undefined || !isOwn) throw new Refusal(401, "Bad credentials");
  return { kind: "app", app };
}

function parse(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}
