import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hideCredentials } from "../../analysis/scrub/index.ts";
import type { BranchCommit, CarriedOver, Checkout, OpenCheckout } from "../../domains/repair/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { fetchAddress } from "./repository-url.ts";
import { type GitRun, runGit } from "./run-git.ts";
import { firstLine, openRepairRepository, scratchConfig } from "./worktree.ts";
import { type GitOutcome, runScratchGit } from "./worktree-git.ts";

const networkTimeoutMs = 120_000;
const commitsMax = 200;
const fileBytesMax = 1024 * 1024;

/** Checkouts beside the mirrors below `repositoriesFolder`. `gitEnv` is what git may see of the environment. */
export function openCheckouts(repositoriesFolder: string, gitEnv: Readonly<Record<string, string>> = {}): OpenCheckout {
  return async (repositoryId, remote) => {
    const mirror = join(repositoriesFolder, `${repositoryId}.git`);
    if (!/^[\w-]+$/.test(repositoryId) || !existsSync(mirror)) return null;
    const folder = await mkdtemp(join(tmpdir(), "culprit-branch-"));
    const gitDir = await makeScratch(folder, mirror);
    const { username, password } = remote.credentials;
    return checkoutIn(folder, gitDir, fetchAddress(remote.url), {
      ...gitEnv,
      GIT_CONFIG_GLOBAL: "/dev/null",
      ...headerOf(username, password),
    });
  };
}

/** Borrows the mirror's objects; the mirror stays as it is. */
async function makeScratch(folder: string, mirror: string): Promise<string> {
  const gitDir = join(folder, "scratch.git");
  await mkdir(join(gitDir, "objects", "info"), { recursive: true });
  await mkdir(join(gitDir, "refs"), { recursive: true });
  await writeFile(join(gitDir, "HEAD"), "ref: refs/heads/none\n");
  await writeFile(join(gitDir, "config"), await scratchConfig(mirror));
  await writeFile(join(gitDir, "objects", "info", "alternates"), `${join(mirror, "objects")}\n`);
  // Without it git looks for parents that a shallow mirror does not have.
  if (existsSync(join(mirror, "shallow"))) await copyFile(join(mirror, "shallow"), join(gitDir, "shallow"));
  return gitDir;
}

/** The token goes to git by its environment: a command line can be read by everybody on the machine. */
function headerOf(username: string, password: string): Record<string, string> {
  const basic = Buffer.from(`${username}:${password}`).toString("base64");
  const settings: readonly (readonly [string, string])[] = [
    ["http.extraHeader", `Authorization: Basic ${basic}`],
    // It would go along to wherever a redirect leads.
    ["http.followRedirects", "false"],
    ["credential.helper", ""],
  ];
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", String(settings.length)],
    ...settings.flatMap(([key, value], at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]),
  ]);
}

function checkoutIn(folder: string, gitDir: string, url: string, env: Readonly<Record<string, string>>): Checkout {
  let count = 0;
  const fresh = (name: string): string => join(folder, `${name}-${++count}`);
  const git = (args: readonly string[], options: { workTree?: string; index?: string; stdin?: string } = {}) =>
    runScratchGit(args, { gitDir, ...options });
  const text = async (args: readonly string[], options = {}): Promise<string> =>
    succeeded(args, await git(args, options)).stdout.toString("utf8");
  const remotely = (args: readonly string[]): Promise<GitRun> =>
    runGit(args, { gitDir, env, timeoutMs: networkTimeoutMs });
  const fetchRef = (ref: string, to: string): Promise<GitRun> =>
    remotely(["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--", url, `+${ref}:${to}`]);
  const has = async (sha: string): Promise<boolean> =>
    /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha) && (await git(["cat-file", "-e", `${sha}^{commit}`])).code === 0;
  const listed = async (branch: string): Promise<string | null> => {
    const run = await remotely(["ls-remote", "--quiet", "--heads", "--", url, `refs/heads/${branch}`]);
    if (run.exitCode !== 0) throw unavailable(url, run);
    return /^([0-9a-f]{40,64})\t/m.exec(run.stdout.toString("utf8"))?.[1] ?? null;
  };
  const fetchBranch = async (branch: string): Promise<string | null> => {
    if ((await listed(branch)) === null) return null;
    const to = `refs/culprit/${++count}`;
    const run = await fetchRef(`refs/heads/${branch}`, to);
    if (run.exitCode !== 0) throw unavailable(url, run);
    return (await text(["rev-parse", "--verify", to])).trim();
  };

  return {
    fetchBranch,
    async bringCommit(sha) {
      if (await has(sha)) return true;
      // Forges give any commit that is still there, even one that no branch holds after a forced push.
      await fetchRef(sha, `refs/culprit/${++count}`);
      return has(sha);
    },
    async isAncestor(older, newer) {
      return (await git(["merge-base", "--is-ancestor", older, newer])).code === 0;
    },
    async commitsBetween(from, to, paths = []) {
      const range = [`${from}..${to}`, ...(paths.length === 0 ? [] : ["--", ...paths])];
      const log = ["log", "-z", "--no-merges", `-n${commitsMax}`, "--format=%H%n%s%n%b", ...range];
      return parseCommits(await text(log));
    },
    async readFile(commit, path) {
      const { code, stdout } = await git(["cat-file", "blob", `${commit}:${path}`]);
      return code === 0 && stdout.length <= fileBytesMax ? stdout.toString("utf8") : null;
    },
    async diffOf(commit) {
      return text(["diff-tree", "-p", "--root", "--no-commit-id", "--no-ext-diff", "--no-textconv", "-M", commit]);
    },
    async subjectOf(commit) {
      return (await text(["show", "-s", "--format=%s", commit])).trim();
    },
    async diffBetween(from, to) {
      return text([
        "diff-tree",
        "-p",
        "--binary",
        "--full-index",
        "--no-ext-diff",
        "--no-textconv",
        "--no-renames",
        from,
        to,
      ]);
    },
    openRepository: () => openRepairRepository(gitDir),
    async carryOver(base, diffs, onto) {
      const index = fresh("index");
      await text(["read-tree", base], { index });
      for (const diff of diffs) {
        const applied = await git(["apply", "--cached", "-"], { index, stdin: diff });
        if (applied.code !== 0) return { kind: "conflict", reason: firstLine(applied.stderr) };
      }
      const tree = (await text(["write-tree"], { index })).trim();
      if (base === onto) return (await treeOf(base)) === tree ? { kind: "same" } : { kind: "changed", tree };
      return pick((await text(["commit-tree", tree, "-p", base, "-m", "The patch"])).trim(), onto);
    },
    async commit({ tree, parent, message, author, at }) {
      const made = await runGit(["commit-tree", tree, "-p", parent, "-F", "-"], {
        gitDir,
        env: { ...env, ...whoAndWhen(author, at) },
        input: message,
      });
      if (made.exitCode !== 0) throw new Error(`git commit-tree failed: ${firstLine(made.stderr)}`);
      return made.stdout.toString("utf8").trim();
    },
    async tipOfRemote(branch) {
      const sha = await fetchBranch(branch);
      return sha === null ? null : { sha, message: await text(["show", "-s", "--format=%B", sha]) };
    },
    async push(commit, branch) {
      const refs = `${commit}:refs/heads/${branch}`;
      const run = await remotely(["push", "--porcelain", "--no-verify", "--no-signed", "--", url, refs]);
      if (run.exitCode === 0) return { kind: "pushed" };
      const refusal = refusalIn(run);
      if (refusal === null) throw unavailable(url, run);
      return { kind: "refused", reason: hideCredentials(refusal) };
    },
    async close() {
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function treeOf(commit: string): Promise<string> {
    return (await text(["rev-parse", `${commit}^{tree}`])).trim();
  }

  async function pick(patched: string, onto: string): Promise<CarriedOver> {
    const [workTree, index] = [fresh("tree"), fresh("index")];
    await mkdir(workTree);
    await text(["update-ref", "--no-deref", "HEAD", onto]);
    await text(["reset", "--hard", "--quiet"], { workTree, index });
    const picked = await git(["cherry-pick", "--no-commit", patched], { workTree, index });
    if (picked.code !== 0) {
      const names = await text(["diff", "--name-only", "--diff-filter=U"], { workTree, index });
      const where = names.trim().split("\n").filter(Boolean).slice(0, 5).join(", ");
      const reason = where === "" ? firstLine(picked.stderr) : `It conflicts with what changed since in ${where}.`;
      return { kind: "conflict", reason };
    }
    const tree = (await text(["write-tree"], { index })).trim();
    await rm(workTree, { recursive: true, force: true });
    return tree === (await treeOf(onto)) ? { kind: "same" } : { kind: "changed", tree };
  }
}

function whoAndWhen({ name, email }: { name: string; email: string }, at: Date): Record<string, string> {
  // The sign tells git that these are seconds, however few.
  const date = `@${Math.floor(at.getTime() / 1000)} +0000`;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}

function parseCommits(log: string): BranchCommit[] {
  return log.split("\0").flatMap((entry) => {
    const [sha = "", subject = "", ...body] = entry.replace(/^\n/, "").split("\n");
    return /^[0-9a-f]{40,64}$/.test(sha) ? [{ sha, subject, body: body.join("\n").trim() }] : [];
  });
}

/** Why the other side does not take a branch, in its own words; null where it did not answer at all. */
function refusalIn(run: GitRun): string | null {
  if (run.isCut) return null;
  const { stderr } = run;
  const rejected = /^!\t\S+\t(.+)$/m.exec(run.stdout.toString("utf8"))?.[1];
  const said = stderr
    .split("\n")
    .flatMap((line) => /^remote:\s*(?:error:|fatal:|GitLab:)?\s*(\S.*)$/.exec(line)?.[1]?.trim() ?? [])
    .slice(0, 6)
    .join(" ");
  if (rejected !== undefined) return said === "" ? rejected : `${rejected}: ${said}`;
  const denied = /The requested URL returned error: (401|403|404)|Authentication failed|not found$/m.exec(stderr)?.[0];
  if (denied === undefined) return null;
  return `${said === "" ? denied : `${denied}: ${said}`}. The token may not write to the repository, or it is gone.`;
}

function succeeded(args: readonly string[], outcome: GitOutcome): GitOutcome {
  if (outcome.code === 0) return outcome;
  throw new Error(`git ${args[0]} failed with ${outcome.code}: ${firstLine(outcome.stderr)}`);
}

function unavailable(url: string, run: GitRun): CulpritError {
  const reason = run.isCut
    ? `no answer within ${networkTimeoutMs / 1000} s`
    : (run.stderr.split("\n").find((line) => line.startsWith("fatal:")) ?? firstLine(run.stderr));
  return new CulpritError(
    "REPOSITORY_UNAVAILABLE",
    `The repository ${hideCredentials(url)} can't be reached: ${hideCredentials(reason)}`,
  );
}
