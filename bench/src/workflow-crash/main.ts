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
import { round, table } from "../shared/numbers.ts";
import { freePort, makeDataFolder } from "../shared/scratch.ts";
import { openWorld, type World } from "./world.ts";

const DEFAULTS = { kills: 200, workers: 3, executions: 1000 };
const ENDS_WITHIN_MS = 300_000;
const UP_WITHIN_MS = 60_000;
const kinds = ["keyed", "found", "bare"] as const;

/** `bench workflow-crash`: every execution ends and no effect happens twice, whatever is killed. See bench/README.md. */
export async function run(flags: readonly string[]): Promise<number> {
  const settings = numberFlags(flags, DEFAULTS);
  const folder = makeDataFolder();
  const world = await openWorld(settings.executions);
  const workers: RunningCulprit[] = [];
  const optionsOf = (port: number): CulpritOptions => ({
    dataDir: folder.path,
    port,
    settings: { CULPRIT_HTTP_ALLOW_PRIVATE: "127.0.0.1" },
  });
  try {
    for (let n = 0; n < settings.workers; n += 1)
      workers.push(await startCulprit(optionsOf(await freePort()), UP_WITHIN_MS));
    const [first] = workers;
    if (first === undefined) throw new Error("--workers is 0");
    const { apiKey } = await createProject(optionsOf(first.port), "bench");
    const id = await saveWorkflow(first.port, apiKey, world);

    const killer = killAgainAndAgain(workers, optionsOf, settings.kills);
    let started = 0;
    const starter = (async () => {
      for (; started < settings.executions && !killer.isDone(); started += 1) {
        await startOne(workers, apiKey, id, { n: started, issue: world.issues[started] ?? 0 });
        await delay(killer.pauseMs(settings.executions - started));
      }
    })();
    await Promise.all([killer.done, starter]);
    for (; started < settings.executions; started += 1)
      await startOne(workers, apiKey, id, { n: started, issue: world.issues[started] ?? 0 });

    const client = await until("a connection", UP_WITHIN_MS, () => tryConnect(folder.path));
    const unfinished = await untilEnded(client);
    const result = await compare(client, world);
    await client.end();
    const longestMs = Math.max(...killer.backMs);
    process.stdout.write(
      `${table([
        ["effect", "made once", "unknown", "missing", "doubled"],
        ...kinds.map((kind) => [
          kind,
          result[kind].once,
          result[kind].unknown,
          result[kind].missing,
          result[kind].doubled,
        ]),
      ])}\n\n${settings.kills} kills of ${settings.workers} workers, back after ${round(longestMs)} ms at most; ${result.executions} executions, ${unfinished} of them unfinished.\n` +
        `${result.interrupted} steps were begun again after a kill. The fake GitHub found ${world.github.faults.length} faults in itself.\n`,
    );
    const sum = (what: "missing" | "unknown" | "doubled") =>
      kinds.reduce((total, kind) => total + result[kind][what], 0);
    process.stdout.write(
      `${JSON.stringify({
        kills: settings.kills,
        executions: result.executions,
        unfinished,
        effects_missing: sum("missing"),
        effects_unknown: sum("unknown"),
        effects_doubled: sum("doubled"),
      })}\n`,
    );
    return unfinished + sum("missing") + sum("doubled") === 0 ? 0 : 1;
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await stopPostgres(folder.path);
    await world.close();
    folder.remove();
  }
}

async function saveWorkflow(port: number, apiKey: string, world: World): Promise<string> {
  const api = new Api(port, apiKey);
  await api.post("/api/integrations", {
    type: "github",
    name: "github",
    config: { repositories: ["bench/shop"], base_url: world.github.apiUrl },
    credentials: { token: world.token },
  });
  const call = { method: "POST", body: { n: "${{ inputs.n }}" } };
  const definition = {
    name: "three-effects",
    inputs: { n: { type: "number", required: true }, issue: { type: "number", required: true } },
    triggers: [{ type: "manual" }],
    config: { timeout: 3600, retry_policy: { max_attempts: 20, delay: 1, backoff: "fixed" } },
    steps: [
      {
        id: "keyed",
        uses: "http_request",
        with: { ...call, url: `${world.url}/keyed`, idempotency_key_header: "idempotency-key" },
      },
      {
        id: "found",
        uses: "post_comment",
        with: {
          pull_request_number: "${{ inputs.issue }}",
          repository: "bench/shop",
          comment: "execution ${{ inputs.n }}",
        },
      },
      // What becomes of it is seen on the delivery; the execution goes on.
      { id: "bare", uses: "http_request", with: { ...call, url: `${world.url}/bare` }, continue_on_error: true },
    ],
  };
  const { workflow } = await api.post<{ workflow: { id: string } }>("/api/workflows", { definition });
  api.close();
  return workflow.id;
}

/** Starts one at whichever worker answers. An answer that a kill took away may leave two executions of the same number. */
async function startOne(
  workers: readonly RunningCulprit[],
  apiKey: string,
  id: string,
  inputs: { readonly n: number; readonly issue: number },
): Promise<void> {
  await until(`execution ${inputs.n}`, UP_WITHIN_MS, async () => {
    const worker = workers[Math.floor(Math.random() * workers.length)];
    if (worker === undefined || worker.hasEnded()) return null;
    const api = new Api(worker.port, apiKey);
    try {
      await api.post(`/api/workflows/${id}/run`, { inputs });
      return true;
    } catch {
      return null;
    } finally {
      api.close();
    }
  });
}

/** Kills a random worker every now and then and starts it again. */
function killAgainAndAgain(workers: RunningCulprit[], optionsOf: (port: number) => CulpritOptions, kills: number) {
  const backMs: number[] = [];
  const done = (async () => {
    while (backMs.length < kills) {
      await delay(100 + Math.random() * 500);
      const index = Math.floor(Math.random() * workers.length);
      const victim = workers[index];
      if (victim === undefined) continue;
      const killedAt = performance.now();
      await victim.kill();
      workers[index] = await startCulprit(optionsOf(victim.port), UP_WITHIN_MS);
      backMs.push(performance.now() - killedAt);
      if (backMs.length % 20 === 0) process.stderr.write(`${backMs.length} kills\n`);
    }
  })();
  return {
    done,
    backMs,
    isDone: () => backMs.length >= kills,
    /** Spreads the executions that are left over the kills that are left. */
    pauseMs: (left: number) => Math.min(2000, ((kills - backMs.length) * 1000) / Math.max(1, left)),
  };
}

async function untilEnded(client: pg.Client): Promise<number> {
  const count = async () => {
    const { rows } = await client.query<{ count: string }>(
      "select count(*) from workflow_executions where status in ('pending', 'running')",
    );
    return Number(rows[0]?.count);
  };
  const deadline = performance.now() + ENDS_WITHIN_MS;
  let left = await count();
  for (; left > 0 && performance.now() < deadline; left = await count()) await delay(200);
  return left;
}

type Tally = Record<"once" | "unknown" | "missing" | "doubled", number>;

/** What the world saw against what Culprit stored: an effect is there as often as executions asked for it, or visibly unknown. */
async function compare(client: pg.Client, world: World) {
  const { rows } = await client.query<{ n: number; executions: number; statuses: (string | null)[]; steps: string[] }>(
    `select (e.inputs ->> 'n')::int as n, count(distinct e.id)::int as executions,
       array_agg(d.status) as statuses, array_agg(s.path) as steps
     from workflow_executions e cross join unnest(array['keyed', 'found', 'bare']) as s(path)
     left join deliveries d on d.execution_id = e.id and d.step_path = s.path
     where e.inputs ? 'n' group by 1`,
  );
  const tallies: Record<(typeof kinds)[number], Tally> = {
    keyed: { once: 0, unknown: 0, missing: 0, doubled: 0 },
    found: { once: 0, unknown: 0, missing: 0, doubled: 0 },
    bare: { once: 0, unknown: 0, missing: 0, doubled: 0 },
  };
  for (const { n, executions, statuses, steps } of rows) {
    for (const kind of kinds) {
      const unknown = steps.filter((step, at) => step === kind && statuses[at] === "unknown").length;
      const made = world.made(kind, n);
      const tally = tallies[kind];
      tally.unknown += unknown;
      tally.doubled += Math.max(0, made - executions);
      tally.missing += Math.max(0, executions - made - unknown);
      if (made === executions && unknown === 0) tally.once += executions;
    }
  }
  const { rows: counted } = await client.query<{ interrupted: string; executions: string }>(
    `select (select count(*) from execution_steps where attempt > 1) as interrupted,
       (select count(*) from workflow_executions where inputs ? 'n') as executions`,
  );
  return { ...tallies, executions: Number(counted[0]?.executions), interrupted: Number(counted[0]?.interrupted) };
}
