/** Headers by lower-case name, as Node gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The public key of the DSN that came with a request, or null: of `X-Sentry-Auth` (some clients use `Authorization` for it),
 * else of `?sentry_key=`, as browsers send it. It is as sent, at most 255 characters, and still has to be checked.
 */
export function sentryKey(headers: Headers, url: string): string | null {
  return keyOfHeader(headers["x-sentry-auth"]) ?? keyOfHeader(headers.authorization) ?? keyOfQuery(url);
}

/** The public key of a DSN, `https://<key>[:<secret>]@host/<project>`, such as tunnels leave in the envelope's header; null when it is no DSN. */
export function keyOfDsn(dsn: unknown): string | null {
  if (typeof dsn !== "string") return null;
  return plainKey(/^https?:\/\/([^:@/\s]{1,255})(?::[^@/\s]{0,255})?@/.exec(dsn.slice(0, 2_048))?.[1]);
}

function keyOfHeader(header: string | readonly string[] | undefined): string | null {
  const value = typeof header === "string" ? header : header?.[0];
  if (value === undefined || value.length > 4_096) return null;
  return plainKey(/(?:^|[\s,])sentry_key\s{0,4}=\s{0,4}([^\s,]{1,255})/i.exec(value)?.[1]);
}

function keyOfQuery(url: string): string | null {
  return plainKey(/[?&]sentry_key=([^&#]{1,255})/.exec(url.slice(0, 8_192))?.[1]);
}

function plainKey(key: string | undefined): string | null {
  return key !== undefined && /^[\w.~-]{1,255}$/.test(key) ? key : null;
}
