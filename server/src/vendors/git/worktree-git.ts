import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

const outputBytesMax = 64 * 1024 * 1024;

/** Nothing of a repository runs on our side: no hook, filter, diff driver, pager, prompt or transport. */
const harmless = [
  ...["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.autocrlf=false"],
  ...["-c", "protocol.allow=never", "-c", "submodule.recurse=false", "-c", "gc.auto=0", "-c", "commit.gpgSign=false"],
  ...["-c", "advice.detachedHead=false", "-c", "core.quotePath=false", "-c", "diff.renames=true"],
];

export interface GitOutcome {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface ScratchGit {
  readonly gitDir: string;
  readonly workTree?: string;
  readonly index?: string;
}

/**
 * Starts git for a scratch repository, with its own environment and no configuration but the repository's, which is
 * ours: filters and merge drivers that `.gitattributes` names are therefore unknown and do nothing.
 */
export function startScratchGit(
  args: readonly string[],
  options: ScratchGit & { readonly timeoutMs?: number },
): ChildProcessWithoutNullStreams {
  return spawn("git", [...harmless, ...args], {
    cwd: options.workTree ?? options.gitDir,
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
      HOME: "/nonexistent",
      LC_ALL: "C",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_ATTR_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_LFS_SKIP_SMUDGE: "1",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_AUTHOR_NAME: "Culprit",
      GIT_AUTHOR_EMAIL: "culprit@localhost",
      GIT_COMMITTER_NAME: "Culprit",
      GIT_COMMITTER_EMAIL: "culprit@localhost",
      GIT_EDITOR: "true",
      GIT_DIR: options.gitDir,
      ...(options.workTree === undefined ? {} : { GIT_WORK_TREE: options.workTree }),
      ...(options.index === undefined ? {} : { GIT_INDEX_FILE: options.index }),
    },
    stdio: ["pipe", "pipe", "pipe"],
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
}

/** Runs git as `startScratchGit` starts it, for two minutes at most, and gives what it printed. */
export function runScratchGit(
  args: readonly string[],
  options: ScratchGit & { readonly stdin?: string },
): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const child = startScratchGit(args, { ...options, timeoutMs: 120_000 });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > outputBytesMax) child.kill("SIGKILL");
      else chunks.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < 16_384) stderr += chunk.toString("utf8");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: Buffer.concat(chunks), stderr }));
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
  });
}
