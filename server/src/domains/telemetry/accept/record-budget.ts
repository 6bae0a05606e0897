import { CulpritError } from "../../../platform/errors/culprit-error.ts";

/**
 * Records that each project may send in a minute, refilled evenly. How many a request holds is known only when it was read, so it is let in while there is any budget and may
 * overdraw it; the next one then waits. Lives in this process, as the limit of requests does.
 */
export class RecordBudget {
  readonly #perMinute: number;
  readonly #nowMs: () => number;
  readonly #accounts = new Map<string, { left: number; atMs: number }>();

  /** `perMinute` 0 is no limit. */
  constructor(perMinute: number, nowMs: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#nowMs = nowMs;
  }

  /** @throws CulpritError RATE_LIMIT_EXCEEDED with the seconds until the project may send again. */
  check(projectId: string): void {
    if (this.#perMinute === 0) return;
    const { left } = this.#account(projectId);
    if (left > 0) return;
    const retryAfterS = Math.max(1, Math.ceil((1 - left) / (this.#perMinute / 60)));
    throw new CulpritError(
      "RATE_LIMIT_EXCEEDED",
      `This project sends more than ${this.#perMinute} points, spans and log lines a minute. Wait ${retryAfterS} s; the setting is telemetryPerMinute.`,
      { details: { retryAfterS } },
    );
  }

  /** Takes what a request held. */
  spend(projectId: string, records: number): void {
    if (this.#perMinute > 0) this.#account(projectId).left -= records;
  }

  #account(projectId: string) {
    const nowMs = this.#nowMs();
    const account = this.#accounts.get(projectId) ?? { left: this.#perMinute, atMs: nowMs };
    account.left = Math.min(this.#perMinute, account.left + ((nowMs - account.atMs) * this.#perMinute) / 60_000);
    account.atMs = nowMs;
    this.#accounts.set(projectId, account);
    return account;
  }
}
