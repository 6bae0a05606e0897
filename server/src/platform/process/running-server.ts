import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { z } from "zod";

/*
 * Where the server of a data folder is reached, for the other commands: its port may be one that only it knows (`--port 0`).
 * Each server has a file of its own, so that a second one on the folder takes nothing from the first. Written once it listens,
 * removed when it stops. After a crash the file is left behind: it is believed only as far as its process lives and its port
 * takes connections, and the next server removes it.
 */

const schema = z.object({
  ...{ pid: z.number().int().positive(), url: z.url(), host: z.string(), port: z.number().int() },
  /** What it was started with, for commands that say what it will do: their own settings may be others. */
  httpAllowPrivate: z.string().optional(),
});
export type RunningServer = z.infer<typeof schema>;

const CONNECT_MS = 1000;
const NOTE = /^server\.\d+\.json$/;

/** Notes that this process serves. @returns what takes the note away again. */
export function noteRunningServer(dataDir: string, server: Omit<RunningServer, "pid">): () => void {
  mkdirSync(dataDir, { recursive: true });
  for (const path of notesIn(dataDir)) {
    const left = readNote(path);
    if (left === null || !isAlive(left.pid)) rmSync(path, { force: true });
  }
  const path = join(dataDir, `server.${process.pid}.json`);
  // A reader sees the whole of it or nothing.
  writeFileSync(`${path}.new`, JSON.stringify({ pid: process.pid, ...server } satisfies RunningServer));
  renameSync(`${path}.new`, path);
  return () => rmSync(path, { force: true });
}

/** The server that runs on this data folder now, of several the one that has run longest; or null. */
export async function findRunningServer(dataDir: string): Promise<RunningServer | null> {
  for (const path of notesIn(dataDir)) {
    const server = readNote(path);
    if (server !== null && isAlive(server.pid) && (await takesConnections(server))) return server;
  }
  return null;
}

/** The notes in the folder, the oldest first. */
function notesIn(dataDir: string): readonly string[] {
  const names = existsSync(dataDir) ? readdirSync(dataDir).filter((name) => NOTE.test(name)) : [];
  return names
    .flatMap((name) => {
      const path = join(dataDir, name);
      // Its server may have stopped since.
      const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      return since === undefined ? [] : [{ path, since }];
    })
    .toSorted((a, b) => a.since - b.since)
    .map(({ path }) => path);
}

function readNote(path: string): RunningServer | null {
  try {
    return schema.safeParse(JSON.parse(readFileSync(path, "utf8"))).data ?? null;
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
