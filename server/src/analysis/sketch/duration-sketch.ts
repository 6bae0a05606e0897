const ACCURACY = 0.02;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);
/** What is shorter counts as nothing; longer than this as this: three years in milliseconds. */
const LEAST = 1e-6;
const MOST = 1e11;

/**
 * A mergeable sketch of positive values whose quantiles are off by 2 % of the value at most: DDSketch with logarithmic buckets (Masson, Rim, Lee:
 * "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019). At most 1,000 buckets whatever comes.
 */
export class DurationSketch {
  readonly #buckets = new Map<number, number>();
  #zeros = 0;
  #count = 0;
  #sum = 0;

  /** How many values it holds; after `halve` no whole number. */
  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  /** Takes a value; what is no positive number counts as 0. */
  add(value: number): void {
    this.#count += 1;
    if (!(value > LEAST)) {
      this.#zeros += 1;
      return;
    }
    this.#sum += value;
    const index = Math.ceil(Math.log(Math.min(value, MOST)) / LOG_GAMMA);
    this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + 1);
  }

  /** Takes what another sketch holds. */
  merge(other: DurationSketch): void {
    for (const [index, count] of other.#buckets) this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + count);
    this.#zeros += other.#zeros;
    this.#count += other.#count;
    this.#sum += other.#sum;
  }

  /** Halves the weight of all it holds, so that what comes later counts more; what weighs next to nothing goes. */
  halve(): void {
    this.#zeros /= 2;
    this.#sum /= 2;
    this.#count = this.#zeros;
    for (const [index, count] of this.#buckets) {
      if (count < 0.02) this.#buckets.delete(index);
      else {
        this.#buckets.set(index, count / 2);
        this.#count += count / 2;
      }
    }
  }

  /** The value below which the share `quantile` (0..1) lies; NaN when it is empty. */
  quantile(quantile: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = quantile * Math.max(0, this.#count - 1);
    let seen = this.#zeros;
    if (seen > rank) return 0;
    let last = 0;
    for (const index of [...this.#buckets.keys()].sort((a, b) => a - b)) {
      seen += this.#buckets.get(index) ?? 0;
      last = (2 * GAMMA ** index) / (GAMMA + 1);
      if (seen > rank) return last;
    }
    return last;
  }
}
