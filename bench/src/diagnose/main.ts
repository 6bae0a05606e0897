import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { caseDiagnosisSchema } from "@culprit/contract";
import { numberFlags } from "../shared/flags.ts";
import { percentile, round, table } from "../shared/numbers.ts";
import { makeDataFolder } from "../shared/scratch.ts";
import { type CaseSize, faulty, writeCulpritCase, writeWideCase } from "./write-case.ts";

const MAIN = fileURLToPath(new URL("../../../server/src/culprit.js", import.meta.url));
const DEFAULTS = { turns: 3 };
/** The goal of the design: an hour of 500 series at 15 s. */
const USUAL: CaseSize = { series: 500, points: 240 };
/** What it takes is starting the process. */
const TINY: CaseSize = { series: 10, points: 30 };
const GOAL_S = 1;
const sizes: readonly CaseSize[] = [
  { series: 100, points: 240 },
  { series: 200, points: 240 },
  USUAL,
  { series: 1000, points: 240 },
  { series: 2000, points: 240 },
  { series: 500, points: 60 },
  { series: 500, points: 1000 },
  { series: 500, points: 2000 },
  { series: 2000, points: 2000 },
];

/** `bench diagnose`: what a diagnosis of plain files costs by the number of series and points. See bench/README.md. */
export async function run(flags: readonly string[]): Promise<number> {
  const { turns } = numberFlags(flags, DEFAULTS);
  const folder = makeDataFolder();
  try {
    const usualFolder = join(folder.path, "usual");
    writeCulpritCase(usualFolder, USUAL);
    const usual = await measure(usualFolder, turns);
    const rows: (string | number)[][] = [
      ["case", "series", "points", "values", "seconds", "cpu s", "µs cpu a value", "named"],
    ];
    const row = (name: string, { series, points }: CaseSize, { seconds, cpuSeconds, isRight }: Measured) =>
      rows.push([
        name,
        series,
        points,
        series * points,
        seconds.toFixed(3),
        cpuSeconds.toFixed(2),
        round((cpuSeconds / (series * points)) * 1e6, 2),
        isRight ? "yes" : "NO",
      ]);
    row("culprit, with a call graph", USUAL, usual);
    const measured: { size: CaseSize; result: Measured }[] = [];
    for (const size of sizes) {
      const path = join(folder.path, `wide-${size.series}-${size.points}`);
      writeWideCase(path, size);
      const result = await measure(path, turns);
      rmSync(path, { recursive: true });
      measured.push({ size, result });
      row("one table", size, result);
    }
    const largest = measured.at(-1);
    if (largest === undefined) throw new Error("nothing was measured");
    const tinyFolder = join(folder.path, "tiny");
    writeWideCase(tinyFolder, TINY);
    const start = (await measure(tinyFolder, turns)).cpuSeconds;
    const growth = exponent(
      measured.map(({ size, result }) => ({
        values: size.series * size.points,
        seconds: Math.max(0.01, result.cpuSeconds - start),
      })),
    );
    const isRight = usual.isRight && measured.every(({ result }) => result.isRight);
    console.log(table(rows));
    console.log(
      `\n${USUAL.series} series × ${USUAL.points} points: ${usual.seconds.toFixed(3)} s, ${(usual.cpuSeconds - start).toFixed(2)} s of processor time beyond the start; goal ${GOAL_S} s, ${usual.seconds < GOAL_S ? "met" : "not met"}.`,
    );
    console.log(
      `Processor time beyond the start of the process grows with series × points to the power of ${growth.toFixed(2)}; 1 is linear.`,
    );
    console.log(
      JSON.stringify({
        ...largest.size,
        seconds: round(largest.result.seconds, 3),
        usual_seconds: round(usual.seconds, 3),
        usual_cpu_seconds: round(usual.cpuSeconds - start, 2),
        growth_exponent: round(growth, 2),
      }),
    );
    return isRight ? 0 : 1;
  } finally {
    folder.remove();
  }
}

interface Measured {
  /** Reading and ranking, as the answer says; median of the turns, each a process of its own. */
  readonly seconds: number;
  /** Processor time of the whole process, its start included, which other programs on the machine hardly change. */
  readonly cpuSeconds: number;
  readonly isRight: boolean;
}

async function measure(folder: string, turns: number): Promise<Measured> {
  const answers = [];
  const before = childrenCpuSeconds();
  for (let turn = 0; turn < Math.max(1, turns); turn += 1) answers.push(await diagnose(folder));
  return {
    seconds: percentile(
      answers.map(({ seconds }) => seconds),
      0.5,
    ),
    cpuSeconds: (childrenCpuSeconds() - before) / answers.length,
    isRight: answers.every(({ causes }) => causes[0]?.service === faulty),
  };
}

/** Processor time of all children that have ended, out of /proc (fields 16 and 17, in hundredths). */
function childrenCpuSeconds(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
}

/** One process on its own, as a user starts it. */
function diagnose(folder: string) {
  return new Promise<ReturnType<typeof caseDiagnosisSchema.parse>>((resolve, reject) => {
    execFile(process.execPath, [MAIN, "diagnose", folder, "--json"], { maxBuffer: 2 ** 28 }, (error, stdout) => {
      if (error !== null) reject(error);
      else resolve(caseDiagnosisSchema.parse(JSON.parse(stdout)));
    });
  });
}

/** Slope of log seconds over log values, by least squares, of cases large enough that starting up does not count. */
function exponent(points: readonly { values: number; seconds: number }[]): number {
  const large = points.filter(({ values }) => values >= 100_000);
  const xs = large.map(({ values }) => Math.log(values));
  const ys = large.map(({ seconds }) => Math.log(seconds));
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);
  const [x, y] = [mean(xs), mean(ys)];
  const spread = xs.reduce((sum, one) => sum + (one - x) ** 2, 0);
  return spread === 0 ? Number.NaN : xs.reduce((sum, one, at) => sum + (one - x) * ((ys[at] ?? y) - y), 0) / spread;
}
