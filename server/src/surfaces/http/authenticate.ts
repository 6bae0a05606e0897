import type { FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import { type KeyHolder, type KeyRing, sessionUser } from "../../domains/access/index.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

export const SESSION_COOKIE = "culprit_session";

/** Who asks: a person who signed in and sees every project, or a project's API key. */
export type Caller =
  | { readonly kind: "user"; readonly userId: string; readonly login: string; readonly projectId: null }
  | { readonly kind: "key"; readonly projectId: string };

const callers = new WeakMap<FastifyRequest, Caller>();

/** Who this request turned out to come from, or null where that was not asked or it was refused. */
export function knownCaller(request: FastifyRequest): Caller | null {
  return callers.get(request) ?? null;
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearerToken(request: FastifyRequest): string | null {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "");
  return match?.[1] ?? null;
}

/** The password of `Authorization: Basic …`, or null: clients that know no bearer tokens send their key so, under any name. */
export function basicPassword(request: FastifyRequest): string | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]{1,2000})$/i.exec(request.headers.authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const [, ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return password.join(":") || null;
}

/**
 * The caller of an API request, by session cookie or API key. A request that changes something and comes with a cookie
 * must come from our own page (`Sec-Fetch-Site`), so that no other site can act for a signed-in person.
 * @throws CulpritError UNAUTHORIZED or FORBIDDEN.
 */
export async function requireCaller(request: FastifyRequest, deps: { db: Kysely<DB>; keys: KeyRing }): Promise<Caller> {
  const caller = await findCaller(request, deps);
  callers.set(request, caller);
  return caller;
}

async function findCaller(request: FastifyRequest, deps: { db: Kysely<DB>; keys: KeyRing }): Promise<Caller> {
  const token = bearerToken(request);
  if (token !== null) {
    const holder = await deps.keys.holderOf(token);
    if (holder === null) {
      deps.keys.refused.key(token, request.ip);
      throw new CulpritError("UNAUTHORIZED", "The key is not valid. Use the API key of the project.");
    }
    if (holder.keyType !== "api") {
      throw new CulpritError(
        "FORBIDDEN",
        "This is an ingest key, which may only send signals. Use the project's API key here.",
      );
    }
    return { kind: "key", projectId: holder.projectId };
  }
  const session = request.cookies[SESSION_COOKIE];
  const user = session === undefined ? null : await sessionUser(deps.db, session);
  if (user === null) {
    throw new CulpritError(
      "UNAUTHORIZED",
      "You are not signed in. Open a link from `culprit login-link`, or send an API key.",
    );
  }
  const site = request.headers["sec-fetch-site"];
  if (request.method !== "GET" && site !== undefined && site !== "same-origin") {
    throw new CulpritError("FORBIDDEN", "This request comes from another site.");
  }
  return { kind: "user", userId: user.userId, login: user.login, projectId: null };
}

/** The project of an ingest key that came from `address`. @throws CulpritError UNAUTHORIZED or FORBIDDEN. */
export async function requireIngestKey(key: string | null, keys: KeyRing, address: string): Promise<KeyHolder> {
  const holder = key === null ? null : await keys.holderOf(key);
  if (holder === null) {
    if (key !== null) keys.refused.key(key, address);
    throw new CulpritError(
      "UNAUTHORIZED",
      "No valid ingest key came with the request. Send `Authorization: Bearer <ingest key>` or use the project's DSN.",
    );
  }
  if (holder.keyType !== "ingest")
    throw new CulpritError(
      "FORBIDDEN",
      "This is an API key, which reads and changes the project; what sends signals gets the ingest key, which can do nothing else.",
    );
  return holder;
}
