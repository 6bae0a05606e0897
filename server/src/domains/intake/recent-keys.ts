const KEYS_MAX = 10_000;

/** Remembers keys for a short while, so that work which would find nothing new is not done again for each batch. */
export class RecentKeys {
  readonly #forMs: number;
  readonly #nowMs: () => number;
  readonly #seenAtMs = new Map<string, number>();

  constructor(forMs: number, nowMs: () => number = () => performance.now()) {
    this.#forMs = forMs;
    this.#nowMs = nowMs;
  }

  /** Whether the key was remembered less than `forMs` ago. */
  has(key: string): boolean {
    const seenAtMs = this.#seenAtMs.get(key);
    return seenAtMs !== undefined && this.#nowMs() - seenAtMs < this.#forMs;
  }

  add(key: string): void {
    if (this.#seenAtMs.size >= KEYS_MAX) this.#seenAtMs.clear();
    this.#seenAtMs.set(key, this.#nowMs());
  }
}
