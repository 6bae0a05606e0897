import { CulpritError } from "../../platform/errors/culprit-error.ts";

/**
 * A limit per key and minute, refilled evenly (token bucket, capacity of one minute). It lives in this process: with
 * several servers each grants the limit, which protects each of them.
 */
export class RateLimit {
  readonly #perMinute: number;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  /** `perMinute` 0 is no limit. */
  constructor(perMinute: number, nowMs: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#nowMs = nowMs;
  }

  /** Takes one, or throws RATE_LIMIT_EXCEEDED with the seconds until the next is free. */
  take(key: string): void {
    if (this.#perMinute === 0) return;
    const nowMs = this.#nowMs();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#perMinute, atMs: nowMs };
    const perMs = this.#perMinute / 60_000;
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + (nowMs - bucket.atMs) * perMs);
    bucket.atMs = nowMs;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) {
      const retryAfterS = Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
      const message = `This project sends more than ${this.#perMinute} requests a minute. Wait ${retryAfterS} s; the setting is ingestPerMinute.`;
      throw new CulpritError("RATE_LIMIT_EXCEEDED", message, { details: { retryAfterS } });
    }
    bucket.tokens -= 1;
  }
}
