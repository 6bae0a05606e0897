import pg from "pg";
import type { DatabaseLog } from "../database-log.ts";
import { mapDatabaseError } from "../map-database-error.ts";
import { valueParsers } from "./value-parsers.ts";

/** Limits of a connection pool; the names and defaults are SQLAlchemy's, as the requirements state them. */
export interface PoolSettings {
  /** Connections that are kept. */
  readonly size: number;
  /** Connections above `size` that are opened under load and closed soon after. */
  readonly overflow: number;
  /** How long a caller waits for a connection before `OVERLOADED`. */
  readonly timeoutS: number;
  /** The age at which a connection is replaced. */
  readonly recycleS: number;
}

export const defaultPoolSettings: PoolSettings = { size: 20, overflow: 40, timeoutS: 30, recycleS: 3600 };

const OVERFLOW_IDLE_MS = 10_000;

/**
 * A pool over `connection`. Faults of `connect` and of queries on its clients pass through `mapDatabaseError`.
 *
 * It keeps no session state: no prepared statement has a name, nothing is SET outside a transaction, so that a
 * transaction pooler (PgBouncer, Neon, Supabase) may stand in between.
 */
export function createPool(connection: pg.ClientConfig, settings: PoolSettings, log: DatabaseLog): pg.Pool {
  const pool = new MappingPool({
    application_name: "culprit",
    ...connection,
    types: valueParsers,
    keepAlive: true,
    min: settings.size,
    max: settings.size + settings.overflow,
    idleTimeoutMillis: OVERFLOW_IDLE_MS,
    connectionTimeoutMillis: settings.timeoutS * 1000,
    maxLifetimeSeconds: settings.recycleS,
  });
  // An idle connection that breaks is dropped by the pool; without a listener it would end the process.
  // While the pool ends, the embedded server stops a moment before the last connection has said goodbye.
  pool.on("error", (error) => {
    if (!pool.ending) log.warn({ reason: error.message }, "an idle database connection broke");
  });
  pool.on("connect", (client) => {
    // Nor may one that breaks while a caller holds it: the caller's query fails, that is enough.
    client.on("error", () => undefined);
    mapQueryErrors(client);
  });
  // Its own query also answers with what the connection, not the query, reports (EPIPE).
  mapQueryErrors(pool);
  return pool;
}

class MappingPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (callback === undefined) {
      return super.connect().catch((error: unknown) => {
        throw mapDatabaseError(error);
      });
    }
    super.connect((error, client, done) => callback(mapOptional(error), client, done));
    return undefined;
  }
}

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void;

/** pg has one `query` with six signatures; wrapped by its two ways of answering, promise and callback. */
function mapQueryErrors(target: pg.ClientBase | pg.Pool): void {
  const query: (...args: unknown[]) => unknown = target.query.bind(target);
  const mapped = (...args: unknown[]): unknown => {
    const callback = args.at(-1);
    if (typeof callback === "function") {
      return query(...args.slice(0, -1), (error: unknown, result: unknown) =>
        callback(mapDatabaseError(error), result),
      );
    }
    const answer = query(...args);
    return answer instanceof Promise ? answer.catch(rethrowMapped) : answer;
  };
  Object.assign(target, { query: mapped });
}

function rethrowMapped(error: unknown): never {
  throw mapDatabaseError(error);
}

function mapOptional(error: Error | undefined): Error | undefined {
  const mapped = mapDatabaseError(error);
  return mapped instanceof Error ? mapped : undefined;
}
