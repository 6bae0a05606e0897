import pg from "pg";
import { EMBEDDED_ROLE } from "./create-cluster.ts";

const UNDEFINED_DATABASE = "3D000";
const ALREADY_MADE = new Set(["42P04", "23505"]);

/**
 * True when the server behind this socket answers and has the database, which is made where it is missing; false while
 * it does not answer (not there, still starting, shutting down). Safe to call concurrently.
 */
export async function prepareDatabase(host: string, port: number, database: string): Promise<boolean> {
  const outcome = await tryConnecting(host, port, database);
  if (outcome !== UNDEFINED_DATABASE) return outcome === null;
  const client = clientFor(host, port, "postgres");
  try {
    await client.connect();
    await client.query(`create database ${pg.escapeIdentifier(database)}`);
    return true;
  } catch (error) {
    return ALREADY_MADE.has(codeOf(error));
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Null on success, else the code of the error. */
async function tryConnecting(host: string, port: number, database: string): Promise<string | null> {
  const client = clientFor(host, port, database);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return codeOf(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function clientFor(host: string, port: number, database: string): pg.Client {
  const client = new pg.Client({ host, port, database, user: EMBEDDED_ROLE, connectionTimeoutMillis: 10_000 });
  // Without a listener a connection that breaks later would end the process.
  client.on("error", () => undefined);
  return client;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
