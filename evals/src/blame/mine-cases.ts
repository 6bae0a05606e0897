import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type BlameCase, casesSchema, gitDirOf } from "./cases.ts";

/*
 * node evals/src/blame/mine-cases.ts --repos DIR --out FILE [--not FILE] [--each 12]
 *
 * Looks through every repository in DIR (folders `owner+name`, clones or bare) for commits whose message says which commit they repair:
 * "fix bug introduced in 1a2b3c4", "broken by …", "regression from …", after Rosa et al., ICSE 2021. The case is the tree before the
 * repair; the lines that the repair takes away, or after which it only inserts, stand for the failing frames; the commit named is
 * the truth. Tests count only where the repair touches nothing else. Left out: merges, reverts, repairs of more than sixty lines or
 * five files, files that are no source code, causes that touched none of the repaired files, and a cause that was taken already.
 * At most `--each` of a repository, in the order of their ids. `--not` names a cases file whose repositories are left alone, so
 * that what is fitted here can be tried there.
 */

const sha = "\\b([0-9a-f]{6,40})\\b";
const faults =
  "introduced|imported|caused|broken|broke|regressed|regressions?|bugs?|errors?|mistakes?|typos?|delivered|fall-?out|failures?|breakage|problems?|issues?|crash|since|happened|started|appeared";
const articles = "(?:the |my |our |this |that |recent |previous |last )*";
const link = "(?:https?://github\\.com/[\\w.-]+/[\\w.-]+/commit/)?";
const verbs = "introduced|broke|caused|regressed|accidentally|mistakenly|wrongly|incorrectly|inadvertently|forgot";
const title = '(?:\\("[^"\\n]*"\\)|\\("[^"\\n]*\\n[^"\\n]*"\\))?';
const named = [
  // "a regression from commit 1a2b3c4"
  new RegExp(
    `\\b(?:${faults})\\b[^.;\\n]{0,40}?\\b(?:in|by|with|from|since|of|after)\\s+${articles}(?:commit|change|changeset|rev|revision|patch|fix)?\\s*[:(#\`"'[]*${link}${sha}`,
    "gi",
  ),
  // "1a2b3c4 ("rework it") accidentally broke …"
  new RegExp(
    `(?:commit|change|patch|^|\\(|since)\\s*[:\`"'[]*${sha}[\`"'\\])]*\\s*${title}[^.;\\n]{0,30}?\\b(?:${verbs})\\b`,
    "gim",
  ),
  new RegExp(`^Fixes: ${sha} \\("`, "gm"),
];
const repairs = /\bfix|\bbug|regress|\bbroke|\brepair|\bcorrect/i;
const notRepairs =
  /^revert\b|this reverts|cherry[- ]pick|^merge\b|backport|changelog|\btypo in (?:the )?(?:doc|comment|readme)/im;
const source = /\.(?:jsx?|mjs|cjs|tsx?|coffee|py|java|kt|cs|c|h|cc|cpp|hpp|rb|php|go|rs|swift|scala)$/;
const carried =
  /(?:^|\/)(?:node_modules|vendor|third_?party|dist|build|deps|locales?|i18n|docs?|examples?)\/|\.min\.js$|(?:^|\/)[\w.]*(?:version|changelog)[\w.]*$/i;
const test =
  /(?:^|\/)(?:tests?|specs?|__tests__|testing|fixtures?)\/|[._-](?:test|spec|tests)\.\w+$|(?:^|\/)test_\w+\.py$/i;
const linesMax = 60;
const filesMax = 5;

function git(gitDir: string, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const options = { maxBuffer: 512 * 1024 * 1024, timeout: 120_000 };
    execFile("git", ["--git-dir", gitDir, ...args], options, (error, stdout) => {
      if (error === null) done(stdout);
      else fail(error);
    });
  });
}

/** The commits that a message names as the cause of what it repairs, as written. */
export function namedCauses(message: string): string[] {
  if (!repairs.test(message) || notRepairs.test(message)) return [];
  const found = new Set<string>();
  for (const pattern of named) {
    for (const match of message.matchAll(pattern)) {
      const id = match[1]?.toLowerCase() ?? "";
      if (/\d/.test(id) && (/[a-f]/.test(id) || id.length >= 10)) found.add(id);
    }
  }
  return [...found];
}

/** Lines of the old side that a repair touches: those it takes away, and those after which it only puts in. */
export function linesOfDiff(diff: string): BlameCase["fix_location"] {
  const found: BlameCase["fix_location"] = {};
  let path = "";
  for (const row of diff.split("\n")) {
    if (row.startsWith("--- ")) path = row.startsWith("--- a/") ? row.slice(6) : "";
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@/.exec(row);
    if (hunk === null || path === "" || !source.test(path) || carried.test(path)) continue;
    const lines = found[path] ?? { deleted_lines: [], insert_after: [] };
    found[path] = lines;
    const [first, count] = [Number(hunk[1]), Number(hunk[2] ?? 1)];
    if (count === 0) lines.insert_after.push(first);
    else for (let at = 0; at < count; at++) lines.deleted_lines.push(first + at);
  }
  const real = Object.entries(found).filter(([file]) => !test.test(file));
  return real.length > 0 ? Object.fromEntries(real) : found;
}

async function mineRepository(repo: string, gitDir: string, each: number, seen: Set<string>): Promise<BlameCase[]> {
  const log = await git(gitDir, ["log", "--all", "--no-merges", "--format=%H%x00%P%x00%ct%x00%B%x01"]);
  const cases: BlameCase[] = [];
  // The order of ids is as good as chance; the newest first would be the last years only.
  const entries = log
    .split("\x01")
    .map((entry) => entry.trim().split("\0"))
    .filter(
      ([, parents = "", , message = ""]) => /^[0-9a-f]{40,64}$/.test(parents) && namedCauses(message).length === 1,
    )
    .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  for (const [fix = "", base = "", at = "", message = ""] of entries) {
    if (cases.length >= each) break;
    const [cause = ""] = namedCauses(message);
    try {
      const truth = (await git(gitDir, ["rev-parse", "--verify", "--quiet", `${cause}^{commit}`])).trim();
      if (seen.has(truth) || truth === fix) continue;
      const parents = (await git(gitDir, ["rev-list", "--parents", "-1", truth])).trim().split(" ").length - 1;
      if (parents > 1) continue;
      await git(gitDir, ["merge-base", "--is-ancestor", truth, base]);
      const location = linesOfDiff(await git(gitDir, ["diff", "-U0", "--no-renames", base, fix]));
      const lines = Object.values(location).flatMap((one) => [...one.deleted_lines, ...one.insert_after]);
      if (lines.length === 0 || lines.length > linesMax || Object.keys(location).length > filesMax) continue;
      const touched = (await git(gitDir, ["show", "--format=", "--name-only", truth]))
        .split("\n")
        .map((path) => basename(path));
      if (!Object.keys(location).some((path) => touched.includes(basename(path)))) continue;
      seen.add(truth);
      cases.push({
        id: `${repo.replace("/", "_")}-${fix.slice(0, 10)}`,
        repo,
        base_commit: base,
        fix_location: location,
        time_of_fix: Number(at),
        truth: { bug_inducing_commit: truth },
      });
    } catch {
      // Not a commit of this repository, or not before the repair.
    }
  }
  return cases;
}

/** Mines every repository of a folder; writes a cases file and says how many each gave. */
async function main(argv: readonly string[]): Promise<number> {
  const options = {
    repos: { type: "string" },
    out: { type: "string" },
    not: { type: "string" },
    each: { type: "string" },
  } as const;
  const { repos, out, not, each } = parseArgs({ args: [...argv], options }).values;
  const { folder, file } = z.object({ folder: z.string(), file: z.string() }).parse({ folder: repos, file: out });
  const left = new Set(
    not === undefined ? [] : casesSchema.parse(JSON.parse(await readFile(not, "utf8"))).map((one) => one.repo),
  );
  const cases: BlameCase[] = [];
  // A fork holds its parent's repairs again.
  const seen = new Set<string>();
  for (const name of (await readdir(folder)).sort()) {
    const repo = name.replace("+", "/");
    const gitDir = gitDirOf(join(resolve(folder), name));
    if (gitDir === null || left.has(repo)) continue;
    const found = await mineRepository(repo, gitDir, Number(each ?? 12), seen);
    console.log(`${repo}: ${found.length}`);
    cases.push(...found);
  }
  await writeFile(file, JSON.stringify(cases, null, 1));
  console.log(JSON.stringify({ repositories: new Set(cases.map((one) => one.repo)).size, cases: cases.length }));
  return 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
