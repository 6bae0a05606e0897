import { CulpritError } from "../../../platform/errors/culprit-error.ts";

/**
 * Webhook calls per integration and minute (token bucket, refilled evenly). It lives in this process, as the limit of
 * signals does: it protects this process, and several servers each grant it.
 */
export class InboundLimit {
  readonly #perMinute: number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  /** `perMinute` 0 is no limit. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Takes one. @throws CulpritError RATE_LIMIT_EXCEEDED with the seconds until the next is free. */
  take(integrationId: string, now: Date): void {
    if (this.#perMinute === 0) return;
    const perMs = this.#perMinute / 60_000;
    const bucket = this.#buckets.get(integrationId) ?? { tokens: this.#perMinute, atMs: now.getTime() };
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + Math.max(0, now.getTime() - bucket.atMs) * perMs);
    bucket.atMs = now.getTime();
    this.#buckets.set(integrationId, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return;
    }
    const retryAfterS = Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
    const message = `This integration is called more than ${this.#perMinute} times a minute. Wait ${retryAfterS} s; the setting is webhooksPerMinute.`;
    throw new CulpritError("RATE_LIMIT_EXCEEDED", message, { details: { retryAfterS } });
  }
}
