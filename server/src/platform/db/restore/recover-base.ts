import { type ChildProcess, spawn } from "node:child_process";
import { appendFile, chmod, cp, lchown, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import type { BaseManifest } from "../backup/copy-manifest.ts";
import { restoreCommand } from "../backup/wal-archive.ts";
import type { ServerUser } from "../embedded/server-user.ts";

const POLL_MS = 50;
/** Rather than a long TMPDIR, because the path of the socket must fit 103 bytes. */
const SCRATCH = "/tmp/culprit-recovery-";

export interface Recovery {
  /** The folder of the backup. */
  readonly from: string;
  readonly manifest: BaseManifest;
  /** The new data folder; it must not exist. */
  readonly data: string;
  /** The server's program, of the version of the backup; null to prepare the folder only. */
  readonly postgres: string | null;
  /** The moment, with its zone; null for the end of the archive. */
  readonly at: string | null;
  readonly walFolder: string;
  /** Who shall own the folder and run the server. */
  readonly user: ServerUser;
  readonly progress: (line: string) => void;
}

export interface Recovered {
  readonly data: string;
  /** The newest transaction that is in it; null when there was none since the backup. */
  readonly lastTransactionAt: string | null;
  readonly projects: number | null;
  readonly incidents: number | null;
}

/**
 * Restores a base backup to a moment, in a new data folder: copies the files, lets PostgreSQL replay the archived log up to
 * the moment, looks into the result, stops the server. The folder is then as after an orderly stop. During recovery the
 * server is reachable for this process only, and archives nothing. When it fails, the new folder is removed again.
 * @returns null when the folder was only prepared, because there is no program to start.
 * @throws CulpritError CONFLICT when the archive does not reach to the moment, or lacks a file.
 */
export async function recoverBase(recovery: Recovery): Promise<Recovered | null> {
  try {
    return await recover(recovery);
  } catch (error) {
    await rm(recovery.data, { recursive: true, force: true });
    throw error;
  }
}

async function recover(recovery: Recovery): Promise<Recovered | null> {
  const { from, data, progress, user } = recovery;
  progress("copying the files of the backup");
  await cp(join(from, "data"), data, { recursive: true, errorOnExist: true, force: false, verbatimSymlinks: true });
  const settings = await prepare(recovery);
  if (user.isOther) await handOver(data, user);
  await chmod(data, 0o700);
  if (recovery.postgres === null) return null;
  progress("replaying the log");
  const found = await runRecovery(recovery, recovery.postgres);
  // Of no more use, and in the way of the next recovery.
  await writeFile(join(data, "postgresql.auto.conf"), `${settings}\n${ARCHIVES_NOTHING}\n`);
  return { data, ...found };
}

/** The restored server writes no log into the old one's archive, whose files it would clash with. */
const ARCHIVES_NOTHING = "archive_mode = 'off'";

/** Writes where recovery gets its log and when it stops. @returns the settings as they were. */
async function prepare({ data, walFolder, at }: Recovery): Promise<string> {
  const path = join(data, "postgresql.auto.conf");
  const before = await readFile(path, "utf8").catch(() => "");
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  const lines = [
    `restore_command = ${quote(restoreCommand(walFolder))}`,
    "recovery_target_timeline = 'latest'",
    "recovery_target_action = 'promote'",
    ARCHIVES_NOTHING,
    ...(at === null ? [] : [`recovery_target_time = ${quote(at.replace("T", " ").replace("Z", "+00"))}`]),
  ];
  await appendFile(path, `\n${lines.join("\n")}\n`);
  await writeFile(join(data, "recovery.signal"), "");
  // Debian keeps the settings apart from the data; without any the server would not start.
  await writeFile(join(data, "postgresql.conf"), "# Written by culprit restore: put your server's settings here.\n", {
    flag: "wx",
  }).catch(() => undefined);
  return before;
}

async function handOver(folder: string, { uid, gid }: ServerUser): Promise<void> {
  await lchown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    await lchown(join(entry.parentPath, entry.name), uid, gid);
}

async function runRecovery(recovery: Recovery, postgres: string): Promise<Omit<Recovered, "data">> {
  const { data, user } = recovery;
  const priv = await mkdtemp(SCRATCH);
  const logPath = join(priv, "recovery.log");
  await writeFile(join(priv, "pg_hba.conf"), "local all all trust\n");
  const log = await open(logPath, "a", 0o600);
  if (user.isOther) await handOver(priv, user);
  const settings = {
    // The old server's own settings may name its folders: they must not be touched.
    data_directory: data,
    external_pid_file: "",
    listen_addresses: "",
    unix_socket_directories: priv,
    port: "5432",
    hba_file: join(priv, "pg_hba.conf"),
    // Nobody reads before the moment is reached, so limits of the old server need not be met.
    hot_standby: "off",
    archive_mode: "off",
    wal_level: "replica",
    logging_collector: "off",
    log_min_messages: "log",
    log_destination: "stderr",
    lc_messages: "C",
    ssl: "off",
  };
  const child = spawn(
    postgres,
    ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    {
      cwd: priv,
      env: { LC_ALL: "C", TZ: "UTC", PATH: "/usr/local/bin:/usr/bin:/bin" },
      stdio: ["ignore", log.fd, log.fd],
      ...(user.isOther ? { uid: user.uid, gid: user.gid } : {}),
    },
  );
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  try {
    return await look(recovery, priv, child, logPath);
  } finally {
    child.kill("SIGINT");
    await ended;
    await log.close();
    await rm(priv, { recursive: true, force: true });
  }
}

/** Waits until the server has reached the moment, and reads what is there. */
async function look(
  { manifest, progress, at }: Recovery,
  host: string,
  child: ChildProcess,
  logPath: string,
): Promise<Omit<Recovered, "data">> {
  const { role: user, databaseName: database } = manifest;
  let shown = "";
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw explain(await readFile(logPath, "utf8"), at);
    const client = new pg.Client({ host, port: 5432, user, database });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ lastTransactionAt: string | null; isThere: boolean }>(
        `select to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "lastTransactionAt",
           to_regclass('public.incidents') is not null and to_regclass('public.projects') is not null as "isThere"`,
      );
      const [found] = rows;
      const counts = found?.isThere
        ? (
            await client.query<{ projects: number; incidents: number }>(
              "select (select count(*) from public.projects)::int as projects, (select count(*) from public.incidents)::int as incidents",
            )
          ).rows[0]
        : undefined;
      return {
        lastTransactionAt: found?.lastTransactionAt ?? null,
        projects: counts?.projects ?? null,
        incidents: counts?.incidents ?? null,
      };
    } catch (error) {
      // Not there yet, still recovering, or just ending because it can't: the next turn sees whether it lives.
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (!/^(57P0[123]|ENOENT|ECONNREFUSED|ECONNRESET|EPIPE|)$/.test(code)) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    const restored = [...(await readFile(logPath, "utf8")).matchAll(/restored log file "(\w+)"/g)].at(-1)?.[1] ?? "";
    if (restored !== shown) progress(`replayed ${restored}`);
    shown = restored;
    await delay(POLL_MS);
  }
}

function explain(log: string, at: string | null): CulpritError {
  if (/recovery ended before configured recovery target was reached/.test(log)) {
    const last = /last completed transaction was at log time ([^\n]+)/.exec(log)?.[1] ?? "an unknown time";
    return new CulpritError(
      "CONFLICT",
      `The archive does not reach ${at}: its last transaction is of ${last}. Choose a moment up to that, or leave out --at for all there is; ` +
        "if the old server still runs, let it archive what it has (culprit db wal-archive --flush, or SELECT pg_switch_wal()).",
      { details: { field: "at", provided: at } },
    );
  }
  const reason = log
    .split("\n")
    .filter((line) => /FATAL|PANIC|ERROR|invalid value|syntax error/.test(line))
    .slice(0, 2)
    .map((line) => line.replace(/^.*?(FATAL|PANIC|ERROR|LOG): +/, ""))
    .join("; ");
  return new CulpritError(
    "CONFLICT",
    `PostgreSQL could not recover: ${reason === "" ? log.trim().split("\n").slice(-3).join(" | ") : reason}. Is the folder of the archive the right one and whole?`,
  );
}
