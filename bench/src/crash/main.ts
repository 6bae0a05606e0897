import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Api, countAll } from "../shared/api.ts";
import {
  type CulpritOptions,
  createProject,
  isHealthy,
  type RunningCulprit,
  startCulprit,
  stopPostgres,
} from "../shared/culprit.ts";
import { tryConnect, until } from "../shared/database.ts";
import { numberFlags } from "../shared/flags.ts";
import { round, table } from "../shared/numbers.ts";
import { processTree, readPostmaster } from "../shared/processes.ts";
import { type DataFolder, freePort, makeDataFolder } from "../shared/scratch.ts";
import { compare } from "./compare.ts";
import { killInsideMigration } from "./kill-inside-migration.ts";
import { type Sender, startSender } from "./start-sender.ts";

const DEFAULTS = { kills: 10, events: 100_000, connections: 64, fingerprints: 500 };
const SETTINGS = { CULPRIT_INGEST_PER_MINUTE: "0" };
/** From a kill to the next successful `GET /health`. */
const BACK_WITHIN_MS = 60_000;
const STEP_WITHIN_MS = 120_000;
const MIGRATION_TRIES = 10;

/** What is killed: Culprit, the postmaster, one of PostgreSQL's sessions, or Culprit and the postmaster together. */
type Victim = "culprit" | "postgres" | "a session" | "both";

interface Kill {
  readonly victim: Victim | "in a migration";
  readonly acknowledgedBefore: number;
  readonly backMs: number;
}

/** `bench crash`: nothing acknowledged is lost or counted twice, whatever is killed. See bench/README.md. */
export async function run(flags: readonly string[]): Promise<number> {
  const settings = numberFlags(flags, DEFAULTS);
  const port = await freePort();
  let folder: DataFolder = makeDataFolder();
  let culprit: RunningCulprit | null = null;
  let sender: Sender | null = null;
  try {
    let options: CulpritOptions = { dataDir: folder.path, port, settings: SETTINGS };
    let tries = 1;
    while (!(await killInsideMigration(options))) {
      if (tries === MIGRATION_TRIES) throw new Error(`no kill hit the migration in ${tries} tries`);
      tries += 1;
      await stopPostgres(folder.path);
      folder.remove();
      folder = makeDataFolder();
      options = { ...options, dataDir: folder.path };
    }
    culprit = await startCulprit(options, BACK_WITHIN_MS);
    const kills: Kill[] = [{ victim: "in a migration", acknowledgedBefore: 0, backMs: culprit.startMs }];

    const project = await createProject(options, "bench");
    sender = startSender({ port, ...project, connections: settings.connections, fingerprints: settings.fingerprints });
    const victims = shuffled(settings.kills);
    const step = Math.ceil(settings.events / (victims.length + 1));
    for (const [index, victim] of victims.entries()) {
      const acknowledgedBefore = await waitForAcknowledged(sender, step * (index + 1));
      await delay(Math.random() * 200);
      const killedAt = performance.now();
      culprit = await kill(victim, culprit, options);
      const backMs = performance.now() - killedAt;
      kills.push({ victim, acknowledgedBefore, backMs });
      process.stderr.write(`killed ${victim} at ${acknowledgedBefore} events, back after ${round(backMs)} ms\n`);
    }
    await waitForAcknowledged(sender, settings.events);

    const ledgerFile = join(dirname(folder.path), "ledger");
    const { sentAgain, refused } = await sender.finish(ledgerFile, STEP_WITHIN_MS);
    const acknowledged = readFileSync(ledgerFile, "utf8").split("\n");
    const client = await until("a connection", BACK_WITHIN_MS, () => tryConnect(folder.path));
    const difference = await compare(client, acknowledged).finally(() => client.end());
    const api = new Api(port, project.apiKey);
    const shown = await countAll(api);
    api.close();

    const isWhole =
      difference.missing + difference.doubled + difference.claimedOnly + difference.miscounted + refused === 0 &&
      shown.occurrences === acknowledged.length;
    process.stdout.write(
      `${table([
        ["killed", "times", "back after, median (s)", "longest (s)"],
        ...summarise(kills),
        ["all", kills.length, "", ""],
      ])}\n\n` +
        `${acknowledged.length} events were acknowledged, ${sentAgain} requests were sent again under the same id.\n` +
        `The database holds ${difference.occurrences} occurrences, the API shows ${shown.occurrences} in ${shown.incidents} incidents.\n` +
        `Missing ${difference.missing}, doubled ${difference.doubled}, claimed without an occurrence ${difference.claimedOnly}, counters off by ${difference.miscounted}, refused ${refused}.\n`,
    );
    process.stdout.write(
      `${JSON.stringify({
        kills: kills.length,
        acknowledged: acknowledged.length,
        missing: difference.missing,
        doubled: difference.doubled + difference.miscounted,
        claimed_only: difference.claimedOnly,
        shown: shown.occurrences,
        sent_again: sentAgain,
        refused,
        back_s_max: round(Math.max(...kills.map(({ backMs }) => backMs)) / 1000, 2),
      })}\n`,
    );
    return isWhole ? 0 : 1;
  } finally {
    sender?.stop();
    await culprit?.stop();
    await stopPostgres(folder.path);
    folder.remove();
  }
}

/** `kills` of Culprit and as many of PostgreSQL, one of a single session, and one of both at once, in random order. */
function shuffled(kills: number): Victim[] {
  const victims: Victim[] = ["a session", "both"];
  for (let index = 0; index < kills; index += 1) victims.push("culprit", "postgres");
  return victims
    .map((victim) => ({ victim, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ victim }) => victim);
}

async function waitForAcknowledged(sender: Sender, count: number): Promise<number> {
  return until(`${count} acknowledged events`, STEP_WITHIN_MS, async () => {
    const { acknowledged } = await sender.state();
    return acknowledged >= count ? acknowledged : null;
  });
}

/** Kills and waits until Culprit answers again; starts it where it was killed. @returns the running one. */
async function kill(victim: Victim, culprit: RunningCulprit, options: CulpritOptions): Promise<RunningCulprit> {
  const server = readPostmaster(options.dataDir);
  if (server === null) throw new Error("there is no PostgreSQL to kill");
  if (victim === "a session") process.kill(sessionOf(server.pid), "SIGKILL");
  else if (victim !== "culprit") process.kill(server.pid, "SIGKILL");
  if (victim === "culprit" || victim === "both") {
    await culprit.kill();
    return startCulprit(options, BACK_WITHIN_MS);
  }
  await until("the new PostgreSQL", BACK_WITHIN_MS, async () => {
    if (culprit.hasEnded()) throw new Error("Culprit ended when its PostgreSQL was killed");
    const pid = readPostmaster(options.dataDir)?.pid;
    const isNew = pid !== undefined && (victim === "a session" || pid !== server.pid);
    return isNew && (await isHealthy(options.port)) ? true : null;
  });
  return culprit;
}

/** The newest process of PostgreSQL: a session, since its own helpers start with it. */
function sessionOf(postmaster: number): number {
  return processTree(postmaster).at(-1) ?? postmaster;
}

function summarise(kills: readonly Kill[]): (string | number)[][] {
  return [...new Set(kills.map(({ victim }) => victim))].map((name) => {
    const times = kills.filter(({ victim }) => victim === name).map(({ backMs }) => backMs / 1000);
    const sorted = times.toSorted((a, b) => a - b);
    return [name, times.length, round(sorted[sorted.length >> 1] ?? 0, 2), round(sorted.at(-1) ?? 0, 2)];
  });
}
