import { execFileSync } from "node:child_process";
import { startFakeGitHub } from "../../../../test/fakes/github/fake-github.ts";

export interface LocalForge {
  readonly apiUrl: string;
  readonly repository: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
}

/**
 * A fake GitHub on this machine, so that the demo needs no account: its API answers by GitHub's published description, and behind
 * it lies the shop's bare repository, to which real git pushes over HTTP.
 */
export async function startLocalForge(gitDir: string): Promise<LocalForge> {
  const forge = await startFakeGitHub();
  forge.addGitRepository("demo", "shop", gitDir);
  const token = forge.addToken({ login: "culprit-demo" });
  return { apiUrl: forge.apiUrl, repository: "demo/shop", token, stop: () => forge.close() };
}

/** The commit at the tip of a branch, as git finds it in the bare repository; null where there is no such branch. */
export function readBranch(gitDir: string, branch: string): string | null {
  try {
    const args = ["--git-dir", gitDir, "rev-parse", "--verify", "--quiet", `refs/heads/${branch}`];
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}
