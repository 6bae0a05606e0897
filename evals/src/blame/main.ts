import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { dataRoot } from "../diagnosis/data-root.ts";
import { casesSchema, findRepository } from "./cases.ts";
import { runBlame } from "./run-blame.ts";
import { wilson } from "./wilson.ts";

const root = resolve(import.meta.dirname, "../../..");

/**
 * `npm run eval -- blame [--data DIR|FILE] [--repos DIR]`: how often the commit that developers named as the cause is ranked first, in the
 * first three and five. The frames are the lines that the repair touched, an oracle for the place; a stack names them less exactly. A repository that is not at hand is listed as missing and not counted.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { data: { type: "string" }, repos: { type: "string" } } });
  const data = resolve(values.data ?? join(dataRoot(undefined), "guilty-commit"));
  const folders = [...(values.repos === undefined ? [] : [resolve(values.repos)]), resolve(root, "../.mirror")];
  const file = data.endsWith(".json") ? data : join(data, "cases.json");
  if (!existsSync(file)) {
    console.log(
      `${file} is not there. Say where the labelled commits are: --data DIR with cases.json (evals/src/blame/cases.ts), or EVAL_DATA for all sets.`,
    );
    return 1;
  }
  const cases = casesSchema.parse(JSON.parse(await readFile(file, "utf8")));
  const missing: string[] = [];
  const ranks: number[] = [];
  let slowestMs = 0;
  for (const one of cases) {
    const gitDir = findRepository(one.repo, folders);
    if (gitDir === null) {
      missing.push(one.repo);
      continue;
    }
    const started = performance.now();
    const commits = await runBlame(gitDir, one);
    slowestMs = Math.max(slowestMs, performance.now() - started);
    if (commits === null) {
      missing.push(`${one.repo}@${one.base_commit.slice(0, 10)}`);
      continue;
    }
    const at = commits.findIndex((commit) => commit.sha === one.truth.bug_inducing_commit);
    ranks.push(at < 0 ? Number.POSITIVE_INFINITY : at + 1);
    if (at !== 0) {
      const first = commits[0];
      const truth = one.truth.bug_inducing_commit.slice(0, 10);
      console.log(
        `miss ${one.id}: ${truth} is ${at < 0 ? "not found" : `number ${at + 1}`}; first is ${first?.sha.slice(0, 10)} (${first?.score}): ${first?.reasons.join("; ")}`,
      );
    }
  }
  const within = (top: number) => ranks.filter((rank) => rank <= top).length;
  const share = (top: number) => (ranks.length === 0 ? 0 : Math.round((within(top) / ranks.length) * 1000) / 1000);
  if (missing.length > 0)
    console.log(`missing, not counted: ${missing.join(", ")}. Clone them under --repos DIR as owner/name.`);
  console.log("frames: the lines that the repair touched, an oracle for the place");
  console.log(`cases ${ranks.length} of ${cases.length}, slowest ${Math.round(slowestMs)} ms`);
  for (const top of [1, 3, 5])
    console.log(`top-${top} ${share(top).toFixed(3)} (95 % ${wilson(within(top), ranks.length)})`);
  console.log(
    JSON.stringify({ cases: ranks.length, top1: share(1), top3: share(3), top5: share(5), missing: missing.length }),
  );
  return ranks.length === 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
