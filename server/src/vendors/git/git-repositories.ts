import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { hideCredentials } from "../../analysis/scrub/index.ts";
import type { GitRepositories, GitRepository } from "../../domains/change/ports.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { checkLocalAddress } from "./check-address.ts";
import { chooseDefaultBranch, readRemoteHead } from "./default-branch.ts";
import { openRepository } from "./open-repository.ts";
import { fetchAddress } from "./repository-url.ts";
import { runGit } from "./run-git.ts";

export interface GitRepositoriesOptions {
  /** Mirrors stand in `<folder>/<id>.git`. */
  readonly folder: string;
  /** What git may see of the environment, such as PATH, HOME and SSH_AUTH_SOCK. */
  readonly env?: Readonly<Record<string, string>>;
  readonly fetchTimeoutMs?: number;
}

interface Named {
  readonly id: string;
  readonly url: string;
}

// A revision that was asked for and is not there is not looked for again at once: every look is a trip to the other side.
const missingForMs = 10_000;

/**
 * Bare mirrors of registered repositories, made on first use and fetched when a commit is missing. One clone or fetch
 * of a repository runs at a time; whoever comes meanwhile waits for that one.
 */
export function createGitRepositories(options: GitRepositoriesOptions): GitRepositories {
  const { folder, env: baseEnv = {} } = options;
  const running = new Map<string, Promise<void>>();
  const fetchedAt = new Map<string, number>();

  const envOf = async () => ({ ...baseEnv, GIT_CONFIG_GLOBAL: await trustingConfig(folder) });
  const pathOf = (id: string): string => {
    if (!/^[\w-]{1,64}$/.test(id))
      throw new CulpritError("REPOSITORY_UNAVAILABLE", "That is not the id of a repository.");
    return join(folder, `${id}.git`);
  };

  async function once(id: string, work: () => Promise<void>): Promise<void> {
    const before = running.get(id);
    if (before !== undefined) return before;
    const now = work().finally(() => running.delete(id));
    running.set(id, now);
    return now;
  }

  async function fetchInto(gitDir: string, url: string): Promise<void> {
    const address = fetchAddress(url);
    const env = await envOf();
    const timeoutMs = options.fetchTimeoutMs ?? 300_000;
    // Branches and tags only: forges keep a ref for every pull request, which is most of what a full mirror would bring.
    const heads = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    let failure = "";
    for (const refs of [[...heads, "+HEAD:refs/culprit/head"], heads]) {
      const run = await runGit(
        // A repository that is shallow itself gives what it has.
        [
          "fetch",
          "--quiet",
          "--prune",
          "--no-tags",
          "--no-recurse-submodules",
          "--update-shallow",
          // What was shallow when it was cloned gets the rest once the other side has it.
          ...(existsSync(join(gitDir, "shallow")) ? ["--unshallow"] : []),
          "--",
          address,
          ...refs,
        ],
        { gitDir, env, timeoutMs },
      );
      if (run.exitCode === 0) return;
      failure = run.isCut ? `no answer within ${Math.round(timeoutMs / 1000)} s` : run.stderr;
    }
    throw unavailable(url, failure);
  }

  async function clone({ id, url }: Named): Promise<void> {
    const gitDir = pathOf(id);
    if (existsSync(gitDir)) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const fresh = await mkdtemp(join(folder, `.clone-${id}-`));
    try {
      const made = await runGit(["init", "--quiet", "--bare", "--template=", "--", fresh], {
        gitDir: null,
        env: baseEnv,
      });
      if (made.exitCode !== 0) throw unavailable(url, made.stderr);
      await fetchInto(fresh, url);
      // The rename is what makes the mirror exist, so a crash never leaves half of one.
      if (!existsSync(gitDir)) await rename(fresh, gitDir);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }

  async function update(repository: Named): Promise<void> {
    await once(repository.id, async () => {
      const gitDir = pathOf(repository.id);
      if (existsSync(gitDir)) await fetchInto(gitDir, repository.url);
      else await clone(repository);
    });
  }

  return {
    pathOf,
    async fetch(repository) {
      await checkLocalAddress(repository.url, await envOf());
      await update(repository);
    },
    async forget(id) {
      await rm(pathOf(id), { recursive: true, force: true });
    },
    async check(url) {
      const env = await envOf();
      await checkLocalAddress(url, env);
      const run = await runGit(["ls-remote", "--quiet", "--", fetchAddress(url), "HEAD"], { gitDir: null, env });
      if (run.exitCode !== 0) throw unavailable(url, run.isCut ? "no answer within 30 s" : run.stderr);
    },
    async open(repository): Promise<GitRepository> {
      const gitDir = pathOf(repository.id);
      if (!existsSync(gitDir)) await once(repository.id, () => clone(repository));
      return openRepository({
        gitDir,
        env: baseEnv,
        fetchMissing: async (revision) => {
          const key = `${repository.id} ${revision}`;
          const now = performance.now();
          if (now - (fetchedAt.get(key) ?? Number.NEGATIVE_INFINITY) < missingForMs) return;
          if (fetchedAt.size > 1_000) fetchedAt.clear();
          fetchedAt.set(key, now);
          await update(repository);
        },
      });
    },
    async defaultBranch(repository) {
      const env = await envOf();
      const address = fetchAddress(repository.url);
      const ask = (...args: string[]) => runGit(args, { gitDir: null, env, timeoutMs: 30_000 });
      const listed = await ask("ls-remote", "--symref", "--", address, "HEAD", "refs/heads/*");
      if (listed.exitCode !== 0) return { branch: null, warning: null };
      const head = readRemoteHead(listed.stdout.toString("utf8"));
      if (head.isThere || head.names !== null || !isAbsolute(address)) return chooseDefaultBranch(head);
      // Of a HEAD that leads nowhere the list says nothing; on this machine it can be read.
      const named = await ask("-C", address, "symbolic-ref", "--short", "HEAD");
      const name = named.exitCode === 0 ? named.stdout.toString("utf8").trim() : "";
      return chooseDefaultBranch({ ...head, names: name === "" ? null : name });
    },
  };
}

/**
 * A git configuration that trusts folders of other owners. `git fetch` from a local path starts a second git that does not
 * see `-c` settings; the operator named the path, and nothing in that repository is executed.
 */
async function trustingConfig(folder: string): Promise<string> {
  const path = join(folder, ".gitconfig");
  if (!existsSync(path)) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path, "[safe]\n\tdirectory = *\n");
  }
  return path;
}

function unavailable(url: string, stderr: string): CulpritError {
  const reason = hideCredentials(
    stderr
      .trim()
      .split("\n")
      .find((line) => line.startsWith("fatal:")) ??
      stderr.trim().split("\n")[0] ??
      "git gave no reason",
  );
  return new CulpritError("REPOSITORY_UNAVAILABLE", `The repository ${hideCredentials(url)} can't be read: ${reason}`);
}
