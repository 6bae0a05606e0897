import { setTimeout as delay } from "node:timers/promises";
import { Kysely, PostgresDialect, type PostgresPool, type Transaction } from "kysely";
import type pg from "pg";
import { ENGINE_ROLE } from "./as-engine.ts";
import type { DatabaseLog } from "./database-log.ts";
import { type EmbeddedServer, startEmbeddedServer } from "./embedded/embedded-server.ts";
import type { Durability } from "./embedded/postgres-settings.ts";
import { Listener, type NotificationHandler } from "./listen.ts";
import { mapDatabaseError } from "./map-database-error.ts";
import { checkConnectionUrl } from "./pool/check-connection-url.ts";
import { createPool, defaultPoolSettings, type PoolSettings } from "./pool/create-pool.ts";
import { refuseOldServer } from "./pool/refuse-old-server.ts";
import { type ReadFrom, ReplicaReads } from "./replica/replica-reads.ts";
import { rolePool } from "./role-pool.ts";
import type { DB } from "./tables.generated.ts";

const HEALTH_WITHIN_MS = 2_000;
/** A replica that hangs costs a list this much at most; then it is not asked any more. */
const REPLICA_WITHIN_S = 3;

/** Which database, and how many connections to it. */
export type DatabaseConfig = (
  | { readonly kind: "embedded"; readonly dataDir: string; readonly durability?: Durability }
  | { readonly kind: "url"; readonly url: string; readonly allowInsecure: boolean }
) & { readonly pool?: Partial<PoolSettings>; readonly replica?: ReplicaConfig };

/** A streaming replica that lists may be read from. */
export interface ReplicaConfig {
  readonly url: string;
  readonly allowInsecure: boolean;
  readonly lagMaxMs: number;
}

/** What the database is doing, for the health page. */
export interface DatabaseHealth {
  readonly isHealthy: boolean;
  /** Why it is not healthy; null when it is. */
  readonly reason: string | null;
  readonly latencyMs: number;
  readonly connections: { readonly total: number; readonly idle: number; readonly waiting: number };
  /** The process id of the embedded server; null when it is down or the database is elsewhere. */
  readonly embeddedPid: number | null;
}

/** The database as one of its roles. */
export interface DatabaseScope {
  readonly db: Kysely<DB>;
  /** Runs `fn` in one transaction. Inside it: never the network, never another connection. */
  transaction<T>(fn: (tx: Transaction<DB>) => Promise<T>): Promise<T>;
  /** Runs `fn` in one read-only transaction whose statements all see the same moment. The same rules as `transaction`. */
  snapshot<T>(fn: (tx: Transaction<DB>) => Promise<T>): Promise<T>;
}

/** Who a request speaks for: the projects of a user, one project alone, or that one if it is the user's. */
export type Tenant = { readonly userId: string | null; readonly projectId: string | null };

/** The one database of this process; itself as `culprit_engine`, the role of intake and workers, which sees all rows. */
export interface Database extends DatabaseScope {
  /** Connections as the owner of the tables: for migrations, partitions and the queue's own tables. */
  readonly pool: pg.Pool;
  /** As the owner of the tables. */
  readonly owner: Kysely<DB>;
  /** As `culprit_tenant`: row-level security shows only what `tenant` may see, and refuses to write elsewhere. */
  asTenant(tenant: Tenant): DatabaseScope;
  /**
   * Reads as `tenant`, from the replica where there is one that is good enough, else from the primary. Who wrote at
   * `wroteAtMs` (by our clock) sees what they wrote. `fn` only reads, and may be called twice.
   */
  read<T>(tenant: Tenant, wroteAtMs: number | null, fn: (db: Kysely<DB>) => Promise<T>): Promise<ReadFrom<T>>;
  /** How the replica stands; null where there is none. */
  readonly replica: ReplicaReads | null;
  /** Calls `handler` with the payload of each notification until the returned function is called. A hint only: see `Listener`. */
  listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>>;
  /** Asks the server once and waits at most 2 s, which is unhealthy; never throws. */
  health(): Promise<DatabaseHealth>;
  /** Closes all connections and signs off from the embedded server, which stops with its last user. Idempotent. */
  close(): Promise<void>;
}

/**
 * The open database of `config`. Embedded: the server is running when it resolves. By URL: the first connection was
 * made, so that a wrong URL is an error at start.
 *
 * Throws `DATA_FOLDER_UNUSABLE`, `DATABASE_UNAVAILABLE`, `INSECURE_DATABASE` or `CONFIG_INVALID`. Migrates nothing.
 */
export async function openDatabase(config: DatabaseConfig, { log }: { log: DatabaseLog }): Promise<Database> {
  const settings = { ...defaultPoolSettings, ...config.pool };
  if (config.kind === "url") {
    const connection = checkConnectionUrl(config.url, config.allowInsecure);
    const database = databaseOver(connection, settings, log, null, config.replica);
    try {
      const { rows } = await database.pool.query<{ version: number }>(
        "select current_setting('server_version_num')::int as version",
      );
      refuseOldServer(rows[0]?.version ?? 0);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }
  const { dataDir, durability = "full" } = config;
  const server = await startEmbeddedServer({ dataDir, log, durability });
  const { host, port, role: user, databaseName } = server;
  return databaseOver({ host, port, user, database: databaseName }, settings, log, server, config.replica);
}

function databaseOver(
  connection: pg.ClientConfig,
  settings: PoolSettings,
  log: DatabaseLog,
  server: EmbeddedServer | null,
  replicaConfig: ReplicaConfig | undefined,
): Database {
  const pool = createPool(connection, settings, log);
  const replicaPool =
    replicaConfig === undefined
      ? null
      : createPool(
          checkConnectionUrl(replicaConfig.url, replicaConfig.allowInsecure),
          { ...settings, timeoutS: REPLICA_WITHIN_S },
          log,
        );
  const replica = replicaPool === null ? null : new ReplicaReads(pool, replicaPool, replicaConfig?.lagMaxMs ?? 0);
  const asTenant = (tenant: Tenant) => scopeOver(rolePool(pool, tenantOpening(tenant)));
  const engine = scopeOver(rolePool(pool, `set local role ${ENGINE_ROLE}`));
  const listener = new Listener(connection, log);
  let closing: Promise<void> | undefined;
  return {
    ...engine,
    pool,
    owner: new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }),
    asTenant,
    replica,
    read: async (tenant, wroteAtMs, fn) => {
      const onPrimary = () => fn(asTenant(tenant).db);
      if (replica === null || replicaPool === null)
        return { value: await onPrimary(), source: "primary", reason: null };
      const onReplica = () => fn(scopeOver(rolePool(replicaPool, tenantOpening(tenant))).db);
      return replica.read(wroteAtMs, onReplica, onPrimary);
    },
    listen: (channel, handler) => listener.listen(channel, handler),
    health: () => checkHealth(pool, server),
    close: () => {
      closing ??= closeAll(pool, listener, server, replica);
      return closing;
    },
  };
}

function scopeOver(pool: PostgresPool): DatabaseScope {
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  const mapped = (error: unknown): never => {
    throw mapDatabaseError(error);
  };
  return {
    db,
    transaction: (fn) => db.transaction().execute(fn).catch(mapped),
    snapshot: (fn) =>
      db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(fn).catch(mapped),
  };
}

function tenantOpening({ userId, projectId }: Tenant): string {
  const settings = Object.entries({ "culprit.user_id": userId, "culprit.project_id": projectId });
  return ["set local role culprit_tenant", ...settings.map(([name, id]) => `set local ${name} = '${idText(id)}'`)].join(
    "; ",
  );
}

/** The settings stand in a statement as text, so nothing but an id may come there. */
function idText(id: string | null): string {
  if (id !== null && !/^[0-9a-f-]{36}$/.test(id)) throw new Error(`${JSON.stringify(id)} is not the id of a tenant`);
  return id ?? "";
}

async function checkHealth(pool: pg.Pool, server: EmbeddedServer | null): Promise<DatabaseHealth> {
  const askedAt = performance.now();
  const asked = pool.query("select 1").then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const late = delay(HEALTH_WITHIN_MS, `no answer within ${HEALTH_WITHIN_MS} ms`, { ref: false });
  const reason = await Promise.race([asked, late]);
  return {
    isHealthy: reason === null,
    reason,
    latencyMs: Math.round((performance.now() - askedAt) * 10) / 10,
    connections: { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount },
    embeddedPid: server?.pid() ?? null,
  };
}

async function closeAll(
  pool: pg.Pool,
  listener: Listener,
  server: EmbeddedServer | null,
  replica: ReplicaReads | null,
): Promise<void> {
  await listener.close();
  await replica?.close();
  await pool.end();
  await server?.release();
}
