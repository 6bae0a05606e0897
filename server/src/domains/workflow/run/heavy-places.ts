/**
 * The places of heavy actions (an investigation, a sandbox). Who finds none free goes to sleep and holds nothing while it
 * waits; whoever leaves says who is woken.
 */
export class HeavyPlaces {
  #free: number;
  readonly #waiting = new Set<string>();
  readonly #wake: (executionId: string) => void;

  constructor(places: number, wake: (executionId: string) => void) {
    this.#free = places;
    this.#wake = wake;
  }

  /** Takes a place if one is free; else the execution is woken when it is its turn. */
  tryEnter(executionId: string): boolean {
    if (this.#free === 0) {
      this.#waiting.add(executionId);
      return false;
    }
    this.#free -= 1;
    this.#waiting.delete(executionId);
    return true;
  }

  leave(): void {
    this.#free += 1;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#wake(next);
  }
}
