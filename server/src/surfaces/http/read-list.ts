import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Kysely, Transaction } from "kysely";
import type { Database } from "../../platform/db/open-database.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { type Caller, knownCaller } from "./authenticate.ts";
import { tenantOf } from "./caller-scope.ts";

const WROTE_COOKIE = "culprit_wrote";
const WROTE_S = 600;
const CALLERS_MAX = 10_000;

/** When callers last wrote through this process, by our clock; for programs, which keep no cookie. */
const wroteAt = new WeakMap<Database, Map<string, number>>();

/**
 * Reads a list as the caller, from the replica where there is one that is good enough and shows what the caller wrote;
 * else from the primary. The answer's header says which, and why not the replica.
 */
export async function readList<T>(
  deps: { readonly database: Database; readonly request: FastifyRequest; readonly reply: FastifyReply },
  caller: Caller,
  fn: (db: Kysely<DB>) => Promise<T>,
): Promise<T> {
  const { database, request, reply } = deps;
  const { value, source, reason } = await database.read(tenantOf(caller), lastWrite(database, request, caller), fn);
  if (database.replica !== null)
    reply.header("x-culprit-read-from", reason === null ? source : `${source}; ${reason.replaceAll(/[^ -~]/g, "?")}`);
  return value;
}

/** A list that takes several statements, all of one moment. */
export function inSnapshot<T>(db: Kysely<DB>, fn: (tx: Transaction<DB>) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(fn);
}

/**
 * Keeps when each caller wrote, at the end of the request, when it is committed: here for this process, and in a cookie
 * for the others that the next request may come to.
 */
export function noteWrites(app: FastifyInstance, database: Database): void {
  if (database.replica === null) return;
  const times = wroteAt.get(database) ?? new Map<string, number>();
  wroteAt.set(database, times);
  app.addHook("onSend", async (request, reply) => {
    const caller = knownCaller(request);
    if (caller === null || request.method === "GET" || request.method === "HEAD") return;
    const name = nameOf(caller);
    times.delete(name);
    times.set(name, Date.now());
    const oldest = times.keys().next();
    if (times.size > CALLERS_MAX && oldest.done !== true) times.delete(oldest.value);
    if (caller.kind === "user")
      reply.setCookie(WROTE_COOKIE, String(Date.now()), {
        httpOnly: true,
        sameSite: "lax",
        path: "/",
        maxAge: WROTE_S,
      });
  });
}

function lastWrite(database: Database, request: FastifyRequest, caller: Caller): number | null {
  const here = wroteAt.get(database)?.get(nameOf(caller));
  const told = Number(request.cookies[WROTE_COOKIE] ?? Number.NaN);
  const known = [here, told].filter((ms) => ms !== undefined && Number.isFinite(ms)) as number[];
  // A cookie from the future would keep its owner from the replica for ever.
  return known.length === 0 ? null : Math.min(Date.now(), Math.max(...known));
}

function nameOf(caller: Caller): string {
  return caller.kind === "user" ? caller.userId : caller.projectId;
}
