import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readPostmaster } from "./processes.ts";

const MAIN = fileURLToPath(new URL("../../../server/src/culprit.js", import.meta.url));
const STOP_WITHIN_MS = 60_000;
const POLL_MS = 5;

/** How a bench runs Culprit: by its command line, as its users do. */
export interface CulpritOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Settings as environment variables. Nothing else of the caller's environment that configures Culprit passes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Flags of Node itself, such as `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
}

/** A running Culprit. */
export interface RunningCulprit {
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to the first successful `GET /health`. */
  readonly startMs: number;
  /** True once the process has ended, whoever ended it. */
  readonly hasEnded: () => boolean;
  /** `kill -9`, and waits until it is gone. PostgreSQL stays. */
  kill(): Promise<void>;
  /** SIGTERM, and waits until Culprit and its PostgreSQL are gone. */
  stop(): Promise<void>;
}

/**
 * Starts Culprit and waits for its first successful `GET /health`. Its log goes to a file beside the data folder.
 * Throws with the end of that log when it ends before, or is not healthy within `withinMs`.
 */
export async function startCulprit(options: CulpritOptions, withinMs = 120_000): Promise<RunningCulprit> {
  const startedAt = performance.now();
  const child = spawnCulprit(options);
  const deadline = startedAt + withinMs;
  while (!(await isHealthy(options.port))) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`Culprit did not become healthy. The end of its log:\n${logEnd(options.dataDir)}`);
    }
    await delay(POLL_MS);
  }
  return running(child, options, performance.now() - startedAt);
}

/** Starts the process and returns at once. */
export function spawnCulprit({ dataDir, port, settings = {}, nodeFlags = [] }: CulpritOptions): ChildProcess {
  const log = openSync(logFile(dataDir), "a");
  try {
    const args = [...nodeFlags, MAIN, "start", "--data-dir", dataDir, "--port", String(port)];
    return spawn(process.execPath, args, { stdio: ["ignore", "ignore", log], env: environment(settings) });
  } finally {
    closeSync(log);
  }
}

function running(child: ChildProcess, { dataDir, port }: CulpritOptions, startMs: number): RunningCulprit {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ended = () =>
    hasEnded() ? Promise.resolve() : new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    pid: child.pid ?? 0,
    port,
    startMs,
    hasEnded,
    async kill() {
      child.kill("SIGKILL");
      await ended();
    },
    async stop() {
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
      child.kill("SIGTERM");
      await ended();
      clearTimeout(timer);
      await stopPostgres(dataDir);
    },
  };
}

/** Makes sure that no PostgreSQL of this folder is left, such as after a killed Culprit. */
export async function stopPostgres(dataDir: string): Promise<void> {
  const server = readPostmaster(dataDir);
  if (server === null) return;
  process.kill(server.pid, "SIGINT");
  const deadline = performance.now() + STOP_WITHIN_MS;
  while (readPostmaster(dataDir) !== null && performance.now() < deadline) await delay(POLL_MS);
  const survivor = readPostmaster(dataDir);
  if (survivor !== null) process.kill(survivor.pid, "SIGKILL");
}

/** Keys of a project. */
export interface Project {
  readonly ingestKey: string;
  readonly apiKey: string;
  /** The number at the end of its DSN. */
  readonly dsnNumber: string;
}

/** Makes a project with `culprit project create`, which joins the running PostgreSQL of the data folder. */
export async function createProject(options: CulpritOptions, name: string): Promise<Project> {
  const out = await runCulprit(options, ["project", "create", name, "--json"]);
  const { ingest_key, api_key, dsn } = JSON.parse(out) as Record<"ingest_key" | "api_key" | "dsn", string>;
  return { ingestKey: ingest_key, apiKey: api_key, dsnNumber: new URL(dsn).pathname.slice(1) };
}

/** What a command of Culprit on that data folder prints. Throws with what it says when it fails. */
export async function runCulprit(
  { dataDir, port, settings = {} }: CulpritOptions,
  command: readonly string[],
): Promise<string> {
  const args = [MAIN, ...command, "--data-dir", dataDir, "--port", String(port)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env: environment(settings) });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`culprit ${command.join(" ")} ended with ${code}: ${err}`);
  return out;
}

function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(CULPRIT_|DATABASE_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(own), CULPRIT_LOG_LEVEL: "warn", ...settings };
}

/** Whether `GET /health` answers 200 now. */
export function isHealthy(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asked = request({ host: "127.0.0.1", port, path: "/health", agent: false, timeout: 5000 }, (response) => {
    response.resume().once("end", () => resolve(response.statusCode === 200));
    response.once("error", () => resolve(false));
  });
  asked.once("timeout", () => asked.destroy());
  asked.once("error", () => resolve(false));
  asked.end();
  return promise;
}

function logFile(dataDir: string): string {
  return `${dirname(dataDir)}/culprit.log`;
}

/** The last lines of Culprit's log. */
export function logEnd(dataDir: string, lines = 15): string {
  return readFileSync(logFile(dataDir), "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}
