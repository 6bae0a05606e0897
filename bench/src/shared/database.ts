import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { readPostmaster } from "./processes.ts";

/** A connection to the embedded PostgreSQL over its socket, as benches need it to look behind the API; null when it takes none now. */
export async function tryConnect(dataDir: string): Promise<pg.Client | null> {
  const server = readPostmaster(dataDir);
  if (server === null) return null;
  const { socketFolder: host, port } = server;
  const client = new pg.Client({ host, port, user: "culprit", database: "culprit" });
  // A server that is killed under an idle connection must not end the bench.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch {
    return null;
  }
}

/** Asks again and again until `ask` gives something else than null. Throws after `withinMs`. */
export async function until<T>(what: string, withinMs: number, ask: () => Promise<T | null>, everyMs = 10): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${withinMs / 1000} s`);
    await delay(everyMs);
  }
}
