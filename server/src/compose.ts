import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createLoginLink, KeyRing } from "./domains/access/index.ts";
import { type ChangeDeps, type CommitSummarizer, observeEdges } from "./domains/change/index.ts";
import { gateIncidents, LatencyThresholds } from "./domains/detection/index.ts";
import { DiskGuard, Intake } from "./domains/intake/index.ts";
import { openGitHubAppFor } from "./domains/integration/index.ts";
import type { AgentSetting, PullRequestDeps, RepairDeps, SandboxProvider } from "./domains/repair/index.ts";
import {
  loadTemplates,
  openPostgresTelemetry,
  projectServices,
  Scraper,
  storeTemplates,
  Telemetry,
  type TelemetryStore,
} from "./domains/telemetry/index.ts";
import type { UpkeepDeps } from "./domains/upkeep/index.ts";
import { syncBuiltins } from "./domains/workflow/index.ts";
import type { Config } from "./platform/config/options.ts";
import { QuerySampler } from "./platform/db/check/query-sampler.ts";
import { hasCluster } from "./platform/db/embedded/cluster-folder.ts";
import { migrateUp } from "./platform/db/migrations/migrate-up.ts";
import { type Database, type DatabaseConfig, openDatabase } from "./platform/db/open-database.ts";
import { CulpritError } from "./platform/errors/culprit-error.ts";
import { openHttpClient } from "./platform/http-client/open-http-client.ts";
import { createLog, type Log } from "./platform/log/log.ts";
import { giveBackMemory } from "./platform/process/give-back-memory.ts";
import { keepHeapSmall } from "./platform/process/keep-heap-small.ts";
import { noteRunningServer } from "./platform/process/running-server.ts";
import { openQueue } from "./platform/queue/queue.ts";
import { openSecretBox } from "./platform/secrets/open-secret-box.ts";
import type { ActionServices } from "./surfaces/actions/action-services.ts";
import { loadCatalogue } from "./surfaces/actions/load-catalogue.ts";
import { autopsyModelOf, autopsySettingsOf } from "./surfaces/autopsy-settings-of.ts";
import type { Command, CommandContext } from "./surfaces/cli/command.ts";
import { areas } from "./surfaces/cli/commands/index.ts";
import { runCli } from "./surfaces/cli/run-cli.ts";
import { buildServer } from "./surfaces/http/build-server.ts";
import { workAtExecutions } from "./surfaces/jobs/executions.ts";
import { preparePartitions, prepareUpkeep, startUpkeep } from "./surfaces/jobs/upkeep.ts";
import { workAtDetection } from "./surfaces/jobs/work-at-detection.ts";
import { workAtIntegrations } from "./surfaces/jobs/work-at-integrations.ts";
import { workAtTriggers } from "./surfaces/jobs/work-at-triggers.ts";
import { openEngines } from "./surfaces/open-engines.ts";
import { publicUrlOf } from "./surfaces/public-url.ts";
import { upkeepSettingsOf } from "./surfaces/upkeep-settings-of.ts";
import { openClickHouseTelemetry } from "./vendors/clickhouse/index.ts";
import { openCheckouts } from "./vendors/git/checkout.ts";
import { createGitRepositories, openLocalCheckout, openLocalRepository } from "./vendors/git/index.ts";
import { codeSearch } from "./vendors/git/search-code.ts";
import { openRepairRepositories } from "./vendors/git/worktree.ts";
import type { LoadApp } from "./vendors/github/auth-of.ts";
import { forgeOpener } from "./vendors/github/open-forge.ts";
import { providerSummarizer } from "./vendors/models/provider-summarizer.ts";
import { findNpm } from "./vendors/npm/find-npm.ts";
import { lintWithOxlint } from "./vendors/oxc/lint-files.ts";
import { parseModule } from "./vendors/oxc/parse-module.ts";
import { schemaReader } from "./vendors/postgresql/read-schema.ts";
import { withGitHub } from "./vendors/providers.ts";
import { pullRequestForgeOpener } from "./vendors/pull-request-forges.ts";
import { findRust } from "./vendors/rustup/find-rust.ts";
import { createSandboxProvider } from "./vendors/sandbox/detect-sandbox.ts";
import { plainSandbox } from "./vendors/sandbox/plain.ts";

/** The only composition root: it opens the engines, hands them to the domains, and the domains to the surfaces. */

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const webFolder = fileURLToPath(new URL("../../web/dist", import.meta.url));
const STOP_MS = 30_000;
/** After the start, when the first answers were given. */
const GIVE_BACK_MS = 5_000;

/** Runs the command line of this process. @returns its exit code. */
export function run(): Promise<number> {
  return runCli(process.argv.slice(2), { areas, script: process.argv[1] ?? "", env: process.env, version, compose });
}

function compose(config: Config, command: Command): { ctx: CommandContext; close(): Promise<void> } {
  const log = createLog(config.logLevel);
  let opened: Promise<Database> | undefined;
  const openUnmigrated = async () => {
    if (command.isFirst !== true) await refuseMissingData(config, command);
    opened ??= openDatabase(databaseConfig(config), { log });
    return opened;
  };
  const openMigrated = async () => {
    const database = await openUnmigrated();
    await migrateUp({ pool: database.pool, log });
    return database;
  };
  const ctx: CommandContext = {
    config,
    log,
    version,
    say: (line) => void process.stderr.write(`${line}\n`),
    print: (line) => void process.stdout.write(`${line}\n`),
    openUnmigrated,
    readEnv: (name) => process.env[name],
    openRepository: (folder) => openLocalRepository(folder),
    openCheckout: (folder) => openLocalCheckout(folder, process.env),
    openDatabase: openMigrated,
    openTelemetry: async () => openTelemetryStore(config, await openMigrated(), log, { isFolding: false }),
    openEngines: async () => {
      const database = await openMigrated();
      const { git } = composeDomains(config, database);
      return openEngines(config, { database, log, git });
    },
    findSandbox: sandboxOf(config),
    serve: async () => {
      const stopAsked = untilAskedToStop();
      await serve(config, await openMigrated(), log, ctx.say, stopAsked);
    },
  };
  return { ctx, close: async () => (await opened?.catch(() => undefined))?.close() };
}

/** A command that works on what is there makes no database in whatever folder it was called in. */
async function refuseMissingData({ databaseUrl, dataDir }: Config, { flags }: Command): Promise<void> {
  if (databaseUrl !== "" || (await hasCluster(dataDir))) return;
  const server = flags.server === undefined ? "" : " or --server URL";
  throw new CulpritError(
    "NOT_FOUND",
    `There is no Culprit data in ${resolve(dataDir)}. Give --data-dir DIR${server}; culprit start makes a new one.`,
  );
}

function databaseConfig(config: Config): DatabaseConfig {
  const pool = {
    size: config.poolSize,
    overflow: config.poolOverflow,
    timeoutS: config.poolTimeoutS,
    recycleS: config.poolRecycleS,
  };
  const allowInsecure = config.databaseAllowInsecure;
  const replica =
    config.databaseReplicaUrl === ""
      ? {}
      : { replica: { url: config.databaseReplicaUrl, allowInsecure, lagMaxMs: config.replicaLagMaxMs } };
  return config.databaseUrl === ""
    ? { kind: "embedded", dataDir: resolve(config.dataDir), pool, ...replica }
    : { kind: "url", url: config.databaseUrl, allowInsecure, pool, ...replica };
}

/** Where telemetry is kept: in ClickHouse where one is named, else in the database. */
async function openTelemetryStore(
  config: Config,
  database: Database,
  log: Log,
  { isFolding }: { readonly isFolding: boolean },
): Promise<TelemetryStore> {
  const now = () => new Date();
  const keepDays = config.retentionTelemetryDays;
  if (config.clickhouseUrl === "") return openPostgresTelemetry({ database, log, now, keepDays, isFolding });
  return openClickHouseTelemetry({
    ...{ url: config.clickhouseUrl, now, keepDays },
    ...{ rollup5mDays: config.retentionRollup5mDays, rollup1hDays: config.retentionRollup1hDays },
    maySee: async (tenant, projectId) => {
      const { db } = database.asTenant(tenant);
      return (
        (await db.selectFrom("projects").select("id").where("id", "=", projectId).executeTakeFirst()) !== undefined
      );
    },
  });
}

/** The domains' needs, met by the vendors. */
function composeDomains(
  config: Config,
  database: Database,
): ChangeDeps & RepairDeps & Pick<PullRequestDeps, "openCheckout"> {
  const dataDir = resolve(config.dataDir);
  const folder = join(dataDir, "repositories");
  const { PATH, HOME, SSH_AUTH_SOCK, npm_config_registry: registry } = process.env;
  const gitEnv = Object.entries({ PATH, HOME, SSH_AUTH_SOCK }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    database,
    git: createGitRepositories({ folder, env: Object.fromEntries(gitEnv) }),
    openRepository: openRepairRepositories(folder),
    openCheckout: openCheckouts(folder, Object.fromEntries(gitEnv)),
    sandbox: sandboxOf(config),
    unisolatedSandbox: plainSandbox(),
    parseModule,
    dependencyFolder: join(dataDir, "dependencies"),
    packages: { ...findNpm(process.env), registry: registry ?? null, rust: findRust(process.env) },
  };
}

/** What separates the code of projects from this machine, and from the data folder. */
function sandboxOf({ sandbox: kind, sandboxImage: image, dataDir }: Config): SandboxProvider {
  return createSandboxProvider({ kind, image, hidden: [resolve(dataDir)], env: process.env });
}

/** The model that words summaries, where one is set up. */
function summarizerOf({ model, modelUrl, modelApiKey }: Config): CommitSummarizer | null {
  return model === "" || modelUrl === "" ? null : providerSummarizer({ model, url: modelUrl, apiKey: modelApiKey });
}

/** The agent that the settings name, with those variables of the environment that it may see. */
function agentOf({ agentCommand, agentNetwork, agentEnv }: Config): AgentSetting | null {
  const command = agentCommand.split(/\s+/).filter((word) => word !== "");
  const names = agentEnv.split(",").map((name) => name.trim());
  const env = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? ""]]));
  return command.length === 0 ? null : { command, network: agentNetwork, env: Object.fromEntries(env) };
}

/**
 * Listens for SIGINT and SIGTERM from before the database is opened: asked to stop while it starts, Culprit finishes that
 * step and stops in order, so that no PostgreSQL is left running.
 */
function untilAskedToStop(): Promise<string> {
  return new Promise((stop) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop(name));
  });
}

/** Runs everything until SIGINT or SIGTERM, then stops taking in, finishes what was accepted, and returns. */
async function serve(
  config: Config,
  database: Database,
  log: Log,
  say: (line: string) => void,
  stopAsked: Promise<string>,
): Promise<void> {
  const startedAt = new Date();
  if ((await Promise.race([stopAsked, null])) !== null) return;
  keepHeapSmall();
  const dataDir = resolve(config.dataDir);
  await preparePartitions(database);
  // What was opened is closed again in the reverse order, also where the start fails half way.
  await using opened = new AsyncDisposableStack();
  const keys = new KeyRing(database.db);
  opened.defer(() => keys.writeUses());
  const queue = await openQueue(database, log);
  opened.defer(() => queue.close(STOP_MS));
  const disk = new DiskGuard(join(dataDir, "postgres"), config.diskFreeBytesMin);
  const intake = new Intake({ database, queue, log, disk }, config);
  const deps = composeDomains(config, database);
  const now = () => new Date();
  const telemetryStore = await openTelemetryStore(config, database, log, { isFolding: config.workers > 0 });
  opened.defer(() => telemetryStore.close());
  const engines = await openEngines(config, { database, log, git: deps.git });
  opened.defer(() => engines.close());
  await engines.refuseUnreachable();
  const { topology, retrieval } = engines;
  const telemetry = new Telemetry(
    {
      ...{ store: telemetryStore, log, disk, now },
      observeEdges: async (edges) => void (await observeEdges(database.db, edges)),
      storeTemplates: (news) => storeTemplates(database, news),
      loadTemplates: (place, most) => loadTemplates(database, place, most),
    },
    config,
  );

  let port = config.port;
  const publicUrl = () => publicUrlOf(config, port);
  const secretBox = openSecretBox({ secret: config.secret, dataDir });
  const http = openHttpClient({ allowPrivate: config.httpAllowPrivate });
  const storePolicy = { payloadsPerIncident: config.payloadsPerIncident };
  const loadApp: LoadApp = (installation) => openGitHubAppFor({ database, secretBox }, installation);
  const providers = withGitHub(loadApp);
  const integrations = { database, queue, http, providers, secretBox, log, publicUrl, storePolicy, now };
  const upkeep: UpkeepDeps = {
    database,
    queue,
    now,
    settings: upkeepSettingsOf(config, version),
    sampler: new QuerySampler(database.pool, now),
    telemetry: telemetryStore,
  };
  const catalogue = await loadCatalogue();
  await syncBuiltins(database, catalogue);
  await prepareUpkeep(upkeep, log);
  const services: ActionServices = {
    ...deps,
    telemetry: telemetryStore,
    topology,
    retrieval,
    upkeep,
    database,
    queue,
    log,
    http,
    integrations,
    openForge: forgeOpener(integrations, loadApp),
    openPullRequestForge: pullRequestForgeOpener(integrations, loadApp),
    lint: lintWithOxlint,
    summarizer: summarizerOf(config),
    searchCode: codeSearch(join(dataDir, "repositories")),
    autopsyModel: autopsyModelOf(config),
    autopsySettings: autopsySettingsOf(config),
    schemaReader: schemaReader({ allowPrivate: config.httpAllowPrivate }),
    publicUrl,
    settings: {
      proof: config.proof,
      investigationsPerMinute: config.investigationsPerMinute,
      agent: agentOf(config),
    },
    now,
  };
  if (config.workers > 0) {
    await queue.work("gate", 1, async ({ projectId }) => {
      const result = await gateIncidents(database, queue, {
        projectId,
        investigationsPerMinute: config.investigationsPerMinute,
      });
      log.info({ projectId, ...result }, "the gate decided");
    });
    const stopExecutions = await workAtExecutions({
      database,
      queue,
      log,
      catalogue,
      services,
      secretBox,
      publicUrl,
      now,
      heavyMax: config.workers,
    });
    opened.defer(() => stopExecutions(STOP_MS));
    opened.defer(await workAtIntegrations(integrations));
    opened.defer(await workAtTriggers({ database, queue, log, publicUrl, now }));
    opened.defer(engines.work());
    const { investigationsPerMinute } = config;
    opened.defer(
      workAtDetection({ database, queue, telemetry: telemetryStore, log, storePolicy, investigationsPerMinute, now }),
    );
  }

  const { bodyBytesMax, inflatedBytesMax } = config;
  const app = await buildServer({
    ...deps,
    database,
    queue,
    log,
    keys,
    integrations,
    webhooksPerMinute: config.webhooksPerMinute,
    catalogue,
    http,
    secretBox,
    now,
    openForge: services.openForge,
    intake,
    telemetry,
    telemetryStore,
    topology,
    retrieval,
    checkEngines: engines.checks,
    serviceOf: projectServices(database.db),
    latency: new LatencyThresholds({ database, now: () => new Date(), defaultMs: config.latencyThresholdMs }),
    publicUrl,
    version,
    bodyBytesMax,
    inflatedBytesMax,
    webFolder,
    startedAt,
    upkeep,
    facts: {
      ...{ version, startedAt, isEmbedded: config.databaseUrl === "", replicaLagMaxMs: config.replicaLagMaxMs },
      deadman: { isOn: config.deadmanUrl !== "", everyS: config.deadmanEveryS },
    },
  });
  opened.defer(() => telemetry.close());
  const scraper = new Scraper({ ...{ database, telemetry, http, secretBox, log, now }, limits: config });
  opened.defer(() => scraper.close());
  opened.defer(() => intake.drain());
  opened.defer(() => app.close());
  await listen(app, config);
  const address = app.server.address();
  if (typeof address === "object" && address !== null) port = address.port;
  const { host, httpAllowPrivate } = config;
  opened.defer(noteRunningServer(dataDir, { url: publicUrl(), host, port, httpAllowPrivate }));
  telemetry.start();
  if (config.workers > 0) scraper.start();
  opened.defer(startUpkeep({ database, keys, log, config, http, upkeep }));
  const giveBack = setTimeout(giveBackMemory, GIVE_BACK_MS).unref();
  opened.defer(() => clearTimeout(giveBack));
  say(`Culprit ${version} runs at ${publicUrl()}`);
  say(`Sign in (once, within an hour): ${publicUrl()}/login/${await createLoginLink(database.db)}`);
  log.info(
    {
      url: publicUrl(),
      database: config.databaseUrl === "" ? "embedded" : "url",
      startMs: Math.round(process.uptime() * 1000),
    },
    "started",
  );

  const signal = await stopAsked;
  log.info({ signal }, "stopping");
}

async function listen(app: Awaited<ReturnType<typeof buildServer>>, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    const message = `Port ${port} of ${host} is taken, perhaps by another Culprit. Choose another: --port N, or 0 for a free one.`;
    throw new CulpritError("CONFIG_INVALID", message, { details: { field: "port", provided: port }, cause });
  }
}
