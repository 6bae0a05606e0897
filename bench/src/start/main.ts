import { setTimeout as delay } from "node:timers/promises";
import { type RunningCulprit, startCulprit } from "../shared/culprit.ts";
import { numberFlags } from "../shared/flags.ts";
import { percentile, round, table } from "../shared/numbers.ts";
import { cpuSeconds, memoryOf, processTree, readPostmaster } from "../shared/processes.ts";
import { freePort, makeDataFolder } from "../shared/scratch.ts";

const DEFAULTS = { cold: 3, warm: 5, "idle-seconds": 10 };
/** The goals of the design: idle memory of both processes together, and a warm start. */
const GOALS = { idleMb: 200, warmS: 1 };

/** `bench start`: how long until Culprit answers, and what it holds when nothing happens. See bench/README.md. */
export async function run(flags: readonly string[]): Promise<number> {
  const settings = numberFlags(flags, DEFAULTS);
  const coldMs: number[] = [];
  const coldCpuS: number[] = [];
  for (let turn = 0; turn < settings.cold; turn += 1) {
    const folder = makeDataFolder();
    try {
      const culprit = await startCulprit({ dataDir: folder.path, port: await freePort() });
      coldMs.push(culprit.startMs);
      coldCpuS.push(cpuSeconds(culprit.pid));
      await culprit.stop();
    } finally {
      folder.remove();
    }
  }

  const folder = makeDataFolder();
  let culprit: RunningCulprit | null = null;
  try {
    const port = await freePort();
    const first = await startCulprit({ dataDir: folder.path, port });
    await delay(500);
    await first.stop();
    const warmMs: number[] = [];
    const warmCpuS: number[] = [];
    const stopMs: number[] = [];
    for (let turn = 0; turn < settings.warm; turn += 1) {
      culprit = await startCulprit({ dataDir: folder.path, port });
      warmMs.push(culprit.startMs);
      warmCpuS.push(cpuSeconds(culprit.pid));
      const isLast = turn === settings.warm - 1;
      if (isLast) break;
      // A server that has just answered is still settling; what is measured here is the stop of one that runs.
      await delay(500);
      const stoppedAt = performance.now();
      await culprit.stop();
      stopMs.push(performance.now() - stoppedAt);
    }
    if (culprit === null) throw new Error("--warm must be 1 at least");
    await delay(settings["idle-seconds"] * 1000);
    const postgres = readPostmaster(folder.path);
    const pids = postgres === null ? [] : processTree(postgres.pid);
    const [own, theirs] = [memoryOf([culprit.pid]), memoryOf(pids)];
    // Not Culprit's PSS: its program text is Node's, which this bench and every other Node process share and would halve.
    const idleMb = own.rssMb + theirs.pssMb;
    const warmS = percentile(warmMs, 0.5) / 1000;
    const coldS = percentile(coldMs, 0.5) / 1000;
    const met = (isMet: boolean) => (isMet ? "met" : "not met");
    process.stdout.write(
      `${table([
        ["", "value", "goal", ""],
        [`cold start, new folder (s, median of ${coldMs.length})`, round(coldS, 2), "", ""],
        [`warm start (s, median of ${warmMs.length})`, round(warmS, 2), `≤ ${GOALS.warmS}`, met(warmS <= GOALS.warmS)],
        ["  of it processor time of Culprit (s)", round(percentile(warmCpuS, 0.5), 2), "", ""],
        ["stop (s, median)", round(percentile(stopMs, 0.5) / 1000, 2), "", ""],
        ["idle, both (MB)", round(idleMb), `≤ ${GOALS.idleMb}`, met(idleMb <= GOALS.idleMb)],
        ["  Culprit (MB, PSS / RSS)", `${round(own.pssMb)} / ${round(own.rssMb)}`, "", ""],
        [
          `  PostgreSQL, ${pids.length} processes (MB, PSS / RSS)`,
          `${round(theirs.pssMb)} / ${round(theirs.rssMb)}`,
          "",
          "",
        ],
      ])}\n`,
    );
    process.stdout.write(
      `${JSON.stringify({
        cold_s: round(coldS, 2),
        warm_s: round(warmS, 2),
        idle_mb: round(idleMb),
        culprit_pss_mb: round(own.pssMb),
        postgres_pss_mb: round(theirs.pssMb),
        culprit_rss_mb: round(own.rssMb),
        postgres_rss_mb: round(theirs.rssMb),
        postgres_processes: pids.length,
        stop_s: round(percentile(stopMs, 0.5) / 1000, 2),
        cold_cpu_s: round(percentile(coldCpuS, 0.5), 2),
        warm_cpu_s: round(percentile(warmCpuS, 0.5), 2),
        warm_all_s: warmMs.map((ms) => round(ms / 1000, 2)),
      })}\n`,
    );
    return 0;
  } finally {
    await culprit?.stop();
    folder.remove();
  }
}
