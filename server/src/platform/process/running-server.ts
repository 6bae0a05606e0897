import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { z } from "zod";

/*
 * Where the server of a data folder is reached, for the other commands: its port may be one that only it knows (`--port 0`).
 * Written once it listens, removed when it stops. After a crash the file is left behind: it is believed only as far as its
 * process lives and its port takes connections.
 */

const schema = z.object({
  ...{ pid: z.number().int().positive(), url: z.url(), host: z.string(), port: z.number().int() },
  /** What it was started with, for commands that say what it will do: their own settings may be others. */
  httpAllowPrivate: z.string().optional(),
});
export type RunningServer = z.infer<typeof schema>;

const CONNECT_MS = 1000;
const pathOf = (dataDir: string) => join(dataDir, "server.json");

/** Notes that this process serves. @returns what takes the note away again, unless another server has written its own since. */
export function noteRunningServer(dataDir: string, server: Omit<RunningServer, "pid">): () => void {
  mkdirSync(dataDir, { recursive: true });
  const written = `${pathOf(dataDir)}.${process.pid}`;
  writeFileSync(written, JSON.stringify({ pid: process.pid, ...server } satisfies RunningServer));
  // A reader sees the old one or the new one, never half of it.
  renameSync(written, pathOf(dataDir));
  return () => {
    if (readNote(dataDir)?.pid === process.pid) rmSync(pathOf(dataDir), { force: true });
  };
}

/** The server that runs on this data folder now, or null. */
export async function findRunningServer(dataDir: string): Promise<RunningServer | null> {
  const server = readNote(dataDir);
  return server !== null && isAlive(server.pid) && (await takesConnections(server)) ? server : null;
}

function readNote(dataDir: string): RunningServer | null {
  try {
    return schema.safeParse(JSON.parse(readFileSync(pathOf(dataDir), "utf8"))).data ?? null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process, which may not be signalled, is alive.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function takesConnections({ host, port }: RunningServer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host === "0.0.0.0" || host === "::" ? "localhost" : host, port });
    const answer = (isReached: boolean) => {
      socket.destroy();
      resolve(isReached);
    };
    socket.setTimeout(CONNECT_MS, () => answer(false));
    socket.on("connect", () => answer(true));
    socket.on("error", () => answer(false));
  });
}
