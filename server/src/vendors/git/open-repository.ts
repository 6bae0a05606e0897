import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type {
  BlamedLine,
  CommitInfo,
  CommitPatch,
  GitRepository,
  LineRange,
  PatchQuery,
} from "../../domains/change/ports.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { parseBlame } from "./parse-blame.ts";
import { logFormat, parseLog } from "./parse-log.ts";
import { type GitRun, runGit } from "./run-git.ts";

export interface OpenRepositoryOptions {
  readonly gitDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Brings missing objects; called with a revision that is not there. */
  readonly fetchMissing?: (revision: string) => Promise<void>;
}

const fileBytesMax = 1024 * 1024;

function assertSha(value: string): string {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value)) {
    throw new CulpritError("REPOSITORY_UNAVAILABLE", `${JSON.stringify(value.slice(0, 80))} is not a full commit id.`);
  }
  return value;
}

/**
 * A repository on this machine, read through the `git` binary. Bare or with a work tree; nothing in it is changed.
 * No read starts a process for each row: files come through one `cat-file --batch`, commits through one `log`.
 */
export function openRepository(options: OpenRepositoryOptions): GitRepository {
  const { gitDir, env } = options;

  async function read(
    args: readonly string[],
    extra: { input?: string; timeoutMs?: number; cutIsFine?: boolean } = {},
  ): Promise<GitRun> {
    const run = await runGit(args, {
      gitDir,
      env,
      ...(extra.input === undefined ? {} : { input: extra.input }),
      ...(extra.timeoutMs === undefined ? {} : { timeoutMs: extra.timeoutMs }),
    });
    if (run.exitCode !== 0 && !(run.isCut && extra.cutIsFine === true)) {
      const reason = run.isCut
        ? "it took too long or printed too much"
        : run.stderr.trim().split("\n").at(-1) || `exit code ${run.exitCode}`;
      throw new CulpritError("REPOSITORY_UNAVAILABLE", `git ${args[0] ?? ""} could not read the repository: ${reason}`);
    }
    return run;
  }

  async function resolveHere(revision: string): Promise<string | null> {
    const run = await runGit(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`], {
      gitDir,
      env,
    });
    const sha = run.stdout.toString("utf8").trim();
    return run.exitCode === 0 && /^[0-9a-f]{40,64}$/.test(sha) ? sha : null;
  }

  async function log(query: PatchQuery, format: readonly string[]): Promise<CommitPatch[]> {
    const range = query.from ? [assertSha(query.to), `^${assertSha(query.from)}`] : [assertSha(query.to)];
    const run = await read(
      [
        "log",
        `--max-count=${query.commitsMax}`,
        `--format=${logFormat}`,
        ...format,
        ...range,
        "--",
        ...(query.paths ?? []),
      ],
      { cutIsFine: true, ...(query.timeoutMs === undefined ? {} : { timeoutMs: query.timeoutMs }) },
    );
    return parseLog(run.stdout.toString("utf8"));
  }

  // Dependencies that a repository carries along can be a hundred times its own code.
  const ownPaths = [":(top)", ":(exclude,top,glob)**/node_modules/**"];
  const patchFormat = (contextLines: number) => [
    ...["--patch", `--unified=${contextLines}`, "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color"],
    "--diff-algorithm=histogram",
  ];
  const asLiteral = (paths: readonly string[] | undefined) => paths?.map((path) => `:(literal,top)${path}`);

  return {
    async resolveCommit(revision, { isLocal = false } = {}) {
      if (revision === "" || revision.length > 255 || /[\0-\x20~^:?*[\\]|\.\.|@\{/.test(revision)) return null;
      const here = await resolveHere(revision);
      if (here !== null || isLocal || options.fetchMissing === undefined) return here;
      await options.fetchMissing(revision);
      return resolveHere(revision);
    },

    async listCommits(query) {
      const found = await log({ ...query, paths: asLiteral(query.paths) }, ["--no-patch"]);
      return found.map((entry) => entry.commit);
    },

    listPatches(given) {
      const query = { ...given, paths: asLiteral(given.paths) ?? ownPaths };
      return log(query, ["--no-merges", ...patchFormat(query.contextLines ?? 3)]);
    },

    async describePatches(shas) {
      if (shas.length === 0) return [];
      const run = await read(
        [
          ...["log", "--no-walk=unsorted", "--ignore-missing", `--format=${logFormat}`, ...patchFormat(3), "--stdin"],
          ...["--", ...ownPaths],
        ],
        { input: `${[...new Set(shas)].map(assertSha).join("\n")}\n`, cutIsFine: true },
      );
      return parseLog(run.stdout.toString("utf8"));
    },

    async describeCommits(shas) {
      if (shas.length === 0) return [];
      const input = `${[...new Set(shas)].map(assertSha).join("\n")}\n`;
      const run = await read(
        ["log", "--no-walk=unsorted", "--ignore-missing", "--no-patch", `--format=${logFormat}`, "--stdin"],
        { input },
      );
      const wanted = new Map<string, CommitInfo>(
        parseLog(run.stdout.toString("utf8")).map((entry) => [entry.commit.sha, entry.commit]),
      );
      return shas.flatMap((sha) => wanted.get(sha) ?? []);
    },

    async diffBetween(from, to, paths) {
      const run = await read(
        [
          "diff",
          "--find-renames",
          "--no-ext-diff",
          "--no-textconv",
          "--no-color",
          assertSha(from),
          assertSha(to),
          "--",
          ...(asLiteral(paths) ?? []),
        ],
        { cutIsFine: true },
      );
      return run.stdout.toString("utf8");
    },

    async blame(commit, path, ranges, ignored = []): Promise<readonly BlamedLine[]> {
      if (ranges.length === 0) return [];
      const spans = mergeRanges(ranges).flatMap((range) => ["-L", `${range.first},${range.last}`]);
      const ignore = ignored.flatMap((sha) => ["--ignore-rev", assertSha(sha)]);
      // Copies from other files cost a scan of every file of a commit; on a big history plain moves must do.
      for (const [moves, timeoutMs] of [
        [["-M", "-C", "-C"], 2_500],
        [["-M"], 20_000],
      ] as const) {
        const run = await runGit(
          ["blame", "--porcelain", "-w", ...moves, ...ignore, ...spans, assertSha(commit), "--", path],
          { gitDir, env, timeoutMs },
        );
        if (run.exitCode === 0) return parseBlame(run.stdout.toString("utf8"));
        if (!run.isCut) return [];
      }
      return [];
    },

    async readFiles(commit, paths) {
      const found = new Map<string, string | null>();
      const asked = paths.filter((path) => path !== "" && !path.includes("\n"));
      if (asked.length === 0) return found;
      const input = asked.map((path) => `${assertSha(commit)}:${path}\n`).join("");
      const run = await read(["cat-file", "--batch"], { input });
      parseBatch(run.stdout, asked.length).forEach((content, index) => {
        found.set(asked[index] ?? "", content);
      });
      return found;
    },

    async listFiles(commit) {
      const run = await read(["ls-tree", "-r", "-z", "--name-only", "--full-tree", assertSha(commit)]);
      return run.stdout
        .toString("utf8")
        .split("\0")
        .filter((path) => path !== "");
    },

    async boundaryCommits() {
      const path = await read(["rev-parse", "--git-path", "shallow"]);
      const text = await readFile(resolve(gitDir, path.stdout.toString("utf8").trim()), "utf8").catch(() => "");
      return new Set(text.split("\n").filter((line) => line !== ""));
    },

    async isAncestor(ancestor, descendant) {
      const run = await runGit(["merge-base", "--is-ancestor", assertSha(ancestor), assertSha(descendant)], {
        gitDir,
        env,
      });
      return run.exitCode === 0;
    },
  };
}

/** Ranges sorted, overlapping and touching ones joined. */
export function mergeRanges(ranges: readonly LineRange[]): LineRange[] {
  const merged: { first: number; last: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before !== undefined && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else merged.push({ first: range.first, last: range.last });
  }
  return merged;
}

/** Reads `cat-file --batch` output: one entry for each object asked for, in order. */
function parseBatch(output: Buffer, count: number): (string | null)[] {
  const contents: (string | null)[] = [];
  let at = 0;
  while (contents.length < count && at < output.length) {
    const lineEnd = output.indexOf(0x0a, at);
    if (lineEnd < 0) break;
    const header = output.toString("utf8", at, lineEnd);
    at = lineEnd + 1;
    const object = /^[0-9a-f]{40,64} (\w+) (\d+)$/.exec(header);
    if (object === null) {
      contents.push(null);
      continue;
    }
    const size = Number(object[2]);
    const content = output.subarray(at, at + size);
    at += size + 1;
    const isText = object[1] === "blob" && size <= fileBytesMax && !content.subarray(0, 8000).includes(0);
    contents.push(isText ? content.toString("utf8") : null);
  }
  while (contents.length < count) contents.push(null);
  return contents;
}
