import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface RunningShop {
  readonly url: string;
  /** Lets it finish and send its telemetry; kills it after five seconds. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

export interface StartShopOptions {
  /** A checked-out revision with its dependencies. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A file for `node --import`: the platform's agent. */
  readonly agent?: string;
  /** Told how to stop it as soon as the process is there, so that a start that is given up leaves nothing behind. */
  readonly onSpawn?: (stop: () => Promise<void>) => void;
}

/** Starts one revision of the shop on a free port and resolves when it listens; rejects with its output if it ends before. */
export function startShop({ folder, environment, agent, onSpawn }: StartShopOptions): Promise<RunningShop> {
  const args = [...(agent ? ["--import", agent] : []), "src/server.js"];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: "production", PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => stopProcess(child, 5000);
  onSpawn?.(stop);
  return new Promise((resolve, reject) => {
    failWithOutput(child, `the shop in ${folder}`, reject);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = /"listening":(\d+)/.exec(line)?.[1];
      if (port) resolve({ url: `http://127.0.0.1:${port}`, stop });
    });
  });
}

/** Asks a process to end and resolves when it has; kills it after the grace time. */
export async function stopProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}

const startMsMax = 60_000;
const outputCharsMax = 4000;

/**
 * Tells `reject` with all that a process printed when it ends, or when it is not ready after a minute.
 * What it printed is waited for: an exit is known before the pipes are empty.
 */
export function failWithOutput(child: ChildProcess, name: string, reject: (reason: Error) => void): void {
  let output = "";
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-outputCharsMax);
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  const fail = (what: string) => reject(new Error(`${name} ${what}:\n${output.trim() || "it printed nothing"}`));
  const timer = setTimeout(() => fail(`was not ready after ${startMsMax / 1000} s`), startMsMax).unref();
  child.once("error", reject);
  child.once("exit", (code, signal) => {
    clearTimeout(timer);
    const end = () => fail(`ended with ${code ?? signal}`);
    // A grandchild may hold the pipes for longer.
    const late = setTimeout(end, 1000);
    child.once("close", () => {
      clearTimeout(late);
      end();
    });
  });
}
