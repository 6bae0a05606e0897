const SLICE_MS = 2;

/**
 * Hands out turns of the event loop: work that waits for one is done in slices of two milliseconds, and between the
 * slices answers of the database are read. Without it a burst of requests keeps a half-written batch waiting, while the
 * database idles.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isScheduled = false;

  /** Resolves when it is the caller's turn, first come, first served. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => void this.#runSlice());
  }

  async #runSlice(): Promise<void> {
    const until = performance.now() + SLICE_MS;
    for (let turn = this.#waiting.shift(); turn !== undefined; turn = this.#waiting.shift()) {
      turn();
      // What the caller does until it waits again happens in these microtasks.
      await null;
      await null;
      if (performance.now() >= until) break;
    }
    this.#isScheduled = false;
    this.#schedule();
  }
}
