import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CulpritError } from "../../errors/culprit-error.ts";
import type { DatabaseLog } from "../database-log.ts";
import { openClusterFolder, unusable } from "./cluster-folder.ts";
import { type ClusterFolder, SOCKET_PORT } from "./cluster-layout.ts";
import { createCluster, EMBEDDED_ROLE } from "./create-cluster.ts";
import { type Engine, findEngine } from "./find-engine.ts";
import { keepLogSmall } from "./keep-log-small.ts";
import type { Durability } from "./postgres-settings.ts";
import { findPostmaster, removeStaleLocks } from "./postmaster.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { isProcessAlive } from "./process-identity.ts";
import { type ServerUse, signOn } from "./server-users.ts";
import { spawnPostmaster } from "./spawn-postmaster.ts";

/** Recovery after power loss replays at most the 1 GB of `max_wal_size`. */
const READY_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 60_000;
const POLL_MS = 10;
const WATCH_MS = 500;
const BACKOFF_MS = { first: 50, max: 10_000 };
/** Starts that may fail before the first one is reported as impossible. */
const ATTEMPTS_MAX = 6;

/**
 * A PostgreSQL server in a folder, shared by every Culprit process that uses the folder.
 *
 * States: *absent* → *running* → *lost* → *running* … → *released*.
 * - There is no owner. Each process signs on in `users/`; any of them may start the server when it is absent, and
 *   PostgreSQL's own `postmaster.pid` decides between two that do so at once; the other one joins.
 * - A process that is killed leaves the server running. The next start finds it by its pid file and joins it.
 * - *lost*: the server died under a living process. Every user notices (child exit, or a look each 500 ms) and starts
 *   it again after 50 ms, then with doubled waits up to 10 s. Meanwhile connections fail as `DATABASE_UNAVAILABLE`.
 * - *released*: this process signed off; if it was the last one, the server was stopped with a checkpoint. Two that
 *   leave at once both may ask it to stop, which does no harm; the last one to sign off always does.
 */
export interface EmbeddedServer {
  /** The folder of its socket, to be given as `host`. */
  readonly host: string;
  readonly port: number;
  readonly role: string;
  readonly databaseName: string;
  /** True when the server was running already. */
  readonly wasRunning: boolean;
  /** The process id of the server, or null while it is down. */
  pid(): number | null;
  /** Signs off, and stops the server if no other living process uses it. Idempotent. */
  release(): Promise<void>;
}

/** How to start an embedded server. */
export interface EmbeddedServerOptions {
  readonly dataDir: string;
  readonly log: DatabaseLog;
  readonly durability?: Durability;
}

/** The database within the embedded server that Culprit uses. */
export const EMBEDDED_DATABASE = "culprit";

/**
 * The running embedded server of `dataDir`, started or joined. Progress of a first start goes to the log.
 *
 * Throws `DATA_FOLDER_UNUSABLE` when the folder cannot be used, `DATABASE_UNAVAILABLE` when the server does not start;
 * both say the way out.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const folder = await openClusterFolder(options.dataDir);
  const engine = await findEngine(folder.serverUser, folder.engineCopies);
  const use = signOnOrExplain(folder);
  const supervisor = new Supervisor(folder, engine, use, options.log, options.durability ?? "full");
  try {
    await supervisor.start();
  } catch (error) {
    await supervisor.release();
    throw error;
  }
  return supervisor;
}

function signOnOrExplain(folder: ClusterFolder): ServerUse {
  try {
    return signOn(folder.users);
  } catch (cause) {
    throw unusable(
      `${folder.users} is not writable or full. Mend it, or set CULPRIT_DATA_DIR to another folder.`,
      cause,
    );
  }
}

class Supervisor implements EmbeddedServer {
  readonly host: string;
  readonly port = SOCKET_PORT;
  readonly role = EMBEDDED_ROLE;
  readonly databaseName = EMBEDDED_DATABASE;
  wasRunning = false;

  readonly #folder: ClusterFolder;
  readonly #engine: Engine;
  readonly #use: ServerUse;
  readonly #log: DatabaseLog;
  readonly #durability: Durability;
  readonly #ending = new AbortController();
  #watch: NodeJS.Timeout | undefined;
  #recovery: Promise<void> | undefined;
  #release: Promise<void> | undefined;

  constructor(folder: ClusterFolder, engine: Engine, use: ServerUse, log: DatabaseLog, durability: Durability) {
    this.host = folder.socketFolder;
    this.#folder = folder;
    this.#engine = engine;
    this.#use = use;
    this.#log = log;
    this.#durability = durability;
  }

  pid(): number | null {
    return findPostmaster(this.#folder);
  }

  async start(): Promise<void> {
    const startedAt = performance.now();
    this.wasRunning = this.pid() !== null;
    if (!this.wasRunning) {
      const isNew = await createCluster(this.#folder, this.#engine, this.#durability === "full");
      if (isNew) this.#log.info({ folder: this.#folder.home }, "made a new database folder");
    }
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#tryToRun();
      if (failure === null) break;
      if (attempt === ATTEMPTS_MAX) throw failure;
      await delay(BACKOFF_MS.first * 2 ** (attempt - 1));
    }
    this.#watch = setInterval(() => {
      this.#checkAlive();
      this.#keepLogSmall();
    }, WATCH_MS);
    this.#watch.unref();
    const durationMs = Math.round(performance.now() - startedAt);
    this.#log.info(
      { folder: this.#folder.home, pid: this.pid(), durationMs, wasRunning: this.wasRunning },
      this.wasRunning ? "joined the running PostgreSQL" : "started PostgreSQL",
    );
  }

  release(): Promise<void> {
    this.#release ??= this.#signOffAndStop();
    return this.#release;
  }

  async #signOffAndStop(): Promise<void> {
    this.#ending.abort();
    clearInterval(this.#watch);
    await this.#recovery;
    this.#use.end();
    if (this.#use.others().length > 0) return;
    const pid = this.pid();
    if (pid === null) return;
    // SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, a checkpoint is written.
    killQuietly(pid, "SIGINT");
    const deadline = performance.now() + STOP_WITHIN_MS;
    // Not until the pid file is gone: the server removes that a moment before it ends.
    while (isProcessAlive(pid)) {
      if (performance.now() > deadline) {
        this.#log.warn({ pid }, "PostgreSQL is still writing its checkpoint; it will stop by itself");
        return;
      }
      await delay(POLL_MS);
    }
    // Fails, rightly, when somebody has started the server again.
    await rmdir(this.#folder.socketFolder).catch(() => undefined);
  }

  /** Joins the server or starts it; null when it answers, else why it did not, worth another attempt. */
  async #tryToRun(): Promise<CulpritError | null> {
    let child: ChildProcess | null = null;
    let spawnFailure: Error | null = null;
    if (this.pid() === null) {
      removeStaleLocks(this.#folder);
      child = await spawnPostmaster(this.#folder, this.#engine, this.#durability);
      child.once("error", (error) => {
        spawnFailure = error;
      });
      child.once("exit", () => this.#checkAlive());
    }
    const deadline = performance.now() + READY_WITHIN_MS;
    while (performance.now() < deadline) {
      const isAnswering = await prepareDatabase(this.#folder.socketFolder, SOCKET_PORT, EMBEDDED_DATABASE);
      if (isAnswering) return null;
      const isGone = this.pid() === null && (child === null || hasEnded(child) || spawnFailure !== null);
      if (isGone || this.#ending.signal.aborted) break;
      await delay(POLL_MS);
    }
    return this.#notStarted(spawnFailure);
  }

  #notStarted(cause: Error | null): CulpritError {
    const words = cause?.message ?? lastLines(this.#folder.log);
    return new CulpritError(
      "DATABASE_UNAVAILABLE",
      `The embedded PostgreSQL in ${this.#folder.home} does not start: ${words}. Its log is ${this.#folder.log}. ` +
        "Mend what it says (disk space, permissions, memory), or set DATABASE_URL to a PostgreSQL of your own.",
      { cause },
    );
  }

  #checkAlive(): void {
    if (this.#watch === undefined || this.#ending.signal.aborted || this.#recovery || this.pid() !== null) return;
    this.#recovery = this.#recover().finally(() => {
      this.#recovery = undefined;
    });
  }

  #keepLogSmall(): void {
    try {
      keepLogSmall(this.#folder.log);
    } catch (error) {
      this.#log.warn({ log: this.#folder.log, reason: String(error) }, "cannot shorten PostgreSQL's log");
    }
  }

  async #recover(): Promise<void> {
    const lostAt = performance.now();
    this.#log.warn({ folder: this.#folder.home }, "PostgreSQL is gone; starting it again");
    for (let waitMs = BACKOFF_MS.first; !this.#ending.signal.aborted; waitMs = Math.min(waitMs * 2, BACKOFF_MS.max)) {
      await delay(waitMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
      if (this.#ending.signal.aborted) return;
      const failure = await this.#tryToRun().catch((error: unknown) => error);
      if (failure === null) {
        const durationMs = Math.round(performance.now() - lostAt);
        this.#log.info({ folder: this.#folder.home, pid: this.pid(), durationMs }, "PostgreSQL is back");
        return;
      }
      this.#log.warn({ reason: String(failure) }, "PostgreSQL did not come back; trying again");
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between, or belongs to another user, who will stop it.
  }
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-3).join(" | ");
  } catch {
    return "it left no log";
  }
}
