import { CulpritError } from "../../../../platform/errors/culprit-error.ts";

const BUCKETS_MAX = 10_000;

/**
 * How often a webhook may be called: `burst` at once, refilled by `perSecond`. In this process alone, so several servers each
 * grant it. Addresses that nobody has are forgotten oldest first, so that trying many costs a bounded memory.
 */
export class CallRate {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(
    { perSecond, burst }: { perSecond: number; burst: number },
    nowMs: () => number = () => performance.now(),
  ) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#nowMs = nowMs;
  }

  /** @throws CulpritError RATE_LIMIT_EXCEEDED with the seconds until the next call is taken. */
  take(address: string): void {
    const nowMs = this.#nowMs();
    const bucket = this.#buckets.get(address) ?? { tokens: this.#burst, atMs: nowMs };
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > BUCKETS_MAX) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * this.#perSecond);
    bucket.atMs = nowMs;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return;
    }
    const retryAfterS = Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond));
    throw new CulpritError(
      "RATE_LIMIT_EXCEEDED",
      `This webhook is called more than ${this.#perSecond} times a second. Wait ${retryAfterS} s and send the call again.`,
      { details: { retryAfterS } },
    );
  }
}
