import { CulpritError } from "../errors/culprit-error.ts";

const RETRY_AFTER_S = 1;

/** SQLSTATE classes that mean the server cannot be used now: connection exceptions, operator intervention, system errors. */
const UNAVAILABLE_CLASSES = new Set(["08", "58"]);
const UNAVAILABLE_STATES: Readonly<Record<string, string>> = {
  "53100": "the disk of the database is full; free some space, writing resumes by itself",
  "53200": "the database is out of memory",
  "25006": "the database only reads now (a standby, or a provider's limit)",
  "57P01": "the database is shutting down or restarting",
  "57P02": "the database crashed and is recovering",
  "57P03": "the database is starting",
  "57P05": "the database closed an idle session",
  "3D000": "the database does not exist",
  "28000": "the database refused this user",
  "28P01": "the database refused this password",
};
const UNAVAILABLE_NODE_CODES = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT", "ENOTFOUND"],
  ...["EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN", "ENOTCONN"],
]);
/** The driver gives these no code; the words are those of pg 8. */
const UNAVAILABLE_WORDS =
  /^(connection terminated|client has encountered a connection error|client was closed|client has already|server does not support ssl|cannot use a pool after)/i;
const POOL_IS_FULL = /^timeout exceeded when trying to connect/;

/**
 * The fault that a database error means to a caller: `OVERLOADED` when no connection came free, `DATABASE_UNAVAILABLE`
 * when the server cannot be reached or refuses to write, both with `retryAfterS`. Every other error (a broken
 * constraint, a deadlock, a mistake in SQL) comes back as it is: its SQLSTATE in `code` means something to the verb that ran the query.
 */
export function mapDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CulpritError) return error;
  const code = "code" in error ? String(error.code) : "";
  if (POOL_IS_FULL.test(error.message)) {
    return overloaded("No database connection became free in time. Wait and send it again.", error);
  }
  if (code === "53300") return overloaded("The database server has no connection left. Wait and send it again.", error);
  const reason = unavailableReason(error, code);
  if (reason === null) return error;
  return new CulpritError("DATABASE_UNAVAILABLE", `The database is not available: ${reason}.`, {
    details: { retryAfterS: RETRY_AFTER_S },
    cause: error,
  });
}

function unavailableReason(error: Error, code: string): string | null {
  const known = UNAVAILABLE_STATES[code];
  if (known !== undefined) return known;
  if (/^[0-9A-Z]{5}$/.test(code) && UNAVAILABLE_CLASSES.has(code.slice(0, 2))) return error.message;
  if (UNAVAILABLE_NODE_CODES.has(code)) return `no connection (${code})`;
  return UNAVAILABLE_WORDS.test(error.message) ? "the connection broke" : null;
}

function overloaded(message: string, cause: Error): CulpritError {
  return new CulpritError("OVERLOADED", message, { details: { retryAfterS: RETRY_AFTER_S }, cause });
}
