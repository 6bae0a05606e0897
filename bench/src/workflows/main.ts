import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { Api } from "../shared/api.ts";
import {
  type CulpritOptions,
  createProject,
  type RunningCulprit,
  startCulprit,
  stopPostgres,
} from "../shared/culprit.ts";
import { tryConnect, until } from "../shared/database.ts";
import { numberFlags } from "../shared/flags.ts";
import { percentile, round, table } from "../shared/numbers.ts";
import { freePort, makeDataFolder } from "../shared/scratch.ts";
import { bareJobsPerS, graphileJobsPerS } from "./floor.ts";
import { threeActions } from "./three-actions.ts";

const DEFAULTS = { executions: 4000, rate: 200, seconds: 15, connections: 32 };
const WITHIN_MS = 120_000;

/** `bench workflows`: how many executions a second, and how long one waits until its first step. See bench/README.md. */
export async function run(flags: readonly string[]): Promise<number> {
  const settings = numberFlags(flags, DEFAULTS);
  const folder = makeDataFolder();
  const options: CulpritOptions = { dataDir: folder.path, port: await freePort() };
  let culprit: RunningCulprit | null = null;
  try {
    culprit = await startCulprit(options);
    const { apiKey } = await createProject(options, "bench");
    const api = new Api(culprit.port, apiKey, { connections: settings.connections });
    const client = await until("a connection", WITHIN_MS, () => tryConnect(folder.path));
    const { workflow } = await api.post<{ workflow: { id: string } }>("/api/workflows", { definition: threeActions });
    const start = (n: number) => api.post(`/api/workflows/${workflow.id}/run`, { inputs: { n } });
    // What is compiled and cached at first is not what is measured.
    await flood(start, 200, settings.connections);
    await untilEnded(client, 200);

    const floodAt = performance.now();
    await flood(start, settings.executions, settings.connections);
    await untilEnded(client, 200 + settings.executions);
    const perS = settings.executions / ((performance.now() - floodAt) / 1000);

    const since = new Date();
    const steady = settings.rate * settings.seconds;
    await steadily(start, steady, settings.rate);
    await untilEnded(client, 200 + settings.executions + steady);
    const waits = await startLatencies(client, since);
    const { steps, logs, failed } = await countWritten(client);
    await client.end();
    api.close();

    const connection = await connectionOf(folder.path);
    const bare = await bareJobsPerS(connection, settings.executions);
    const graphile = await graphileJobsPerS(connection, settings.executions);
    const [p50, p95] = [percentile(waits, 0.5), percentile(waits, 0.95)];
    process.stdout.write(
      `${table([
        ["", "a second", "of the floor"],
        ["executions of three actions, started by HTTP", round(perS), ""],
        ["pg-boss, empty jobs (the floor)", round(bare), `${round((perS / bare) * 100)} %`],
        ["graphile-worker, empty jobs", round(graphile), `${round((perS / graphile) * 100)} %`],
      ])}\n\n` +
        `At ${settings.rate} a second for ${settings.seconds} s, from the request to the first step: p50 ${round(p50)} ms, p95 ${round(p95)} ms, longest ${round(percentile(waits, 1))} ms.\n` +
        `Stored: ${steps} steps and ${logs} lines of log; ${failed} executions did not complete.\n`,
    );
    process.stdout.write(
      `${JSON.stringify({
        per_s: round(perS),
        start_p50_ms: round(p50),
        start_p95_ms: round(p95),
        floor_per_s: round(bare),
        graphile_per_s: round(graphile),
        failed,
      })}\n`,
    );
    return failed === 0 ? 0 : 1;
  } finally {
    await culprit?.stop();
    await stopPostgres(folder.path);
    folder.remove();
  }
}

/** As many as the connections carry: each sends its next request when the last one is answered. */
async function flood(start: (n: number) => Promise<unknown>, count: number, connections: number): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await start(next++);
  };
  await Promise.all(Array.from({ length: connections }, lane));
}

/** At a fixed rate, whatever the answers take. */
async function steadily(start: (n: number) => Promise<unknown>, count: number, rate: number): Promise<void> {
  const startedAt = performance.now();
  const asked: Promise<unknown>[] = [];
  for (let n = 0; n < count; n += 1) {
    const early = startedAt + (n * 1000) / rate - performance.now();
    if (early > 0) await delay(early);
    asked.push(start(n));
  }
  await Promise.all(asked);
}

async function untilEnded(client: pg.Client, count: number): Promise<void> {
  await until(`${count} ended executions`, WITHIN_MS, async () => {
    const { rows } = await client.query<{ count: string }>(
      "select count(*) from workflow_executions where status not in ('pending', 'running')",
    );
    return Number(rows[0]?.count) >= count ? true : null;
  });
}

/** From the making of an execution to the beginning of its first step, in ms. */
async function startLatencies(client: pg.Client, since: Date): Promise<number[]> {
  const { rows } = await client.query<{ ms: number }>(
    `select extract(epoch from min(s.started_at) - e.started_at)::float8 * 1000 as ms
     from workflow_executions e join execution_steps s on s.execution_id = e.id where e.started_at >= $1 group by e.id`,
    [since],
  );
  return rows.map(({ ms }) => ms);
}

async function countWritten(client: pg.Client): Promise<{ steps: number; logs: number; failed: number }> {
  const { rows } = await client.query<{ steps: string; logs: string; failed: string }>(
    `select (select count(*) from execution_steps) as steps, (select count(*) from execution_logs) as logs,
       (select count(*) from workflow_executions where status <> 'completed') as failed`,
  );
  return { steps: Number(rows[0]?.steps), logs: Number(rows[0]?.logs), failed: Number(rows[0]?.failed) };
}

async function connectionOf(dataDir: string): Promise<pg.ClientConfig> {
  const client = await until("a connection", WITHIN_MS, () => tryConnect(dataDir));
  const { host, port, user, database } = client;
  await client.end();
  return { host, port, user, database: database ?? "culprit" };
}
