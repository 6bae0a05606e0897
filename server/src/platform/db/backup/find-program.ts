import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CulpritError } from "../../errors/culprit-error.ts";

/** Folders that hold one folder for each version, as Debian, Red Hat and Homebrew lay PostgreSQL out. */
const VERSIONED = ["/usr/lib/postgresql", "/usr", "/opt/homebrew/opt", "/usr/local/opt"];

/** Which version of a program of PostgreSQL will do. */
export interface ProgramWanted {
  readonly name: "pg_basebackup" | "postgres" | "pg_verifybackup";
  /** The major version of the server. */
  readonly major: number;
  /** True when a newer one does as well. */
  readonly isNewerFine: boolean;
  /** Folders of the PATH, with colons. */
  readonly path: string | undefined;
}

/** The path of a program of PostgreSQL, in the PATH or where packages put it; null when there is none of that version. */
export async function findProgram({ name, major, isNewerFine, path }: ProgramWanted): Promise<string | null> {
  const folders = [
    ...(path ?? "").split(":").filter((one) => one !== ""),
    ...(await versionedFolders()),
    "/usr/local/pgsql/bin",
  ];
  for (const folder of folders) {
    const program = join(folder, name);
    const found = await majorOf(program);
    if (found === major || (found !== null && isNewerFine && found > major)) return program;
  }
  return null;
}

/** As `findProgram`. @throws CulpritError NOT_FOUND that says what is missing and which package brings it. */
export async function needProgram(wanted: ProgramWanted): Promise<string> {
  const found = await findProgram(wanted);
  if (found !== null) return found;
  const { name, major, isNewerFine } = wanted;
  const debian = name === "pg_basebackup" ? `postgresql-client-${major}` : `postgresql-${major}`;
  throw new CulpritError(
    "NOT_FOUND",
    `${name} of PostgreSQL ${major}${isNewerFine ? " or newer" : ""} is missing on this machine (looked in the PATH and in /usr/lib/postgresql/*/bin). On Debian and Ubuntu: apt-get install ${debian}`,
    { details: { provided: name } },
  );
}

async function versionedFolders(): Promise<string[]> {
  const folders = await Promise.all(
    VERSIONED.map(async (parent) => {
      const names = await readdir(parent).catch(() => []);
      return names
        .filter((name) => (parent === "/usr/lib/postgresql" ? /^\d+$/ : /^(pgsql-|postgresql@)\d+$/).test(name))
        .map((name) => join(parent, name, "bin"));
    }),
  );
  return folders.flat();
}

async function majorOf(program: string): Promise<number | null> {
  try {
    await access(program, constants.X_OK);
    const { stdout } = await promisify(execFile)(program, ["--version"]);
    return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? Number.NaN) || null;
  } catch {
    return null;
  }
}
