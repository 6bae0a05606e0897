import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type BlameCase, casesSchema, findRepository } from "./cases.ts";
import { type Choice, fitWeights, rankOfRight } from "./conditional-logit.ts";
import { runBlame } from "./run-blame.ts";
import { wilson } from "./wilson.ts";

/*
 * node evals/src/blame/fit-weights.ts --data FILE --repos DIR --signals FILE
 *
 * Fits the weights of server/src/analysis/blame/rank-commits.ts on cases that mine-cases.ts found, and says how well such weights do on
 * repositories that they have not seen: each repository is left out once, the weights are fitted on all others and tried on it. What
 * `culprit blame --json --signals` said of each case is kept in --signals, so that a second run takes seconds; delete it when the
 * signals change. A repository with n cases counts √n, so that no large one decides alone.
 */

const signalsSchema = z.record(
  z.string(),
  z.array(z.object({ sha: z.string(), signals: z.record(z.string(), z.number()) })),
);
type Signals = z.infer<typeof signalsSchema>;

const atOnce = 2;

async function collectSignals(cases: readonly BlameCase[], folder: string, file: string): Promise<Signals> {
  const found: Signals = existsSync(file) ? signalsSchema.parse(JSON.parse(await readFile(file, "utf8"))) : {};
  const wanted = cases.filter((one) => found[one.id] === undefined);
  const work = async () => {
    for (let one = wanted.pop(); one !== undefined; one = wanted.pop()) {
      const gitDir = findRepository(one.repo, [folder]);
      const commits = gitDir === null ? null : await runBlame(gitDir, one, ["--signals"]);
      if (commits === null) console.log(`missing, not counted: ${one.id}`);
      else found[one.id] = commits.map(({ sha, signals }) => ({ sha, signals: signals ?? {} }));
      if (wanted.length % 50 === 0) console.error(`${wanted.length} cases left`);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    await writeFile(file, JSON.stringify(found));
  }
  return found;
}

/** Ranks of the right commits, each under weights that were fitted without its repository. */
function leaveOneOut(choices: readonly (Choice & { repo: string })[], count: number, all: readonly number[]): number[] {
  return [...new Set(choices.map((one) => one.repo))].flatMap((repo) => {
    const others = choices.filter((one) => one.repo !== repo);
    const weights = fitWeights(others, count, all);
    return choices.filter((one) => one.repo === repo).map((one) => rankOfRight(one, weights));
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const options = { data: { type: "string" }, repos: { type: "string" }, signals: { type: "string" } } as const;
  const given = z
    .object({ data: z.string(), repos: z.string(), signals: z.string() })
    .parse(parseArgs({ args: [...argv], options }).values);
  const cases = casesSchema.parse(JSON.parse(await readFile(given.data, "utf8")));
  const signals = await collectSignals(cases, resolve(given.repos), resolve(given.signals));
  const names = Object.keys(Object.values(signals).find((one) => one.length > 0)?.[0]?.signals ?? {});
  const perRepo = new Map<string, number>();
  for (const one of cases) perRepo.set(one.repo, (perRepo.get(one.repo) ?? 0) + 1);
  const choices = cases.flatMap((one) => {
    const commits = signals[one.id];
    if (commits === undefined) return [];
    const right = commits.findIndex((commit) => commit.sha === one.truth.bug_inducing_commit);
    const candidates = commits.map((commit) => names.map((name) => commit.signals[name] ?? 0));
    return [{ repo: one.repo, candidates, right, weight: 1 / Math.sqrt(perRepo.get(one.repo) ?? 1) }];
  });
  // The ridge is one of cases that count one on average.
  const mean = choices.reduce((sum, one) => sum + one.weight, 0) / choices.length;
  const weighed = choices.map((one) => ({ ...one, weight: one.weight / mean }));
  const weights = fitWeights(weighed, names.length);
  const ranks = leaveOneOut(weighed, names.length, weights);
  console.log(`${ranks.length} cases of ${perRepo.size} repositories; the right commit is a candidate in`);
  console.log(`${choices.filter((one) => one.right >= 0).length}. Each repository under weights fitted without it:`);
  const result: Record<string, number> = {};
  for (const top of [1, 3, 5]) {
    const hits = ranks.filter((rank) => rank <= top).length;
    result[`top${top}`] = Math.round((hits / ranks.length) * 1000) / 1000;
    console.log(`top-${top} ${(hits / ranks.length).toFixed(3)} (95 % ${wilson(hits, ranks.length)})`);
  }
  const rounded = Object.fromEntries(names.map((name, at) => [name, Math.round((weights[at] ?? 0) * 100) / 100]));
  console.log(JSON.stringify({ cases: ranks.length, ...result, weights: rounded }));
  return 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
