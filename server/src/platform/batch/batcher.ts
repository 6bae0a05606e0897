import { CulpritError } from "../errors/culprit-error.ts";

/** What the batcher waits on; `write` commits all items or none, and answers in their order. */
export interface BatcherOptions<Item, Result> {
  readonly write: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items in one transaction at most. */
  readonly batchItemsMax: number;
  /** Items that may wait, over all callers. */
  readonly queuedItemsMax: number;
  /** Transactions at once. A second one starts only when a full batch waits. */
  readonly writersMax?: number;
  /** What the items are called in errors. */
  readonly noun?: string;
  /** How much of `batchItemsMax` and `queuedItemsMax` an item takes; 1 unless told. */
  readonly sizeOf?: (item: Item) => number;
  /** Called for an item that the database refuses even alone. */
  readonly onPoison?: (item: Item, cause: unknown) => void;
}

interface Waiting<Item, Result> {
  readonly items: readonly Item[];
  readonly size: number;
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (cause: unknown) => void;
}

/** Items that must wait before a second writer starts. */
const SECOND_WRITER_ITEMS = 64;

/**
 * Gathers what many requests bring into few transactions. A request is answered after the commit that holds all its
 * items, never before. There is no timer: a batch is what came in while the writers were busy, so an idle server
 * writes at once and a busy one writes much at a time. A batch costs half a dozen round trips whatever it holds, so a
 * second writer starts only when enough waits for it: then one batch is built while the database writes the other.
 *
 * A failed batch is halved and written again until the item that the database refuses stands alone; only its own
 * request fails. A fault of the database itself (no connection, disk full) fails all of the batch at once instead.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  readonly #waiting: Waiting<Item, Result>[] = [];
  #queued = 0;
  #waitingItems = 0;
  #writers = 0;
  #idle: (() => void) | null = null;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  get queued(): number {
    return this.#queued;
  }

  get isFull(): boolean {
    return this.#queued >= this.#options.queuedItemsMax;
  }

  /**
   * The results of the items, once they are committed.
   * @throws CulpritError RATE_LIMIT_EXCEEDED when too much waits already; nothing was taken then.
   */
  add(items: readonly Item[]): Promise<readonly Result[]> {
    if (items.length === 0) return Promise.resolve([]);
    if (this.isFull) {
      const message = `${this.#queued} ${this.#options.noun ?? "events"} wait for the database, the limit is ${this.#options.queuedItemsMax}. Send it again after a second.`;
      throw new CulpritError("RATE_LIMIT_EXCEEDED", message, { details: { retryAfterS: 1 } });
    }
    const { sizeOf } = this.#options;
    const size = sizeOf === undefined ? items.length : items.reduce((sum, item) => sum + sizeOf(item), 0);
    this.#queued += size;
    this.#waitingItems += size;
    const { promise, resolve, reject } = Promise.withResolvers<readonly Result[]>();
    this.#waiting.push({ items, size, resolve, reject });
    // The rest of this turn of the event loop may bring more for the same batch.
    setImmediate(() => this.#startWriter());
    return promise;
  }

  /** Resolves when everything that was added is written or refused. */
  async drain(): Promise<void> {
    while (this.#queued > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #startWriter(): void {
    const { writersMax = 2, batchItemsMax } = this.#options;
    if (this.#writers >= writersMax || this.#waiting.length === 0) return;
    if (this.#writers > 0 && this.#waitingItems < Math.min(batchItemsMax, SECOND_WRITER_ITEMS)) return;
    this.#writers += 1;
    void this.#writeNext().finally(() => {
      this.#writers -= 1;
      this.#idle?.();
      this.#startWriter();
    });
  }

  async #writeNext(): Promise<void> {
    const batch: Waiting<Item, Result>[] = [];
    let size = 0;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (size > 0 && size + next.size > this.#options.batchItemsMax) break;
      batch.push(next);
      size += next.size;
      this.#waiting.shift();
    }
    this.#waitingItems -= size;
    await this.#write(batch);
    this.#queued -= size;
  }

  async #write(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    let results: readonly Result[];
    try {
      results = await this.#options.write(batch.flatMap(({ items }) => items));
    } catch (cause) {
      await this.#afterFailure(batch, cause);
      return;
    }
    let from = 0;
    for (const { items, resolve } of batch) {
      resolve(results.slice(from, from + items.length));
      from += items.length;
    }
  }

  async #afterFailure(batch: readonly Waiting<Item, Result>[], cause: unknown): Promise<void> {
    if (cause instanceof CulpritError) {
      for (const { reject } of batch) reject(cause);
    } else if (batch.length > 1) {
      const middle = batch.length >> 1;
      await this.#write(batch.slice(0, middle));
      await this.#write(batch.slice(middle));
    } else {
      for (const { items, reject } of batch) {
        for (const item of items) this.#options.onPoison?.(item, cause);
        reject(
          new CulpritError(
            "INTERNAL_ERROR",
            "The database refused this event; the log says why. Other events were stored.",
            { cause },
          ),
        );
      }
    }
  }
}
