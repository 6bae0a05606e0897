import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { prepareDatabase } from "../../server/src/platform/db/embedded/prepare-database.ts";
import { findServerUser } from "../../server/src/platform/db/embedded/server-user.ts";
import { databaseUrl } from "../../server/src/platform/db/open-temporary-database.ts";

const PROGRAMS = "/usr/lib/postgresql/15/bin";

/** True where Debian's package `postgresql-15` is installed. */
export const hasDebianPostgres = existsSync(join(PROGRAMS, "postgres"));

/**
 * Debian's PostgreSQL 15 with an empty database, in a temporary folder that `stop()` removes; `settings` are those of
 * postgresql.conf, in which `FOLDER` stands for it.
 */
export async function startDebianPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<{ url: string; folder: string; stop(): Promise<void> }> {
  const folder = await mkdtemp("/tmp/culprit-debian-");
  const { uid, gid, isOther } = await findServerUser(null);
  if (isOther) await chown(folder, uid, gid);
  const as = { cwd: folder, env: { LC_ALL: "C.UTF-8" }, ...(isOther ? { uid, gid } : {}) };
  await promisify(execFile)(
    join(PROGRAMS, "initdb"),
    ["-D", join(folder, "data"), "-U", "culprit", "--auth=trust", "--encoding=UTF8", "--no-sync"],
    as,
  );
  const server = spawn(
    join(PROGRAMS, "postgres"),
    [
      ...["-D", join(folder, "data"), "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value.replaceAll("FOLDER", folder)}`]),
    ],
    { ...as, stdio: "ignore" },
  );
  const ended = once(server, "exit");
  while (!(await prepareDatabase(folder, 5432, "culprit"))) {
    if (server.exitCode !== null) throw new Error("PostgreSQL 15 did not start");
  }
  return {
    url: databaseUrl(folder, "culprit"),
    folder,
    stop: async () => {
      server.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
