import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LocalCheckout } from "../../domains/repair/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 60_000;

/**
 * The checkout that a folder lies in, with the person's own git settings. None of its hooks run: nothing here commits.
 * @throws CulpritError INVALID_REQUEST where the folder lies in none.
 */
export async function openLocalCheckout(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LocalCheckout> {
  const start = resolve(folder);
  const top = await runIn(start, env, ["rev-parse", "--show-toplevel"]);
  const path = top.stdout.replace(/\n$/, "");
  if (top.code !== 0 || path === "")
    throw new CulpritError(
      "INVALID_REQUEST",
      `${start} lies in no checkout of a git repository${top.code === 127 ? ", and git is not installed" : ""}. Go into one, or name it with --repo FOLDER.`,
      { details: { field: "repo", provided: folder } },
    );
  const git = (args: readonly string[], input?: string) => runIn(path, env, args, input);
  const listed = (text: string) => text.split("\0").filter((name) => name !== "");
  return {
    folder: path,
    async head() {
      const { code, stdout } = await git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
      return code === 0 ? stdout.trim() : null;
    },
    async hasCommit(sha) {
      if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) return false;
      return (await git(["cat-file", "-e", `${sha}^{commit}`])).code === 0;
    },
    async isAncestor(ancestor, descendant) {
      return (await git(["merge-base", "--is-ancestor", ancestor, descendant])).code === 0;
    },
    async dirty(paths) {
      if (paths.length === 0) return [];
      const { stdout } = await git([
        "status",
        "--porcelain",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--ignored",
        "--",
        ...literal(paths),
      ]);
      return listed(stdout).flatMap((entry) => (/^.. /.test(entry) ? [entry.slice(3)] : []));
    },
    async changedSince(commit, paths) {
      if (paths.length === 0) return [];
      return listed((await git(["diff", "--name-only", "-z", commit, "HEAD", "--", ...literal(paths)])).stdout);
    },
    async anchor(patch, commit) {
      const folder = await mkdtemp(join(tmpdir(), "culprit-fix-"));
      // An index of its own: that of the checkout holds what the person has staged.
      const own = { ...env, GIT_INDEX_FILE: join(folder, "index") };
      try {
        await runIn(path, own, ["read-tree", commit]);
        const { code } = await runIn(path, own, ["apply", "--cached", "--whitespace=nowarn", "-"], patch);
        if (code !== 0) return patch;
        const { stdout } = await runIn(path, own, [
          ...["-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false"],
          ...["diff", "--cached", "--full-index", "--binary", "--no-ext-diff", "--no-textconv", "--no-color", commit],
        ]);
        return stdout === "" ? patch : stdout;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async whyNot(patch) {
      const { code, stderr } = await git(["apply", "--check", "--3way", "-"], patch);
      return code === 0 ? null : firstError(stderr);
    },
    async apply(patch) {
      const { code, stderr } = await git(["apply", "--3way", "--whitespace=nowarn", "-"], patch);
      if (code === 0) return { kind: "applied" };
      const { stdout } = await git(["diff", "--name-only", "-z", "--diff-filter=U"]);
      const files = listed(stdout);
      return files.length > 0 ? { kind: "conflicts", files } : { kind: "refused", reason: firstError(stderr) };
    },
  };
}

/** Names as they are, not as patterns, from the top folder on. */
function literal(paths: readonly string[]): string[] {
  return paths.map((path) => `:(top,literal)${path}`);
}

function firstError(stderr: string): string {
  const line = stderr.split("\n").find((one) => one.startsWith("error:")) ?? stderr.split("\n")[0] ?? "";
  return line.replace(/^error: /, "").slice(0, 500);
}

function runIn(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  input = "",
): Promise<Run> {
  return new Promise((done) => {
    const child = execFile(
      "git",
      ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", ...args],
      {
        ...{ cwd, encoding: "utf8", timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 },
        env: { ...env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_LITERAL_PATHSPECS: "0" },
      },
      (error, stdout, stderr) => {
        const code =
          error === null ? 0 : typeof error.code === "number" ? error.code : error.code === "ENOENT" ? 127 : 128;
        done({ code, stdout, stderr });
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
