import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { PgBoss } from "pg-boss";

/*
 * What the same database gives with empty jobs, each put there by a statement of its own as Culprit's executions are, and
 * each counted when its worker has it done. Nothing of Culprit is in it.
 */

const AT_ONCE = 32;

/** pg-boss as Culprit uses it: woken by notifications, fifty jobs a fetch. */
export async function bareJobsPerS(connection: pg.ClientConfig, count: number): Promise<number> {
  const boss = new PgBoss({ ...plain(connection), schema: "bench_floor", useListenNotify: true, max: 20 });
  boss.on("error", () => {});
  await boss.start();
  await boss.createQueue("floor", { notify: true });
  const done = Promise.withResolvers<void>();
  let finished = 0;
  const options = { batchSize: 50, pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 };
  const workerId = await boss.work("floor", options, async (jobs) => {
    finished += jobs.length;
    if (finished >= count) done.resolve();
    boss.notifyWorker(workerId);
  });
  const startedAt = performance.now();
  await atOnce(count, (n) => boss.send("floor", { n }));
  await done.promise;
  const perS = count / ((performance.now() - startedAt) / 1000);
  await boss.stop({ graceful: false });
  return perS;
}

/** graphile-worker with its defaults and as many jobs at once. */
export async function graphileJobsPerS(connection: pg.ClientConfig, count: number): Promise<number> {
  const pool = new pg.Pool({ ...connection, max: 20 });
  const done = Promise.withResolvers<void>();
  let finished = 0;
  const runner = await run({
    pgPool: pool,
    concurrency: AT_ONCE,
    noHandleSignals: true,
    logger: new Logger(() => () => {}),
    taskList: {
      floor: async () => {
        finished += 1;
        if (finished >= count) done.resolve();
      },
    },
  });
  const utils = await makeWorkerUtils({ pgPool: pool });
  const startedAt = performance.now();
  await atOnce(count, (n) => utils.addJob("floor", { n }));
  await done.promise;
  const perS = count / ((performance.now() - startedAt) / 1000);
  await utils.release();
  await runner.stop();
  await pool.end();
  return perS;
}

async function atOnce(count: number, put: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await put(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

function plain({ host, port, user, database }: pg.ClientConfig): {
  host: string;
  port: number;
  user: string;
  database: string;
} {
  return { host: host ?? "", port: port ?? 5432, user: user ?? "", database: database ?? "" };
}
