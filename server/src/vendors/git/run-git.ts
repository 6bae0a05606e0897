import { execFile } from "node:child_process";

export interface GitRun {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** True when the time or the output limit cut it short; `stdout` is what was printed by then. */
  readonly isCut: boolean;
}

export interface GitRunOptions {
  /** The repository (`--git-dir`), or null for commands that need none. */
  readonly gitDir: string | null;
  /** PATH, HOME and the like; nothing else of the process's environment reaches git. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly outputBytesMax?: number;
}

// Nothing that a repository or its owner configured may run a program: no hooks, no file-system monitor, no helper
// transports, no external diff, no text conversion (the callers pass --no-ext-diff --no-textconv).
const safeSettings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.attributesFile=/dev/null",
  "core.quotePath=false",
  "protocol.allow=never",
  "protocol.https.allow=always",
  "protocol.http.allow=always",
  "protocol.ssh.allow=always",
  "protocol.git.allow=always",
  "protocol.file.allow=always",
  "protocol.ext.allow=never",
  "gc.auto=0",
  "maintenance.auto=false",
  "safe.directory=*",
];

const defaultPath = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";

/**
 * Runs the `git` binary without a shell and gives what it printed. Never throws: a git that can't be started gives
 * exit code 127. Output is bounded (64 MB unless said) and so is time (30 s unless said).
 */
export function runGit(args: readonly string[], options: GitRunOptions): Promise<GitRun> {
  const full = [
    ...safeSettings.flatMap((setting) => ["-c", setting]),
    ...(options.gitDir === null ? [] : [`--git-dir=${options.gitDir}`]),
    ...args,
  ];
  return new Promise((resolve) => {
    const child = execFile(
      "git",
      full,
      {
        encoding: "buffer",
        timeout: options.timeoutMs ?? 30_000,
        killSignal: "SIGKILL",
        maxBuffer: options.outputBytesMax ?? 64 * 1024 * 1024,
        env: {
          PATH: defaultPath,
          ...options.env,
          LC_ALL: "C",
          GIT_TERMINAL_PROMPT: "0",
          GIT_ASKPASS: "/bin/false",
          GIT_SSH_COMMAND: "ssh -oBatchMode=yes -oConnectTimeout=15",
          GIT_CONFIG_NOSYSTEM: "1",
          GIT_OPTIONAL_LOCKS: "0",
          GIT_NO_REPLACE_OBJECTS: "1",
        },
      },
      (error, stdout, stderr) => {
        const code =
          error === null ? 0 : typeof error.code === "number" ? error.code : error.code === "ENOENT" ? 127 : 128;
        resolve({
          exitCode: code,
          stdout,
          stderr: error !== null && code === 127 ? "git is not installed" : stderr.toString("utf8").slice(0, 4000),
          isCut: error !== null && (error.killed === true || error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER"),
        });
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}
