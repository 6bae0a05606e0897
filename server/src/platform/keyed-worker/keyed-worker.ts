import type { Database } from "../db/open-database.ts";
import type { Log } from "../log/log.ts";

const SWEEP_MS = 1_000;

/** What is worked on, key by key. */
export interface KeyedWork {
  /** Notifications on it name a key that has work. */
  readonly channel: string;
  /** What waits, in words for the log: "deliveries". */
  readonly what: string;
  /** Keys worked on at the same time; the others take their turn behind them. */
  readonly atOnce: number;
  /** The keys that have work now. */
  readonly findKeys: () => Promise<readonly string[]>;
  /** Works on a key until nothing of it waits or `signal` is aborted. A throw is logged, and the next sweep tries again. */
  readonly work: (key: string, signal: AbortSignal) => Promise<void>;
}

/**
 * Keeps working on rows that are jobs: at once when a key is told of, and every second whatever was told, which also finds
 * what became due by time. The rows are the truth, so nothing is lost between storing and enqueueing.
 *
 *   idle ──wake──▶ waiting ──turn──▶ running ──done──▶ idle
 *                     ▲                 │ wake
 *                     └──────done───────┘ running and waiting: looked at once more
 *
 * A key is worked on once at a time here; several processes settle among themselves by locks on the rows.
 */
export class KeyedWorker {
  readonly #deps: { readonly database: Pick<Database, "listen">; readonly log: Log };
  readonly #job: KeyedWork;
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Set<string>();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => Promise<void>) | undefined;

  constructor(deps: { readonly database: Pick<Database, "listen">; readonly log: Log }, job: KeyedWork) {
    this.#deps = deps;
    this.#job = job;
  }

  /** Begins to listen and to look. */
  async start(): Promise<void> {
    this.#unlisten = await this.#deps.database.listen(this.#job.channel, (key) => this.wake(key));
    await this.sweep();
    this.#timer = setInterval(() => void this.sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  /** Takes up nothing more and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#timer);
    await this.#unlisten?.();
    await Promise.all(this.#running.values());
  }

  /** Works on the key as soon as its turn comes; one that is worked on is looked at once more afterwards. */
  wake(key: string): void {
    if (this.#stopping.signal.aborted) return;
    this.#waiting.add(key);
    this.#beginNext();
  }

  /** Wakes every key that has work. */
  async sweep(): Promise<void> {
    try {
      for (const key of await this.#job.findKeys()) this.wake(key);
    } catch (err) {
      this.#deps.log.warn({ err }, `looking for waiting ${this.#job.what} failed and will be tried again`);
    }
  }

  #beginNext(): void {
    for (const key of this.#waiting) {
      if (this.#stopping.signal.aborted || this.#running.size >= this.#job.atOnce) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      const work = this.#work(key).finally(() => {
        this.#running.delete(key);
        this.#beginNext();
      });
      this.#running.set(key, work);
    }
  }

  async #work(key: string): Promise<void> {
    try {
      await this.#job.work(key, this.#stopping.signal);
    } catch (err) {
      this.#deps.log.warn({ key, err }, `working on ${this.#job.what} failed and will be tried again`);
    }
  }
}
