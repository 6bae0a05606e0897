const KEYS_MAX = 10_000;

interface Remembered {
  sinceMs: number;
  /** Instants that it was looked up for. */
  fromMs: number;
  toMs: number;
}

/**
 * Remembers keys for a short while, with the instants that were told of them, so that work which would find nothing new is not done again for each batch. An
 * earlier instant is news, and so is one that is as much later: what comes late comes fast.
 */
export class RecentKeys {
  readonly #forMs: number;
  readonly #nowMs: () => number;
  readonly #seen = new Map<string, Remembered>();

  constructor(forMs: number, nowMs: () => number = () => performance.now()) {
    this.#forMs = forMs;
    this.#nowMs = nowMs;
  }

  /** Whether the key was remembered less than `forMs` ago, for this instant too. */
  has(key: string, atMs: number): boolean {
    const seen = this.#seen.get(key);
    return seen !== undefined && !this.#isOver(seen) && atMs >= seen.fromMs && atMs < seen.toMs + this.#forMs;
  }

  add(key: string, atMs: number): void {
    const seen = this.#seen.get(key);
    if (seen === undefined || this.#isOver(seen)) {
      if (this.#seen.size >= KEYS_MAX) this.#seen.clear();
      this.#seen.set(key, { sinceMs: this.#nowMs(), fromMs: atMs, toMs: atMs });
      return;
    }
    seen.fromMs = Math.min(seen.fromMs, atMs);
    seen.toMs = Math.max(seen.toMs, atMs);
  }

  #isOver({ sinceMs }: Remembered): boolean {
    return this.#nowMs() - sinceMs >= this.#forMs;
  }
}
