import { fork } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SECRETS } from "../load/events.ts";
import type { Phase, PhaseResult } from "../load/phase.ts";
import { startGenerator } from "../load/start-generator.ts";
import { Api, countAll } from "../shared/api.ts";
import { createProject, type RunningCulprit, startCulprit } from "../shared/culprit.ts";
import { numberFlags } from "../shared/flags.ts";
import { percentile, round, table } from "../shared/numbers.ts";
import { freePort, makeDataFolder } from "../shared/scratch.ts";
import { readLists } from "./read-lists.ts";
import { type Cost, watch } from "./watch.ts";

/** A limit per project would measure the limit; everything else is as it comes. */
const SETTINGS = { CULPRIT_INGEST_PER_MINUTE: "0" };
const DEFAULTS = { seconds: 20, connections: 512, fingerprints: 2000, "new-percent": 20, profile: 0 };

interface Measured {
  readonly name: string;
  readonly load: PhaseResult;
  readonly cost: Cost | null;
  readonly listMs: readonly number[];
}

/** `bench ingest`: how many errors a second Culprit commits and attaches to incidents. See bench/README.md. */
export async function run(flags: readonly string[]): Promise<number> {
  const settings = numberFlags(flags, DEFAULTS);
  const folder = makeDataFolder();
  const generator = startGenerator();
  let culprit: RunningCulprit | null = null;
  let floor: Awaited<ReturnType<typeof startFloor>> | null = null;
  try {
    const port = await freePort();
    const nodeFlags =
      settings.profile > 0 ? ["--cpu-prof", `--cpu-prof-dir=${join(tmpdir(), "culprit-bench-profile")}`] : [];
    const options = { dataDir: folder.path, port, settings: SETTINGS, nodeFlags };
    culprit = await startCulprit(options);
    const running = culprit;
    const { ingestKey, apiKey, dsnNumber } = await createProject(options, "bench");
    const api = new Api(port, apiKey);
    const newOnes = Math.round((settings.fingerprints * settings["new-percent"]) / 100);
    const base: Phase = {
      port,
      door: "sentry",
      dsnNumber,
      ingestKey,
      connections: settings.connections,
      seconds: settings.seconds,
      requestsMax: 1_000_000,
      fingerprintsKnown: settings.fingerprints - newOnes,
      fingerprintsNew: 0,
      padBytes: 0,
    };

    const measure = async (name: string, phase: Phase, isCulprit: boolean): Promise<Measured> => {
      process.stderr.write(`${name} …\n`);
      await generator.prepare(phase);
      const lists = isCulprit ? readLists(port, apiKey) : null;
      const stopWatch = isCulprit ? watch(running.pid, folder.path) : null;
      const load = await generator.go();
      const cost = stopWatch?.() ?? null;
      return { name, load, cost, listMs: (await lists?.stop()) ?? [] };
    };

    floor = await startFloor();
    const floorPhase = { ...base, port: floor.port, seconds: Math.min(5, settings.seconds) };
    const floorResult = await measure("floor, 1 KB", floorPhase, false);
    // Every known fingerprint is sent about ten times, so that what is kept of an incident's beginning is behind us.
    const warm = await measure("warm-up", { ...base, seconds: 30, requestsMax: base.fingerprintsKnown * 10 }, true);
    const main = await measure("envelope, 1 KB", { ...base, fingerprintsNew: newOnes }, true);
    const all = { ...base, fingerprintsKnown: settings.fingerprints, seconds: Math.ceil(settings.seconds / 2) };
    const ingest = await measure("/api/ingest, 1 KB", { ...all, door: "ingest" }, true);
    // 200 of the fingerprints: the generator keeps every prepared request in memory.
    const large = { padBytes: 46_000, connections: 32, fingerprintsKnown: 200 };
    const big = await measure("envelope, 50 KB", { ...all, ...large }, true);
    const bigFloor = await measure("floor, 50 KB", { ...floorPhase, ...large }, false);

    const phases = [warm, main, ingest, big];
    const acknowledged = phases.reduce((sum, { load }) => sum + load.acknowledged, 0);
    const held = await countAll(api);
    const leaks = held.someId === null ? 0 : await countLeaks(api, held.someId);
    api.close();

    process.stdout.write(`${report([floorResult, ...phases, bigFloor])}\n\n`);
    const sameCount = held.occurrences === acknowledged;
    const floorRatio = rate(main.load) / rate(floorResult.load);
    process.stdout.write(
      `${held.incidents} incidents hold ${held.occurrences} occurrences; ${acknowledged} events were acknowledged: ` +
        `${sameCount ? "all of them are attached" : "THEY DIFFER"}. Secrets found in an incident's page: ${leaks}.\n` +
        `Against an HTTP server that does nothing: ${round(floorRatio, 2)} (1 KB), ` +
        `${round(rate(big.load) / rate(bigFloor.load), 2)} (50 KB).\n` +
        `Goal of 10,000/s with p99 of 100 ms at most: ${rate(main.load) >= 10_000 && main.load.p99Ms <= 100 ? "met" : "not met"}.\n`,
    );
    process.stdout.write(
      `${JSON.stringify({
        embedded_1kb_per_s: round(rate(main.load)),
        embedded_1kb_p50_ms: round(main.load.p50Ms, 1),
        embedded_1kb_p99_ms: round(main.load.p99Ms, 1),
        embedded_50kb_per_s: round(rate(big.load)),
        embedded_50kb_p99_ms: round(big.load.p99Ms, 1),
        ingest_api_1kb_per_s: round(rate(ingest.load)),
        list_p99_ms: round(percentile(main.listMs, 0.99), 1),
        rss_mb: round(Math.max(...phases.map(({ cost }) => (cost?.culpritMb ?? 0) + (cost?.postgresMb ?? 0)))),
        culprit_rss_mb: round(Math.max(...phases.map(({ cost }) => cost?.culpritMb ?? 0))),
        postgres_pss_mb: round(Math.max(...phases.map(({ cost }) => cost?.postgresMb ?? 0))),
        disk_mb_per_million: round((main.cost?.diskBytes ?? 0) / main.load.acknowledged),
        culprit_cpu_us_per_event: round(((main.cost?.culpritCpuS ?? 0) / main.load.acknowledged) * 1e6),
        postgres_cpu_us_per_event: round(((main.cost?.postgresCpuS ?? 0) / main.load.acknowledged) * 1e6),
        floor_1kb_per_s: round(rate(floorResult.load)),
        floor_ratio: round(floorRatio, 2),
        rejected_429: phases.reduce((sum, { load }) => sum + load.rejected, 0),
        failed: phases.reduce((sum, { load }) => sum + load.failed, 0),
        acknowledged,
        attached: held.occurrences,
        incidents: held.incidents,
        secrets_found: leaks,
      })}\n`,
    );
    return sameCount && leaks === 0 ? 0 : 1;
  } finally {
    generator.stop();
    floor?.stop();
    await culprit?.stop();
    folder.remove();
  }
}

async function startFloor(): Promise<{ port: number; stop(): void }> {
  const child = fork(fileURLToPath(new URL("./floor-server.ts", import.meta.url)), { stdio: ["ignore", 2, 2, "ipc"] });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("message", (port) => resolve(Number(port)));
  child.once("exit", (code) => reject(new Error(`the floor server ended with ${code}`)));
  return { port: await promise, stop: () => void child.kill("SIGKILL") };
}

/** How many of the planted secrets an incident's page still tells. */
async function countLeaks(api: Api, incidentId: string): Promise<number> {
  const page = JSON.stringify(await api.get(`/api/incidents/${incidentId}`));
  return SECRETS.filter((secret) => page.includes(secret)).length;
}

function rate({ acknowledged, seconds }: PhaseResult): number {
  return acknowledged / seconds;
}

function report(phases: readonly Measured[]): string {
  const cells = ({ name, load, cost, listMs }: Measured) => [
    name,
    round(load.wireBytes),
    round(load.jsonBytes),
    load.acknowledged,
    round(rate(load)),
    round(load.p50Ms, 1),
    round(load.p99Ms, 1),
    load.rejected,
    load.failed,
    listMs.length === 0 ? "" : round(percentile(listMs, 0.99), 1),
    round((load.cpuSeconds / load.acknowledged) * 1e6),
    cost === null ? "" : round((cost.culpritCpuS / load.acknowledged) * 1e6),
    cost === null ? "" : round((cost.postgresCpuS / load.acknowledged) * 1e6),
    cost === null ? "" : round(Math.max(0, cost.otherCpuS - load.cpuSeconds) / load.seconds, 2),
    cost === null ? "" : round(cost.culpritMb),
    cost === null ? "" : round(cost.postgresMb),
  ];
  return table([
    [
      "phase",
      "wire B",
      "JSON B",
      "events",
      "/s",
      "p50 ms",
      "p99 ms",
      "429",
      "failed",
      "list p99",
      "µs load",
      "µs culprit",
      "µs postgres",
      "others",
      "MB culprit",
      "MB postgres",
    ],
    ...phases.map(cells),
  ]);
}
