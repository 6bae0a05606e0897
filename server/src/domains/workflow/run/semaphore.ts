/** Lets a bounded number in at once; the others wait in their order. */
export class Semaphore {
  #free: number;
  readonly #waiting: { readonly most: number; readonly enter: (places: number) => void }[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  get free(): number {
    return this.#free;
  }

  /** Takes at least one place as soon as one is free, and at most `most` of those that are. @returns how many. */
  acquire(most: number): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waiting.push({ most, enter: resolve });
    this.#admit();
    return promise;
  }

  release(places: number): void {
    this.#free += places;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#free > 0; next = this.#waiting[0]) {
      const places = Math.min(next.most, this.#free);
      this.#free -= places;
      this.#waiting.shift();
      next.enter(places);
    }
  }
}
