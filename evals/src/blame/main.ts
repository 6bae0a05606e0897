import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

const linesSchema = z.object({ deleted_lines: z.array(z.number().int()), insert_after: z.array(z.number().int()) });
const casesSchema = z.array(
  z.object({
    id: z.string(),
    repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    base_commit: z.string(),
    fix_location: z.record(z.string(), linesSchema),
    truth: z.object({ bug_inducing_commit: z.string() }),
  }),
);
type Case = z.infer<typeof casesSchema>[number];

const root = resolve(import.meta.dirname, "../../..");

/** The git directory of a case's repository under one of the folders, or null. */
function findRepository(repo: string, folders: readonly string[]): string | null {
  const [owner = "", name = ""] = repo.split("/");
  for (const folder of folders) {
    for (const place of [
      `${owner}+${name}/repo`,
      `${owner}+${name}`,
      `${owner}+${name}.git`,
      `${owner}/${name}`,
      `${owner}/${name}.git`,
      name,
      `${name}.git`,
    ]) {
      const path = join(folder, place);
      if (existsSync(join(path, ".git"))) return join(path, ".git");
      if (existsSync(join(path, "HEAD")) && existsSync(join(path, "objects"))) return path;
    }
  }
  return null;
}

/** Lines where the fix changes the code stand in for the frames of a stack. */
function framesOf(one: Case): { file: string; line: number }[] {
  return Object.entries(one.fix_location).flatMap(([file, lines]) =>
    [...lines.deleted_lines, ...lines.insert_after].map((line) => ({ file, line: Math.max(1, line) })),
  );
}

const answerSchema = z.object({
  commits: z.array(z.object({ sha: z.string(), score: z.number(), reasons: z.array(z.string()) })),
});

/** What `culprit blame` says, as a user gets it; null where the repository lacks the commit. */
function blame(gitDir: string, one: Case): Promise<z.infer<typeof answerSchema>["commits"] | null> {
  const frames = framesOf(one)
    .map(({ file, line }) => `${file}:${line}`)
    .join(",");
  const args = [
    join(root, "server/src/main.ts"),
    "blame",
    "--repo",
    gitDir,
    "--commit",
    one.base_commit,
    "--frames",
    frames,
    "--json",
  ];
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { timeout: 60_000, maxBuffer: 8 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) done(answerSchema.parse(JSON.parse(stdout)).commits);
      else if (stderr.includes("has no commit")) done(null);
      else fail(new Error(`culprit blame failed on ${one.id}: ${stderr.trim() || error.message}`));
    });
  });
}

/** Wilson's interval of a share, 95 %. */
function wilson(hits: number, count: number): string {
  if (count === 0) return "-";
  const z2 = 1.96 ** 2;
  const share = hits / count;
  const middle = (share + z2 / (2 * count)) / (1 + z2 / count);
  const half = (1.96 * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count ** 2))) / (1 + z2 / count);
  return `${(middle - half).toFixed(2)}–${(middle + half).toFixed(2)}`;
}

/**
 * `npm run eval -- blame [--data DIR] [--repos DIR]`: how often the commit that developers named as the cause is ranked first, in the
 * first three and five. A repository that is not at hand is listed as missing and not counted.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { data: { type: "string" }, repos: { type: "string" } } });
  const data = resolve(values.data ?? join(root, "../shared/data/guilty-commit"));
  const folders = [...(values.repos === undefined ? [] : [resolve(values.repos)]), resolve(root, "../.mirror")];
  const cases = casesSchema.parse(JSON.parse(await readFile(join(data, "cases.json"), "utf8")));
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
    const commits = await blame(gitDir, one);
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
  console.log(`cases ${ranks.length} of ${cases.length}, slowest ${Math.round(slowestMs)} ms`);
  for (const top of [1, 3, 5])
    console.log(`top-${top} ${share(top).toFixed(3)} (95 % ${wilson(within(top), ranks.length)})`);
  console.log(
    JSON.stringify({ cases: ranks.length, top1: share(1), top3: share(3), top5: share(5), missing: missing.length }),
  );
  return ranks.length === 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
