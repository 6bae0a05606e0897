import { sql, type Transaction } from "kysely";
import { fromKysely, PgBoss } from "pg-boss";
import { asEngine, ENGINE_ROLE } from "../db/as-engine.ts";
import type { Database } from "../db/open-database.ts";
import type { DB } from "../db/tables.generated.ts";
import type { Log } from "../log/log.ts";

/** The jobs of the house and what each carries. A job holds an id, never the thing: the row is the truth. */
export interface Jobs {
  /** Decide about the project's open incidents. At most one waits per project. */
  gate: { readonly projectId: string };
  /** Carry on one workflow execution from its last checkpoint. */
  execution: { readonly executionId: string };
}
export type JobName = keyof Jobs;

export interface Queue {
  /** Puts a job into the queue in the caller's transaction: it exists if the transaction commits. Same `key`, one waiting job. */
  enqueue<N extends JobName>(
    tx: Transaction<DB>,
    name: N,
    data: Jobs[N],
    options: { key: string; delayS?: number },
  ): Promise<void>;
  /** Puts many jobs into the queue by one statement; otherwise as `enqueue`. `at` is when each is due. */
  enqueueMany<N extends JobName>(
    tx: Transaction<DB>,
    name: N,
    jobs: readonly { readonly data: Jobs[N]; readonly key: string; readonly at?: Date | null }[],
  ): Promise<void>;
  /** Hands out jobs in batches: each counts as done when `handler` returns, so it must have made sure of them by then. */
  workInBatches<N extends JobName>(
    name: N,
    size: number,
    handler: (batch: readonly Jobs[N][], signal: AbortSignal) => Promise<void>,
  ): Promise<void>;
  /** Runs `handler` for jobs, at most `concurrency` at once; a throw is tried again with back-off. */
  work<N extends JobName>(
    name: N,
    concurrency: number,
    handler: (data: Jobs[N], signal: AbortSignal) => Promise<void>,
  ): Promise<void>;
  /** Stops taking jobs and waits for the running ones, `timeoutMs` at most. */
  close(timeoutMs: number): Promise<void>;
}

/** "gran" as a number: whoever grants on the queue's tables holds this transaction-scoped advisory lock. */
const GRANT_LOCK = 0x6772616e;
const heartbeatSeconds = 10;
/** Seconds between polls: jobs for later are found by polling only. */
const polling = { notifyPollingIntervalSeconds: 2, pollingIntervalSeconds: 0.5 };
const retries = { retryLimit: 5, retryDelay: 1, retryBackoff: true, retryDelayMax: 60 };

/**
 * The queue, on pg-boss in the same database. Workers are woken by NOTIFY in a few milliseconds and poll only as a
 * safety net; a job whose worker died is taken up again when its heartbeat has been missing for ten seconds.
 */
export async function openQueue(database: Database, log: Log): Promise<Queue> {
  const boss = new PgBoss({
    db: {
      executeSql: async (text, values) => database.pool.query(text, values),
      listen: async (channel, onNotification, onReconnect) => {
        const stop = await database.listen(channel, onNotification);
        onReconnect();
        return { close: stop };
      },
    },
    useListenNotify: true,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    schedule: false,
  });
  boss.on("error", (err) => log.error({ err }, "the queue has a fault"));
  boss.on("warning", (warning) => log.warn({ warning }, "the queue warns"));
  await boss.start();
  await boss.createQueue("gate", { policy: "short", notify: true, heartbeatSeconds, ...retries });
  await boss.createQueue("execution", {
    policy: "short",
    notify: true,
    heartbeatSeconds,
    expireInSeconds: 30 * 60,
    ...retries,
  });
  await grantToEngine(database);
  return {
    async enqueue(tx, name, data, { key, delayS }) {
      const options = { singletonKey: key, ...(delayS === undefined ? {} : { startAfter: delayS }) };
      await asEngine(tx, () => boss.send(name, data, { db: fromKysely(tx), ...options }));
    },
    async enqueueMany(tx, name, jobs) {
      if (jobs.length === 0) return;
      const rows = jobs.map(({ data, key, at }) => ({
        data,
        singletonKey: key,
        ...(at == null ? {} : { startAfter: at }),
      }));
      await asEngine(tx, () => boss.insert(name, rows, { db: fromKysely(tx) }));
    },
    async workInBatches(name, size, handler) {
      const workerId = await boss.work(name, { ...polling, batchSize: size }, async (jobs) => {
        await handler(
          jobs.map((job) => job.data as Jobs[typeof name]),
          AbortSignal.any(jobs.map((job) => job.signal)),
        );
        boss.notifyWorker(workerId);
      });
    },
    async work(name, concurrency, handler) {
      for (let i = 0; i < concurrency; i++) {
        const workerId = await boss.work(name, polling, async (jobs) => {
          for (const job of jobs) await handler(job.data as Jobs[typeof name], job.signal);
          // A worker sleeps after each job until it is notified; what waits behind this one was notified before.
          boss.notifyWorker(workerId);
        });
      }
    },
    async close(timeoutMs) {
      await boss.stop({ graceful: true, timeout: timeoutMs });
    },
  };
}

/** Lets the engine's role use the queue's tables, which the queue made by itself as the owner. */
async function grantToEngine({ owner }: Database): Promise<void> {
  await owner.transaction().execute(async (tx) => {
    // Two processes that grant at once would fail with a tuple that was updated concurrently.
    await sql`select pg_advisory_xact_lock(${GRANT_LOCK})`.execute(tx);
    await sql`grant usage on schema pgboss to ${sql.id(ENGINE_ROLE)}`.execute(tx);
    await sql`grant select, insert, update, delete on all tables in schema pgboss to ${sql.id(ENGINE_ROLE)}`.execute(
      tx,
    );
  });
}
