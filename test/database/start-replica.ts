import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { findServerUser } from "../../server/src/platform/db/embedded/server-user.ts";
import { databaseUrl } from "../../server/src/platform/db/open-temporary-database.ts";

const PROGRAMS = "/usr/lib/postgresql/15/bin";

export interface Replica {
  readonly url: string;
  /** Lets it receive and no longer show what the primary writes, and goes on again. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** A streaming replica of the server whose socket lies in `primaryFolder`, made by pg_basebackup. Needs Debian's PostgreSQL 15. */
export async function startReplica(primaryFolder: string): Promise<Replica> {
  const folder = await mkdtemp("/tmp/culprit-replica-");
  const { uid, gid, isOther } = await findServerUser(null);
  if (isOther) await chown(folder, uid, gid);
  const as = { cwd: folder, env: { LC_ALL: "C.UTF-8" }, ...(isOther ? { uid, gid } : {}) };
  const data = join(folder, "data");
  await promisify(execFile)(
    join(PROGRAMS, "pg_basebackup"),
    ["-h", primaryFolder, "-U", "culprit", "-D", data, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"],
    as,
  );
  const server = spawn(
    join(PROGRAMS, "postgres"),
    ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "hot_standby=on"],
    { ...as, stdio: "ignore" },
  );
  const ended = once(server, "exit");
  const url = databaseUrl(folder, "culprit");
  const ask = async (statement: string) => {
    const client = new pg.Client(url);
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  for (let isUp = false; !isUp; ) {
    if (server.exitCode !== null) throw new Error("the replica did not start");
    isUp = await ask("select 1").then(
      () => true,
      () => false,
    );
  }
  return {
    url,
    pause: () => ask("select pg_wal_replay_pause()"),
    resume: () => ask("select pg_wal_replay_resume()"),
    stop: async () => {
      server.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
