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
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-4000);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the shop in ${folder} ended with ${code}: ${complaints}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = /"listening":(\d+)/.exec(line)?.[1];
      if (port) resolve({ url: `http://127.0.0.1:${port}`, stop });
    });
  });
}

/** Asks a process to end and resolves when it has; kills it after the grace time. */
export async function stopProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}
