import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A small real project with a real history, in a folder of its own. */
export interface GitProject {
  readonly folder: string;
  /** Writes the files (null removes one), commits them, and answers the commit id. */
  commit(message: string, files: Readonly<Record<string, string | null>>): string;
  git(...args: string[]): string;
}

/** Makes an empty repository below a new temporary folder. */
export function createGitProject(): GitProject {
  const folder = mkdtempSync(join(tmpdir(), "culprit-project-"));
  const git = (...args: string[]): string =>
    execFileSync(
      "git",
      ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgSign=false", ...args],
      {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: "/usr/local/bin:/usr/bin:/bin", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
      },
    ).trim();
  git("init", "--quiet", "--initial-branch=main");
  return {
    folder,
    git,
    commit(message, files) {
      for (const [path, text] of Object.entries(files)) {
        const target = join(folder, path);
        if (text === null) rmSync(target);
        else {
          mkdirSync(dirname(target), { recursive: true });
          writeFileSync(target, text);
        }
      }
      git("add", "--all");
      git("commit", "--quiet", "--message", message);
      return git("rev-parse", "HEAD");
    },
  };
}

/** Lines as the text of a file. */
export function lines(...text: string[]): string {
  return `${text.join("\n")}\n`;
}
