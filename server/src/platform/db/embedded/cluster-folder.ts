import { createHash, randomUUID } from "node:crypto";
import { chmod, chown, lstat, mkdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CulpritError } from "../../errors/culprit-error.ts";
import { type ClusterFolder, SOCKET_PORT } from "./cluster-layout.ts";
import { ENGINE_MAJOR, isWritable } from "./find-engine.ts";
import { firstClosedFolder } from "./reachable-by.ts";
import { currentUser, findServerUser, type ServerUser } from "./server-user.ts";
import { ORIGIN_FILE, sweepRootHome } from "./sweep-root-home.ts";

/** Where root keeps what the unprivileged server cannot reach under the data folder. */
const ROOT_HOME = "/var/lib/culprit";
/** The length of sun_path is 108 on Linux and 104 on macOS, with the closing NUL. */
const SOCKET_PATH_BYTES_MAX = 103;

/**
 * The folders of the embedded server that belongs to `dataDir`, made where they are missing:
 * `<dataDir>/postgres`, or, where root starts Culprit in a place that an ordinary user cannot enter (like `/root`),
 * a folder in `/var/lib/culprit` that `<dataDir>/postgres` then links to.
 *
 * Throws `DATA_FOLDER_UNUSABLE` with the way out when the folder cannot be written or entered, or holds the data of
 * another major version.
 */
export async function openClusterFolder(dataDir: string): Promise<ClusterFolder> {
  const folder = resolve(dataDir);
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw unusable(
      `${folder} cannot be made (${codeOf(cause)}). Set CULPRIT_DATA_DIR to a folder you can write.`,
      cause,
    );
  }
  const home = (await findHome(join(folder, "postgres"))) ?? (await makeHome(folder));
  const data = join(home, "data");
  const hasData = await exists(data);
  const serverUser = await findServerUser(hasData ? data : null);
  await checkAccess(home, hasData ? data : null, serverUser);
  if (hasData) await checkMajorVersion(data);

  const users = join(home, "users");
  await mkdir(users, { recursive: true });
  return {
    home,
    data,
    users,
    socketFolder: await makeSocketFolder(home, serverUser),
    engineCopies: serverUser.isOther ? ROOT_HOME : home,
    log: join(home, "postgres.log"),
    serverUser,
  };
}

/** Whether `dataDir` holds a database of Culprit's own, be it one that cannot be used as it is. */
export function hasCluster(dataDir: string): Promise<boolean> {
  return exists(join(resolve(dataDir), "postgres"), lstat);
}

async function findHome(path: string): Promise<string | null> {
  if (!(await exists(path, lstat))) return null;
  try {
    return await realpath(path);
  } catch (cause) {
    throw unusable(
      `${path} is a link to a folder that is gone. Restore that folder from a backup, or remove the link to start empty.`,
      cause,
    );
  }
}

async function makeHome(folder: string): Promise<string> {
  const user = await findServerUser(null);
  const home = join(folder, "postgres");
  if (!user.isOther || (await firstClosedFolder(folder, user)) === null) {
    await makeOwned(home, user);
    return realpath(home);
  }
  await mkdir(ROOT_HOME, { recursive: true, mode: 0o755 });
  await sweepRootHome(ROOT_HOME);
  // Not named after the folder alone: a removed and remade data folder must start empty, not find the old data.
  const name = `${createHash("sha256").update(folder).digest("hex").slice(0, 12)}-${randomUUID().slice(0, 8)}`;
  const elsewhere = join(ROOT_HOME, name);
  await makeOwned(elsewhere, user);
  await writeFile(join(elsewhere, ORIGIN_FILE), home);
  try {
    await symlink(elsewhere, home);
  } catch (error) {
    // Another process was first; its folder counts.
    if (codeOf(error) !== "EEXIST") throw error;
  }
  return realpath(home);
}

async function makeOwned(path: string, user: ServerUser): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (user.isOther) await chown(path, user.uid, user.gid);
  } catch (cause) {
    throw unusable(
      `${path} cannot be made (${codeOf(cause)}). Make its parent writable for this user, or set CULPRIT_DATA_DIR to another folder.`,
      cause,
    );
  }
}

async function checkAccess(home: string, data: string | null, user: ServerUser): Promise<void> {
  const { uid } = await stat(data ?? home);
  const me = currentUser();
  if (me.uid !== 0 && uid !== me.uid) {
    throw unusable(
      `${home} belongs to user ${uid}, and this is user ${me.uid}. Start Culprit as that user, ` +
        `hand the folder over with \`chown -R ${me.uid} ${home}\`, or set CULPRIT_DATA_DIR to another folder.`,
    );
  }
  if (!(await isWritable(home))) {
    throw unusable(`${home} is not writable. Mend its permissions, or set CULPRIT_DATA_DIR to another folder.`);
  }
  const closed = user.isOther ? await firstClosedFolder(home, user) : null;
  if (closed !== null) {
    throw unusable(
      `PostgreSQL runs as user ${user.uid} here and cannot enter ${closed} on the way to ${home}. ` +
        `Open it with \`chmod o+x ${closed}\`, or set CULPRIT_DATA_DIR to another folder.`,
    );
  }
}

async function checkMajorVersion(data: string): Promise<void> {
  const found = (await readFile(join(data, "PG_VERSION"), "utf8").catch(() => "unknown")).trim();
  if (found === ENGINE_MAJOR) return;
  throw unusable(
    `${data} holds data of PostgreSQL ${found}, and this Culprit carries PostgreSQL ${ENGINE_MAJOR}. ` +
      `Start the Culprit that wrote it and export with \`pg_dump\`, or run \`pg_upgrade\` of PostgreSQL ${ENGINE_MAJOR} on it, ` +
      "or set CULPRIT_DATA_DIR to a new folder.",
  );
}

/** The socket stands beside the data where the path is short enough, else in a private folder under the temp folder. */
async function makeSocketFolder(home: string, user: ServerUser): Promise<string> {
  const beside = join(home, "socket");
  const isShort = Buffer.byteLength(`${beside}/.s.PGSQL.${SOCKET_PORT}.lock`) <= SOCKET_PATH_BYTES_MAX;
  const name = `culprit-${createHash("sha256").update(home).digest("hex").slice(0, 16)}`;
  const folder = isShort ? beside : join(tmpdir().length > 40 ? "/tmp" : tmpdir(), name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user.isOther) await chown(folder, user.uid, user.gid);
  const owner = await lstat(folder);
  if (!owner.isDirectory() || owner.uid !== user.uid) {
    throw unusable(`${folder} is needed for the database socket and belongs to user ${owner.uid}. Remove it.`);
  }
  await chmod(folder, 0o700);
  return folder;
}

/** A `DATA_FOLDER_UNUSABLE` fault. */
export function unusable(message: string, cause?: unknown): CulpritError {
  return new CulpritError("DATA_FOLDER_UNUSABLE", message, { cause });
}

async function exists(path: string, look: (path: string) => Promise<unknown> = stat): Promise<boolean> {
  return look(path).then(
    () => true,
    () => false,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
