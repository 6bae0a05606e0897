import type pg from "pg";
import { type ReplicaView, ReplicaWatch } from "./replica-watch.ts";

const LOOK_MS = 1000;

/** What a process did with its replica. */
export interface ReplicaUse extends ReplicaView {
  readonly lagMaxMs: number;
  /** Reads that the replica answered, and those that the primary did in its place. */
  readonly reads: number;
  readonly fallbacks: number;
}

export interface ReadFrom<T> {
  readonly value: T;
  readonly source: "primary" | "replica";
  /** Why not the replica; null where it answered or there is none. */
  readonly reason: string | null;
}

/** Reads from a replica while it is good enough, and from the primary otherwise, at once and visibly. */
export class ReplicaReads {
  readonly watch: ReplicaWatch;
  readonly #lagMaxMs: number;
  readonly #pool: pg.Pool;
  readonly #timer: NodeJS.Timeout;
  #reads = 0;
  #fallbacks = 0;

  constructor(primary: pg.Pool, replica: pg.Pool, lagMaxMs: number) {
    this.#pool = replica;
    this.#lagMaxMs = lagMaxMs;
    this.watch = new ReplicaWatch(primary, replica, lagMaxMs);
    let isLooking = false;
    this.#timer = setInterval(async () => {
      if (isLooking) return;
      isLooking = true;
      await this.watch.look();
      isLooking = false;
    }, LOOK_MS).unref();
  }

  get use(): ReplicaUse {
    return { ...this.watch.view, lagMaxMs: this.#lagMaxMs, reads: this.#reads, fallbacks: this.#fallbacks };
  }

  /** `onReplica` unless the replica is behind, away, or lacks what the caller wrote at `wroteAtMs`; or fails in the middle. */
  async read<T>(
    wroteAtMs: number | null,
    onReplica: () => Promise<T>,
    onPrimary: () => Promise<T>,
  ): Promise<ReadFrom<T>> {
    if (!this.watch.mayAnswer(wroteAtMs)) return this.#fallBack(onPrimary);
    try {
      const value = await onReplica();
      this.#reads += 1;
      return { value, source: "replica", reason: null };
    } catch (error) {
      if (!isFaultOfReplica(error)) throw error;
      // A conflict with replay is of this query alone; the others may go on.
      if (codeOf(error) !== "40001") this.watch.failed(error instanceof Error ? error.message : String(error));
      return this.#fallBack(onPrimary);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pool.end();
  }

  async #fallBack<T>(onPrimary: () => Promise<T>): Promise<ReadFrom<T>> {
    this.#fallbacks += 1;
    const reason = this.watch.view.reason ?? "The replica does not show yet what the caller just wrote.";
    return { value: await onPrimary(), source: "primary", reason };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

const FAULTS = new Set([
  // The pool maps what the connection and the server say about themselves to these two.
  ...["DATABASE_UNAVAILABLE", "OVERLOADED"],
  // Replay cancelled the query; a table or column of the last migration is not there yet.
  ...["40001", "42P01", "42703"],
]);

function isFaultOfReplica(error: unknown): boolean {
  return FAULTS.has(codeOf(error));
}
