import { spawn } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import { type ArchiveState, readArchiveState, refuseUnarchived } from "./archive-state.ts";
import { withBackupFolder } from "./backup-folder.ts";
import { type BaseManifest, writeBackupManifest } from "./copy-manifest.ts";
import { findProgram, needProgram } from "./find-program.ts";

export interface BaseOptions {
  readonly culpritVersion: string;
  readonly progress: (line: string) => void;
  /** PATH, and what PostgreSQL's programs read themselves (`TOOL_VARIABLES`). */
  readonly env: Readonly<Record<string, string>>;
}

/** What the driver takes from the environment when the URL does not say it, the programs shall have too. */
export const TOOL_VARIABLES = [
  "PATH",
  "HOME",
  "PGPASSWORD",
  "PGPASSFILE",
  "PGSSLMODE",
  "PGSSLROOTCERT",
  "PGSSLCERT",
  "PGSSLKEY",
] as const;

/**
 * A base backup of your PostgreSQL by its own pg_basebackup: the server's files in `to/data`, checked by pg_verifybackup.
 * @throws CulpritError CONFLICT when the server does not archive its log, FORBIDDEN when this role may not, NOT_FOUND when
 *   the program is missing.
 */
export async function writeBaseByTool(
  pool: pg.Pool,
  url: string,
  to: string,
  options: BaseOptions,
): Promise<BaseManifest> {
  const state = await readArchiveState(pool);
  refuseUnarchived(state, false);
  if (!state.canReplicate)
    throw new CulpritError(
      "FORBIDDEN",
      `${state.role} may not read the server's files. Let an administrator run: ALTER ROLE ${state.role} REPLICATION; and allow it replication in pg_hba.conf.`,
    );
  const major = Math.floor(state.serverVersion / 10_000);
  const wanted = { major, isNewerFine: true, path: options.env.PATH };
  const program = await needProgram({ ...wanted, name: "pg_basebackup" });
  const verify = await findProgram({ ...wanted, name: "pg_verifybackup", isNewerFine: false });
  return withBackupFolder(to, async (folder) => {
    const startedAt = new Date();
    const data = join(folder, "data");
    await runTool(options, program, ["-D", data, "-F", "plain", "-X", "stream", "-c", "fast", "-P", "-w"], url);
    const finishedAt = await clockOf(pool);
    if (verify === null) options.progress("pg_verifybackup is not installed: the files were not read back");
    else await runTool(options, verify, [data], null);
    const manifest = { ...(await describeBase(state, data, options)), isEmbedded: false, walFolder: null };
    const whole = { ...manifest, startedAt: startedAt.toISOString(), finishedAt };
    await writeBackupManifest(folder, whole);
    return whole;
  });
}

/** What a manifest says of a folder of the server's files. */
export async function describeBase(
  state: ArchiveState,
  data: string,
  { culpritVersion }: { readonly culpritVersion: string },
) {
  const label = await readFile(join(data, "backup_label"), "utf8");
  const names = await readdir(data, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  let bytes = 0;
  for (const file of files) bytes += (await stat(join(file.parentPath, file.name))).size;
  const { serverVersion, archiveCommand, archiveLibrary, databaseName, role } = state;
  return {
    format: 1 as const,
    kind: "base" as const,
    culpritVersion,
    serverVersion,
    firstWal: /\(file ([0-9A-F]{24})\)/.exec(label)?.[1] ?? "",
    archiveCommand: archiveLibrary === "" ? archiveCommand : `archive_library ${archiveLibrary}`,
    databaseName,
    role,
    files: files.length,
    bytes,
  };
}

/** Now, by the clock of the server, to the microsecond. */
export async function clockOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ now: string }>(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
  );
  return rows[0]?.now ?? "";
}

/** The password travels in the environment: an argument can be read by every user of the machine. */
async function runTool(
  { progress, env }: BaseOptions,
  program: string,
  args: readonly string[],
  url: string | null,
): Promise<void> {
  const connection = url === null ? { args: [], env: {} } : connectionOf(url);
  const child = spawn(program, [...args, ...connection.args], {
    env: { ...env, LC_ALL: "C", ...connection.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  let shownAtMs = 0;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2_000);
    const line = text.split(/[\r\n]/).findLast((one) => /\d%/.test(one));
    if (line === undefined || performance.now() - shownAtMs < 1_000) return;
    shownAtMs = performance.now();
    progress(line.trim());
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? -1));
  });
  if (code === 0) return;
  const reason = complaint.split(/[\r\n]/).findLast((line) => /error|fatal/i.test(line)) ?? complaint.trim();
  throw new CulpritError(
    "CONFLICT",
    `${program} ended with ${code}: ${reason.trim()}. Nothing of the backup is left; mend what it says.`,
  );
}

function connectionOf(url: string): { args: string[]; env: Record<string, string> } {
  const password = /^(\w+:\/\/[^/@:]*):([^@/]*)@/.exec(url)?.[2];
  if (password === undefined) return { args: ["-d", url], env: {} };
  return { args: ["-d", url.replace(`:${password}@`, "@")], env: { PGPASSWORD: decodeURIComponent(password) } };
}
