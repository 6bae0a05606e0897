import { isIP } from "node:net";
import type pg from "pg";
import { parseIntoClientConfig } from "pg-connection-string";
import { CulpritError } from "../../errors/culprit-error.ts";

/**
 * The driver's settings for a `DATABASE_URL`. A host of another machine must be reached by verified TLS
 * (`sslmode=verify-full`, or the equally strict `require`, `verify-ca` and `prefer` of this driver) unless
 * `allowInsecure`; this machine and Unix sockets are exempt.
 *
 * Throws `INSECURE_DATABASE`, or `CONFIG_INVALID` when it is no PostgreSQL URL. Neither repeats the password.
 */
export function checkConnectionUrl(url: string, allowInsecure: boolean): pg.ClientConfig {
  const config = parseUrl(url);
  const host = config.host ?? "localhost";
  if (allowInsecure || isThisMachine(host) || isVerified(config.ssl)) return config;
  throw new CulpritError(
    "INSECURE_DATABASE",
    `DATABASE_URL reaches ${host} without verified TLS. Add \`?sslmode=verify-full\` to it (and ` +
      "`sslrootcert=FILE` for a private CA), or set DATABASE_ALLOW_INSECURE=true if the network between is trusted.",
    { details: { field: "DATABASE_URL", provided: host } },
  );
}

function parseUrl(url: string): pg.ClientConfig {
  if (/^postgres(ql)?:\/\//i.test(url)) {
    try {
      // These modes all verify in this version of the driver, which warns that it will change; say it explicitly.
      return parseIntoClientConfig(url.replace(/([?&]sslmode=)(prefer|require|verify-ca)\b/i, "$1verify-full"));
    } catch {
      // Falls through: the cause would repeat the URL.
    }
  }
  throw new CulpritError(
    "CONFIG_INVALID",
    "DATABASE_URL is not a PostgreSQL URL. Write it as `postgresql://user:password@host:5432/database?sslmode=verify-full`, " +
      "with special characters of the password percent-encoded.",
    { details: { field: "DATABASE_URL" } },
  );
}

function isThisMachine(host: string): boolean {
  if (host === "" || host.startsWith("/") || host.toLowerCase() === "localhost") return true;
  return isIP(host) === 4 ? host.startsWith("127.") : host === "::1";
}

function isVerified(ssl: pg.ClientConfig["ssl"]): boolean {
  if (ssl === true) return true;
  if (ssl === undefined || ssl === false) return false;
  return ssl.rejectUnauthorized !== false && ssl.checkServerIdentity === undefined;
}
