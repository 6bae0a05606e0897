import { mkdir } from "node:fs/promises";
import { loadBugs } from "../../../evals/src/repair/corpus/load-bugs.ts";
import { openProjects } from "../../../evals/src/repair/play/create-projects.ts";
import { type BugResult, playBug } from "../../../evals/src/repair/play/play-bug.ts";
import { startCulprit } from "../../../examples/shop/src/demo/culprit-process.ts";
import { numberFlags } from "../shared/flags.ts";
import { percentile, round, table } from "../shared/numbers.ts";
import { makeDataFolder } from "../shared/scratch.ts";
import { type Stages, stageNames, stagesOf } from "./stages.ts";

/** 0 bugs: all of them. */
const DEFAULTS = { bugs: 0 };
const GOAL_S = 8;

/**
 * `bench time-to-fix`: how long it takes from the first event of a failure to its proven patch, by rules alone, over the repair set;
 * once with nothing installed before, once with warm dependencies. See bench/README.md.
 */
export async function run(flags: readonly string[]): Promise<number> {
  const { bugs: wanted } = numberFlags(flags, DEFAULTS);
  const all = loadBugs();
  const every = wanted === 0 ? 1 : Math.max(1, Math.floor(all.length / wanted));
  const bugs = all.filter((_, at) => at % every === 0);
  const folder = makeDataFolder();
  const stops: (() => Promise<void>)[] = [];
  try {
    await mkdir(folder.path, { recursive: true });
    const culprit = await startCulprit(folder.path, 0, (stop) => stops.push(stop));
    const createProject = await openProjects(culprit);
    const pass = async (name: string): Promise<BugResult[]> => {
      const results: BugResult[] = [];
      for (const bug of bugs) {
        const signal = new AbortController().signal;
        const named = (project: string) => createProject(`${project} ${name}`);
        results.push(
          await playBug(bug, { url: culprit.url, createProject: named }, { folder: `${folder.path}/${name}`, signal }),
        );
      }
      return results;
    };
    const cold = measure(await pass("cold"));
    const warm = measure(await pass("warm"));
    const rows: (string | number)[][] = [["median seconds", ...stageNames, "all", "p95", "proven"]];
    for (const [name, { stages, median, p95, proven }] of [
      ["cold", cold],
      ["warm", warm],
    ] as const)
      rows.push([
        name,
        ...stageNames.map((stage) => stages[stage].toFixed(2)),
        median.toFixed(1),
        p95.toFixed(1),
        proven,
      ]);
    console.log(table(rows));
    console.log(
      `\n${warm.proven} of ${bugs.length} bugs proven, median ${warm.median.toFixed(1)} s; goal ${GOAL_S} s, ${warm.median <= GOAL_S ? "met" : "not met"}.`,
    );
    console.log(
      JSON.stringify({
        median_s: round(warm.median, 2),
        p95_s: round(warm.p95, 2),
        cold_median_s: round(cold.median, 2),
        proven: warm.proven,
        bugs: bugs.length,
        stages: Object.fromEntries(
          stageNames.map((stage) => [stage.replaceAll(" ", "_"), round(warm.stages[stage], 2)]),
        ),
      }),
    );
    return warm.proven > 0 ? 0 : 1;
  } finally {
    for (const stop of stops.reverse()) await stop();
    folder.remove();
  }
}

interface Measured {
  readonly proven: number;
  readonly median: number;
  readonly p95: number;
  readonly stages: Stages;
}

/** Of the bugs whose patch was proven: the others have no time to a fix. */
function measure(results: readonly BugResult[]): Measured {
  const proven = results.filter(({ isProven }) => isProven);
  const seconds = proven.flatMap((result) => result.seconds ?? []);
  const split = proven.flatMap((result) => stagesOf(result) ?? []);
  const medianOf = (stage: (typeof stageNames)[number]): number =>
    percentile(
      split.map((one) => one[stage]),
      0.5,
    );
  return {
    proven: proven.length,
    median: percentile(seconds, 0.5),
    p95: percentile(seconds, 0.95),
    stages: Object.fromEntries(stageNames.map((stage) => [stage, medianOf(stage)])) as Stages,
  };
}
