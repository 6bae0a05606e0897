import { execFile, fork } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Cost, watch } from "../ingest/watch.ts";
import { createProject, type RunningCulprit, runCulprit, startCulprit } from "../shared/culprit.ts";
import { tryConnect } from "../shared/database.ts";
import { numberFlags } from "../shared/flags.ts";
import { percentile, round, table } from "../shared/numbers.ts";
import { memoryOf, readPostmaster } from "../shared/processes.ts";
import { freePort, makeDataFolder } from "../shared/scratch.ts";
import { findFaults } from "./find-faults.ts";
import type { TelemetryPhase, TelemetryResult } from "./phase.ts";
import { METRICS, SERIES, SPANS_PER_TRACE } from "./requests.ts";

const DEFAULTS = { seconds: 30, connections: 8, series: 500, rounds: 20, "read-beside": 10_000, profile: 0 };
/** A limit per project would measure the limit; everything else is as it comes. */
const SETTINGS = { CULPRIT_TELEMETRY_PER_MINUTE: "0", CULPRIT_INGEST_PER_MINUTE: "0" };
const HOUR_MS = 3_600_000;
/** The load writes an hour in a few seconds; points that lie more than an hour ahead are refused, and two minutes at full speed write seven hours. */
const BEGIN_BEFORE_MS = 48 * HOUR_MS;
const RANK = fileURLToPath(new URL("../../../test/telemetry/load-and-rank.ts", import.meta.url));

interface Measured {
  readonly name: string;
  readonly load: TelemetryResult;
  readonly cost: Cost | null;
}

/** `bench telemetry`: how many points and spans a second Culprit takes, what they cost on disk, and how fast they are read beside. */
export async function run(flags: readonly string[]): Promise<number> {
  const settings = numberFlags(flags, DEFAULTS);
  const folder = makeDataFolder();
  const generator = startGenerator();
  let culprit: RunningCulprit | null = null;
  let floor: Awaited<ReturnType<typeof startFloor>> | null = null;
  try {
    const nodeFlags =
      settings.profile > 0 ? ["--cpu-prof", `--cpu-prof-dir=${join(tmpdir(), "culprit-bench-profile")}`] : [];
    const options = { dataDir: folder.path, port: await freePort(), settings: SETTINGS, nodeFlags };
    culprit = await startCulprit(options);
    const { pid } = culprit;
    const { ingestKey } = await createProject(options, "bench");
    floor = await startFloor();
    const { port } = options;
    const { connections, seconds } = settings;
    const base = {
      port,
      ingestKey,
      connections,
      seconds,
      perSecond: 0,
      recordsMax: 0,
      beginMs: Date.now() - BEGIN_BEFORE_MS,
    };
    const rss: number[] = [];
    const measure = async (name: string, phase: TelemetryPhase): Promise<Measured> => {
      process.stderr.write(`${name} …\n`);
      const isCulprit = phase.port === port;
      const stop = isCulprit ? watch(pid, folder.path) : null;
      const timer = setInterval(() => isCulprit && rss.push(memoryOf([pid]).rssMb), 1000);
      const load = await generator.send(phase);
      clearInterval(timer);
      return { name, load, cost: stop?.() ?? null };
    };
    const short = Math.min(5, seconds);
    const floorOf = { port: floor.port, seconds: short };
    const floorPoints = await measure("floor, points", { ...base, ...floorOf, door: "points" });
    const floorSpans = await measure("floor, spans", { ...base, ...floorOf, door: "spans" });
    // An hour of all series, which is then read.
    const first = await measure("warm-up, points", { ...base, seconds: 120, recordsMax: SERIES * 240, door: "points" });
    const points = await measure("points", { ...base, door: "points" });
    await measure("warm-up, spans", { ...base, seconds: short, door: "spans" });
    const spans = await measure("spans, tail sampling", { ...base, door: "spans" });

    // What is read lies in blocks and in batches, as in life.
    await maintain(options);
    const steady = { ...base, perSecond: settings["read-beside"], door: "points" as const };
    const quiet = await measure(`${steady.perSecond} points/s`, { ...steady, seconds: 15 });
    const fromMs = Math.floor((points.load.newestMs - HOUR_MS) / 15_000) * 15_000;
    const reading = loadAndRank(folder.path, fromMs, settings);
    const beside = await measure(`${steady.perSecond} points/s, reader beside`, { ...steady, seconds: 15 });
    const ranks = await reading;
    await maintain(options);
    const stored = await measureStored(folder.path);
    // After what is stored was measured: their values are the same each time and take next to no room.
    const gzip = await measure("spans, gzip", { ...base, seconds: short, door: "spans-gzip" });
    const otlp = await measure("points, OTLP", { ...base, seconds: short, door: "otlp-points" });

    const phases = [floorPoints, points, floorSpans, spans, quiet, beside, gzip, otlp];
    process.stdout.write(`${report(phases)}\n\n`);
    const [loadMs, rankMs] = [ranks.map((one) => one.loadMs), ranks.map((one) => one.rankMs)];
    const both = ranks.map((one) => one.loadMs + one.rankMs);
    const half = Math.floor(rss.length / 2);
    process.stdout.write(
      `${ranks[0]?.series} series of an hour at 15 s (${ranks[0]?.points} values), loaded and ranked ${ranks.length} times beside that intake: ` +
        `median ${round(percentile(both, 0.5))} ms, of it loading ${round(percentile(loadMs, 0.5))}, ranking ${round(percentile(rankMs, 0.5))}; slowest ${round(percentile(both, 1))} ms.\n` +
        `${stored.points} points in blocks: ${round(stored.pointBytes / stored.points, 1)} bytes each with indexes and names (${round(stored.bytesAsTheyStand / stored.points, 1)} with the room that folding left); ` +
        `${stored.spans} spans kept: ${round(stored.spanBytes / Math.max(1, stored.spans))} bytes each.\n` +
        `Memory of Culprit once a second, first and second half: up to ${round(Math.max(...rss.slice(0, half)))} and ${round(Math.max(...rss.slice(half)))} MB.\n`,
    );
    process.stdout.write(
      `${JSON.stringify({
        spans_per_s: round(rate(spans.load)),
        points_per_s: round(rate(points.load)),
        bytes_per_point: round(stored.pointBytes / stored.points, 1),
        rss_mb: round(Math.max(...rss)),
        bytes_per_point_with_room: round(stored.bytesAsTheyStand / stored.points, 1),
        bytes_per_kept_trace: round((stored.spanBytes / Math.max(1, stored.spans)) * SPANS_PER_TRACE),
        kept_span_share: round(stored.spans / Math.max(1, spans.load.records), 3),
        points_p99_ms: round(points.load.p99Ms, 1),
        spans_p99_ms: round(spans.load.p99Ms, 1),
        intake_p99_ms: round(quiet.load.p99Ms, 1),
        intake_p99_beside_reader_ms: round(beside.load.p99Ms, 1),
        load_and_rank_ms: round(percentile(both, 0.5)),
        load_ms: round(percentile(loadMs, 0.5)),
        rank_ms: round(percentile(rankMs, 0.5)),
        series_read: ranks[0]?.series ?? 0,
        rss_first_half_mb: round(Math.max(...rss.slice(0, half))),
        postgres_pss_mb: round(Math.max(...phases.map(({ cost }) => cost?.postgresMb ?? 0))),
        floor_points_per_s: round(rate(floorPoints.load)),
        floor_spans_per_s: round(rate(floorSpans.load)),
        culprit_cpu_us_per_point: round(((points.cost?.culpritCpuS ?? 0) / points.load.records) * 1e6, 1),
        postgres_cpu_us_per_point: round(((points.cost?.postgresCpuS ?? 0) / points.load.records) * 1e6, 1),
        culprit_cpu_us_per_span: round(((spans.cost?.culpritCpuS ?? 0) / spans.load.records) * 1e6, 1),
        postgres_cpu_us_per_span: round(((spans.cost?.postgresCpuS ?? 0) / spans.load.records) * 1e6, 1),
        culprit_cpu_us_per_gzip_span: round(((gzip.cost?.culpritCpuS ?? 0) / gzip.load.records) * 1e6, 1),
        culprit_cpu_us_per_otlp_point: round(((otlp.cost?.culpritCpuS ?? 0) / otlp.load.records) * 1e6, 1),
        rejected_429: phases.reduce((sum, { load }) => sum + load.rejected, 0),
        failed: phases.reduce((sum, { load }) => sum + load.failed, 0),
      })}\n`,
    );
    const faults = findFaults({
      ...{ seriesAsked: settings.series, rounds: ranks, storedPoints: stored.sentPoints },
      acknowledgedPoints: [first, points, quiet, beside].reduce((sum, { load }) => sum + load.records, 0),
      failedRequests: phases.reduce((sum, { load }) => sum + load.failed, 0),
    });
    for (const fault of faults) process.stderr.write(`${fault}\n`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    generator.stop();
    floor?.stop();
    await culprit?.stop();
    folder.remove();
  }
}

function startGenerator() {
  const child = fork(fileURLToPath(new URL("./generator.ts", import.meta.url)), { stdio: ["ignore", 2, 2, "ipc"] });
  return {
    send: (phase: TelemetryPhase): Promise<TelemetryResult> => {
      const { promise, resolve, reject } = Promise.withResolvers<TelemetryResult>();
      const onExit = (code: number | null) => reject(new Error(`the load generator ended with ${code}`));
      child.once("exit", onExit);
      child.once("message", (result) => {
        child.off("exit", onExit);
        resolve(result as TelemetryResult);
      });
      child.send(phase);
      return promise;
    },
    stop: () => void child.kill("SIGKILL"),
  };
}

async function startFloor(): Promise<{ port: number; stop(): void }> {
  const program = fileURLToPath(new URL("../ingest/floor-server.ts", import.meta.url));
  const child = fork(program, { stdio: ["ignore", 2, 2, "ipc"] });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("message", (port) => resolve(Number(port)));
  child.once("exit", (code) => reject(new Error(`the floor server ended with ${code}`)));
  return { port: await promise, stop: () => void child.kill("SIGKILL") };
}

/** Folds what came in, as the server does after a quarter of an hour. */
function maintain(options: Parameters<typeof createProject>[0]): Promise<string> {
  return runCulprit(options, ["db", "maintain", "--json"]);
}

async function loadAndRank(dataDir: string, fromMs: number, settings: { series: number; rounds: number }) {
  const server = readPostmaster(dataDir);
  const client = await tryConnect(dataDir);
  if (server === null || client === null) throw new Error("there is no database");
  const { rows } = await client.query<{ id: string }>("select id from projects where name = 'bench'");
  await client.end();
  const url = `postgresql:///culprit?host=${encodeURIComponent(server.socketFolder)}&port=${server.port}&user=culprit`;
  const args = [RANK, url, rows[0]?.id ?? "", String(fromMs), String(settings.series), String(settings.rounds)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as { loadMs: number; rankMs: number; series: number; points: number }[];
}

async function measureStored(dataDir: string) {
  const client = await tryConnect(dataDir);
  if (client === null) throw new Error("there is no database");
  const sizes = (like: string) =>
    `(select coalesce(sum(pg_total_relation_size(oid)), 0)::float8 from pg_class where relkind = 'r' and relname ~ '${like}')`;
  const all = `select ${sizes("^metric_(series|batches|blocks)")} as bytes`;
  const { rows: before } = await client.query<{ bytes: number }>(all);
  // What folding and merging left behind is room that the next points take.
  const { rows: parts } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relkind = 'r' and relname ~ '^metric_(batches|blocks)'",
  );
  for (const { name } of parts) await client.query(`vacuum full ${name}`);
  const { rows } = await client.query<{
    points: number;
    sentPoints: number;
    spans: number;
    pointBytes: number;
    spanBytes: number;
  }>(
    `select (select sum(points)::float8 from metric_blocks) as points, (select count(*)::float8 from spans) as spans,
       (select coalesce(sum(b.points), 0)::float8 from metric_blocks b join metric_series s on s.project_id = b.project_id and s.id = b.series_id
         where regexp_replace(s.metric_name, '_[0-9]$', '') = any($1)) as "sentPoints",
       ${sizes("^metric_(series|batches|blocks)")} as "pointBytes", ${sizes("^spans_")} as "spanBytes"`,
    [METRICS],
  );
  await client.end();
  const [found] = rows;
  if (found === undefined) throw new Error("nothing was stored");
  return { ...found, bytesAsTheyStand: before[0]?.bytes ?? 0 };
}

function rate({ records, seconds }: TelemetryResult): number {
  return records / seconds;
}

function report(phases: readonly Measured[]): string {
  return table([
    [
      "phase",
      "wire B",
      "records",
      "/s",
      "p50 ms",
      "p99 ms",
      "429",
      "failed",
      "µs load",
      "µs culprit",
      "µs postgres",
      "MB culprit",
      "MB postgres",
    ],
    ...phases.map(({ name, load, cost }) => [
      ...[name, round(load.wireBytes), load.records, round(rate(load)), round(load.p50Ms, 1), round(load.p99Ms, 1)],
      ...[load.rejected, load.failed, round((load.cpuSeconds / load.records) * 1e6, 1)],
      cost === null ? "" : round((cost.culpritCpuS / load.records) * 1e6, 1),
      cost === null ? "" : round((cost.postgresCpuS / load.records) * 1e6, 1),
      cost === null ? "" : round(cost.culpritMb),
      cost === null ? "" : round(cost.postgresMb),
    ]),
  ]);
}
