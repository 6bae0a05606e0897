import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Whether the ClickHouse engine is installed (`npm install --no-save` in tools/engines, which .ci/run does). */
export const hasChdb = existsSync(new URL("../../tools/engines/node_modules/chdb/package.json", import.meta.url));

/** The ClickHouse engine on a free port of this machine, in a process and a folder of its own. */
export async function startChdb(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "culprit-clickhouse-"));
  const program = fileURLToPath(new URL("chdb-server.ts", import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    once(child, "exit").then(() => Promise.reject(new Error("the engine did not start"))),
  ]);
  return {
    url: `http://127.0.0.1:${port}/culprit`,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
