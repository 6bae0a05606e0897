import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IncidentDetail, ProjectCreated } from "@culprit/contract";
import { type GeneratedDeployment, type GeneratedShop, generateShop, type Truth } from "../generate/generate-shop.ts";
import { checkoutRevision } from "../running/checkout-revision.ts";
import { installDependencies } from "../running/install-dependencies.ts";
import { type RunningShop, startShop } from "../running/start-shop.ts";
import type { DemoArguments } from "./arguments.ts";
import { awaitDiagnosis } from "./await-diagnosis.ts";
import { type CulpritApi, openApi } from "./culprit-api.ts";
import { type CulpritProcess, startCulprit } from "./culprit-process.ts";
import { describeCounts, driveTraffic } from "./drive-traffic.ts";
import { readBranch, startLocalForge } from "./local-forge.ts";
import { type PaymentProvider, startPaymentProvider } from "./payment-provider.ts";

const agent = fileURLToPath(new URL("../agent/instrument.ts", import.meta.url));
const environmentName = "production";

/** Things that must be undone at the end, last first. */
export interface Cleanup {
  readonly add: (undo: () => Promise<void>) => void;
}

export interface PlayOptions extends DemoArguments {
  /** A folder for Culprit's data and the shop. */
  readonly folder: string;
  /** Outside of that folder, and never named to Culprit. */
  readonly truthFile: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly cleanup: Cleanup;
}

export interface PlayResult {
  readonly incidents: readonly IncidentDetail[];
  readonly truth: Truth;
  readonly culprit: CulpritProcess;
  /** The commit of a branch in the shop's bare repository; null where there is none. */
  readonly branchTip: (branch: string) => string | null;
  /** Goes on with quiet traffic until the signal. */
  readonly linger: () => Promise<void>;
}

/** Plays one case from an empty folder to Culprit's answer. The truth is read only after the answer is there. */
export async function play(options: PlayOptions): Promise<PlayResult> {
  const { folder, say, cleanup, signal } = options;
  const dataDir = join(folder, "culprit");
  await mkdir(dataDir, { recursive: true });
  say("starting Culprit with its own PostgreSQL, and making a shop with a history …");
  const shopMade = generateShop({
    seed: options.seed,
    caseName: options.caseName,
    repository: join(folder, "shop.git"),
    truthFile: options.truthFile,
    now: new Date(),
  });
  const culpritStarted = startCulprit(dataDir, options.port, cleanup.add).then(async (started) => ({
    culprit: started,
    project: await started.createProject((await shopMade).serviceName),
  }));
  const [shop, folders, { culprit, project }, payments] = await Promise.all([
    shopMade,
    shopMade.then((made) => prepareRevisions(made, folder, signal)),
    culpritStarted,
    startPaymentProvider(),
  ]);
  cleanup.add(payments.stop);
  const stage: Stage = {
    options,
    shop,
    culprit,
    project,
    payments,
    api: openApi(culprit.url, project.api_key),
    folders,
  };

  const forge = await startLocalForge(shop.repository);
  cleanup.add(forge.stop);
  await stage.api.connectForge(forge);
  const running = await playReleases(stage);
  say("waiting for Culprit's answer …");
  const isAnyIncidentExpected = options.caseName !== "healthy";
  const incidents = await awaitDiagnosis(stage.api, {
    firstMs: isAnyIncidentExpected ? 20_000 : 4000,
    totalMs: 60_000,
    say,
    signal,
  });
  const truth = JSON.parse(await readFile(options.truthFile, "utf8")) as Truth;
  const branchTip = (branch: string) => readBranch(shop.repository, branch);
  return { incidents, truth, culprit, branchTip, linger: () => linger(stage, running) };
}

interface Stage {
  readonly options: PlayOptions;
  readonly shop: GeneratedShop;
  readonly culprit: CulpritProcess;
  readonly project: ProjectCreated;
  readonly payments: PaymentProvider;
  readonly api: CulpritApi;
  readonly folders: { readonly before: string; readonly after: string };
}

/** Checks out the two revisions that run while the demo looks, each with its dependencies. */
async function prepareRevisions(shop: GeneratedShop, folder: string, signal: AbortSignal): Promise<Stage["folders"]> {
  const [, second, third] = shop.deployments;
  const prepare = async ({ tag, commit }: GeneratedDeployment) => {
    const target = join(folder, "releases", tag);
    await checkoutRevision(shop.repository, commit, target);
    await installDependencies(target, signal);
    return target;
  };
  const [before, after] = await Promise.all([prepare(second), prepare(third)]);
  return { before, after };
}

/** The second release serves people, the third takes over, and where the case wants it something else changes after that. */
async function playReleases(stage: Stage): Promise<RunningShop> {
  const { options, shop, api, payments } = stage;
  const { say } = options;
  const [first, second, third] = shop.deployments;
  await api.registerRepository(shop.repository);
  await reportDeployment(stage, first);
  await reportDeployment(stage, second);
  const before = await startRelease(stage, second, {});
  // The next release warms up beside the one that serves, as in a rolling deployment.
  const [served, after] = await Promise.all([traffic(stage, before, 160, 1), startRelease(stage, third, {})]);
  say(`${shop.serviceName} ${second.version} serves people: ${served}`);

  await reportDeployment(stage, { ...third, startedAt: new Date() });
  await before.stop();
  const isChangedLater = shop.setting !== null || shop.outage !== null;
  say(
    `${shop.serviceName} ${third.version} is deployed: ${await traffic(stage, after, isChangedLater ? 120 : 240, 2)}`,
  );
  if (shop.outage) {
    await payments.fail(shop.outage);
    say(`some time later: ${await traffic(stage, after, 160, 3)}`);
    return after;
  }
  if (!shop.setting) return after;

  const { variable, oldValue, newValue } = shop.setting;
  await api.reportChange({
    service: shop.serviceName,
    environment: environmentName,
    source: "api",
    change_kind: "env_var",
    resource_name: `${shop.serviceName}-settings`,
    changes: [{ field: variable, old_value: oldValue, new_value: newValue }],
    actor: "platform@example.com",
    detected_at: new Date().toISOString(),
  });
  const changed = await startRelease(stage, third, { [variable]: newValue });
  await after.stop();
  say(`somebody changes a setting of the running service: ${await traffic(stage, changed, 160, 3)}`);
  return changed;
}

async function reportDeployment(stage: Stage, deployment: GeneratedDeployment): Promise<void> {
  await stage.api.reportDeployment({
    service: stage.shop.serviceName,
    environment: environmentName,
    commit_sha: deployment.commit,
    release: releaseName(stage.shop, deployment),
    started_at: deployment.startedAt.toISOString(),
  });
}

function releaseName(shop: GeneratedShop, { tag, version, commit }: GeneratedDeployment): string {
  switch (shop.releaseStyle) {
    case "tag":
      return tag;
    case "name-and-version":
      return `${shop.serviceName}@${version}`;
    case "commit":
      return commit;
  }
}

/** Starts a release under the platform's agent, with nothing but the SDKs' own variables. */
function startRelease(
  stage: Stage,
  deployment: GeneratedDeployment,
  settings: Readonly<Record<string, string>>,
): Promise<RunningShop> {
  const { shop, culprit, project, payments, folders } = stage;
  const attributes = {
    "deployment.environment.name": environmentName,
    "service.version": deployment.version,
    "vcs.ref.head.revision": deployment.commit,
  };
  return startShop({
    folder: deployment === shop.deployments[1] ? folders.before : folders.after,
    agent,
    onSpawn: stage.options.cleanup.add,
    environment: {
      SHOP_PAYMENTS_URL: payments.url,
      SENTRY_DSN: project.dsn,
      SENTRY_RELEASE: releaseName(shop, deployment),
      SENTRY_ENVIRONMENT: environmentName,
      OTEL_SERVICE_NAME: shop.serviceName,
      OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
        .map(([name, value]) => `${name}=${value}`)
        .join(","),
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_EXPORTER_OTLP_PROTOCOL: shop.otlpProtocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: culprit.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(`Bearer ${project.ingest_key}`)}`,
      OTEL_BSP_SCHEDULE_DELAY: "500",
      ...settings,
    },
  });
}

/** Everyday requests with the mistakes of callers among them; the healthy case is a burst of mistakes and aborts. */
async function traffic(stage: Stage, shop: RunningShop, count: number, part: number): Promise<string> {
  const { requests, mistakes, aborted } = stage.shop;
  const isBurst = stage.options.caseName === "healthy" && part > 1;
  const mix = isBurst
    ? [...requests, ...mistakes, ...mistakes, ...mistakes, ...aborted, ...aborted]
    : [...requests, ...mistakes.slice(0, 6)];
  const counts = await driveTraffic({
    url: shop.url,
    requests: mix,
    count,
    perSecond: 80,
    seed: stage.options.seed * 10 + part,
    signal: stage.options.signal,
  });
  return describeCounts(counts);
}

async function linger(stage: Stage, shop: RunningShop): Promise<void> {
  const { signal, seed } = stage.options;
  for (let round = 0; !signal.aborted; round += 1) {
    const requests = [...stage.shop.requests, ...stage.shop.mistakes];
    await driveTraffic({ url: shop.url, requests, count: 60, perSecond: 1, seed: seed + round, signal });
  }
}
