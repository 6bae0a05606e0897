/** Lets a bounded number in at once; the others wait in their order. */
export class Semaphore {
  #free: number;
  readonly #waiting: { readonly count: number; readonly enter: () => void }[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  get free(): number {
    return this.#free;
  }

  /** Takes `count` places as soon as they are all free. */
  acquire(count = 1): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ count, enter: resolve });
    this.#admit();
    return promise;
  }

  release(count = 1): void {
    this.#free += count;
    this.#admit();
  }

  async with<T>(work: () => Promise<T>): Promise<T> {
    await this.acquire();
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && next.count <= this.#free; next = this.#waiting[0]) {
      this.#free -= next.count;
      this.#waiting.shift();
      next.enter();
    }
  }
}
