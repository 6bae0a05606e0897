import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { silentLog } from "./database-log.ts";
import { removeAbandonedServers } from "./embedded/remove-abandoned-servers.ts";
import { type Database, openDatabase } from "./open-database.ts";

/** A database in a temporary folder; `url` is for other programs and pools. */
export interface TemporaryDatabase extends Database {
  readonly host: string;
  readonly url: string;
}

/** Rather than a long TMPDIR, because the path of the socket must fit 103 bytes. */
const PARENT = "/tmp";
const PREFIX = "culprit-temporary-";

/**
 * An empty embedded database in a folder of its own that `close()` removes: fast, and not safe from power loss. For
 * tests and generators. What killed processes left of theirs is removed on the way.
 */
export async function openTemporaryDatabase(): Promise<TemporaryDatabase> {
  await removeAbandonedServers(PARENT, PREFIX);
  const dataDir = await mkdtemp(join(PARENT, PREFIX));
  // For root, PostgreSQL runs as another user, who must be able to enter.
  await chmod(dataDir, 0o711);
  const removeFolder = () => rm(dataDir, { recursive: true, force: true });
  try {
    const database = await openDatabase({ kind: "embedded", dataDir, durability: "none" }, { log: silentLog });
    const host = database.pool.options.host ?? "";
    return {
      ...database,
      host,
      url: databaseUrl(host, "culprit"),
      close: async () => {
        await database.close();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/** The URL of a database of an embedded server, whose socket is in the folder `host`. */
export function databaseUrl(host: string, databaseName: string): string {
  return `postgresql:///${databaseName}?host=${encodeURIComponent(host)}&user=culprit`;
}
