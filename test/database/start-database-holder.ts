import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Another process that has the embedded database of a folder open. */
export interface DatabaseHolder {
  readonly process: ChildProcess;
  readonly embeddedPid: number;
  /** Lets it close the database and waits for its end. */
  close(): Promise<void>;
  /** Ends it as a crash would: nothing of its own runs any more. */
  kill(): Promise<void>;
}

/** Starts such a process; resolves when its database is open. */
export async function startDatabaseHolder(dataDir: string): Promise<DatabaseHolder> {
  const program = fileURLToPath(new URL("hold-database.ts", import.meta.url));
  const child = spawn(process.execPath, [program, dataDir], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(([code]) => {
      throw new Error(`the database holder ended with ${code}`);
    }),
  ]);
  return {
    process: child,
    embeddedPid: JSON.parse(line).embeddedPid,
    close: async () => {
      child.stdin.end();
      await ended;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
