import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const main = fileURLToPath(new URL("../../server/src/culprit.js", import.meta.url));

export interface RunningCulprit {
  readonly url: string;
  /** The one-time sign-in link that the start printed. */
  readonly loginLink: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Everything it wrote to standard error so far. */
  log(): string;
  /** Runs a command line on the same data folder. */
  culprit(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Stops it in order and removes its folder. */
  stop(): Promise<void>;
}

/** Starts the real Culprit as its users do, on a free port and a data folder of its own. */
export async function startCulprit({
  env = {},
  dataDir = mkdtempSync(join(tmpdir(), "culprit-test-")),
}: {
  readonly env?: Record<string, string>;
  /** That of one that was killed; a new one unless told. */
  readonly dataDir?: string;
} = {}): Promise<RunningCulprit> {
  const child = spawn(process.execPath, [main, "start", "--data-dir", dataDir, "--port", "0"], {
    env: { ...process.env, CULPRIT_INGEST_PER_MINUTE: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const loginLink = await new Promise<string>((resolve, reject) => {
    child.stderr.on("data", () => {
      const link = /(http:\/\/\S+\/login\/\S+)/.exec(log)?.[1];
      if (link !== undefined) resolve(link);
    });
    child.on("exit", (code) => reject(new Error(`culprit ended with ${code} before it ran:\n${log}`)));
  });
  const url = new URL(loginLink).origin;
  return {
    url,
    loginLink,
    dataDir,
    process: child,
    log: () => log,
    culprit: (...args) => runCulprit([...args, "--data-dir", dataDir]),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs one command line to its end, in this folder and environment unless told. */
export async function runCulprit(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
  return { code, stdout, stderr };
}

/** Asks until the answer satisfies; fails after `timeoutMs` with the last answer. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isEnough: (answer: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isEnough(answer)) return answer;
    if (Date.now() > until)
      throw new Error(`not within ${timeoutMs} ms; the last answer was ${JSON.stringify(answer).slice(0, 4000)}`);
    await promisify(setTimeout)(50);
  }
}
