import { execFileSync } from "node:child_process";

export interface BareCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  /** The local part of the author's address, which a forge's login often is. */
  readonly author: string;
  readonly date: string;
  /** Read when it is asked for. */
  readonly tree: ReadonlyMap<string, string>;
}

/** A bare repository on disk, as a fake forge reads and merges it. */
export class BareRepository {
  readonly gitDir: string;
  readonly #commits = new Map<string, BareCommit>();

  constructor(gitDir: string) {
    this.gitDir = gitDir;
  }

  branches(): Map<string, string> {
    const listed = this.#git("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads");
    return new Map(
      listed.split("\n").flatMap((line) => {
        const [name, sha] = line.split(" ");
        return name !== undefined && sha !== undefined ? [[name, sha] as const] : [];
      }),
    );
  }

  defaultBranch(): string {
    return this.#git("symbolic-ref", "--short", "HEAD").trim();
  }

  /** Commits of all branches, oldest first. */
  commits(): readonly BareCommit[] {
    const log = this.#git("log", "--branches", "--reverse", "--topo-order", "-z", "--format=%H%n%P%n%ae%n%cI%n%B");
    return log.split("\0").flatMap((entry) => {
      const [sha = "", parents = "", email = "", date = "", ...message] = entry.split("\n");
      if (sha === "") return [];
      const known = this.#commits.get(sha);
      if (known !== undefined) return [known];
      const made: BareCommit = lazily(
        {
          ...{ sha, message: message.join("\n").trim(), author: email.split("@")[0] ?? "" },
          ...{ parents: parents.split(" ").filter(Boolean), date: new Date(date).toISOString() },
        },
        () => this.#tree(sha),
      );
      this.#commits.set(sha, made);
      return [made];
    });
  }

  /** Merges `head` into `branch` with a merge commit that has the head's tree. @returns its sha. */
  merge(branch: string, head: string, message: string): string {
    const who = ["-c", "user.name=Forge", "-c", "user.email=forge@example.org"];
    const parents = ["-p", `refs/heads/${branch}`, "-p", head];
    const sha = this.#git(...who, "commit-tree", `${head}^{tree}`, ...parents, "-m", message).trim();
    this.#git("update-ref", `refs/heads/${branch}`, sha);
    return sha;
  }

  #tree(sha: string): ReadonlyMap<string, string> {
    const paths = this.#git("ls-tree", "-r", "-z", "--name-only", sha).split("\0").filter(Boolean);
    return new Map(paths.map((path) => [path, this.#git("show", `${sha}:${path}`)]));
  }

  #git(...args: string[]): string {
    const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    return execFileSync("git", ["--git-dir", this.gitDir, ...args], { encoding: "utf8", env, maxBuffer: 1 << 28 });
  }
}

function lazily(facts: Omit<BareCommit, "tree">, read: () => BareCommit["tree"]): BareCommit {
  let tree: BareCommit["tree"] | null = null;
  return {
    ...facts,
    get tree() {
      tree ??= read();
      return tree;
    },
  };
}
