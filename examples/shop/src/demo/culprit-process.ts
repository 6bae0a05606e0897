import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type ProjectCreated, projectCreatedSchema } from "@culprit/contract";
import { failWithOutput, stopProcess } from "../running/start-shop.ts";

const entry = fileURLToPath(new URL("../../../../server/src/culprit.js", import.meta.url));

export interface CulpritProcess {
  readonly url: string;
  readonly loginLink: string | null;
  readonly createProject: (name: string) => Promise<ProjectCreated>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a Culprit of its own on a data folder and resolves when it listens; rejects with its last words if it ends
 * before. `onSpawn` is told how to stop it as soon as the process is there.
 */
export async function startCulprit(
  dataDir: string,
  wantedPort: number,
  onSpawn: (stop: () => Promise<void>) => void,
): Promise<CulpritProcess> {
  const port = wantedPort === 0 ? await freePort() : wantedPort;
  // The fake forge is on this machine, where Culprit calls nothing unless it is told that it may.
  const settings = ["--data-dir", dataDir, "--port", String(port), "--http-allow-private", "127.0.0.1"];
  const options = { cwd: dataDir, env: cleanEnvironment() };
  const child = spawn(process.execPath, [entry, "start", ...settings, "--log-level", "warn"], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => stopProcess(child, 8000);
  onSpawn(stop);
  return new Promise((resolve, reject) => {
    failWithOutput(child, "Culprit", reject);
    const onLine = (line: string) => {
      const loginLink = /https?:\S+\/login\/\S+/.exec(line)?.[0];
      if (!loginLink) return;
      const url = new URL(loginLink).origin;
      resolve({ url, loginLink, createProject: (name) => createProject(name, settings, options, onSpawn), stop });
    };
    createInterface({ input: child.stdout }).on("line", onLine);
    createInterface({ input: child.stderr }).on("line", onLine);
  });
}

function createProject(
  name: string,
  settings: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  onSpawn: (stop: () => Promise<void>) => void,
): Promise<ProjectCreated> {
  const child = spawn(process.execPath, [entry, "project", "create", "--name", name, "--json", ...settings], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onSpawn(() => stopProcess(child, 2000));
  let output = "";
  let complaints = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0) return reject(new Error(`culprit project create ended with ${code}: ${complaints}`));
      const line = output.trim().split("\n").at(-1) ?? "";
      try {
        resolve(projectCreatedSchema.parse(JSON.parse(line)));
      } catch {
        reject(new Error(`culprit project create printed ${line.slice(0, 200)} ${complaints}`));
      }
    });
  });
}

/** The demo's Culprit is its own: no setting or database of another one reaches it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(CULPRIT_|DATABASE_|PG|OTEL_|SENTRY_)/.test(name));
  return Object.fromEntries(own);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
