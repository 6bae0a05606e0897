import { statfsSync } from "node:fs";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

const CHECK_EVERY_MS = 2000;
const RETRY_AFTER_S = 60;

/** Watches the free disk below a folder, asking the system at most every two seconds. */
export class DiskGuard {
  readonly #folder: string;
  readonly #freeBytesMin: number;
  readonly #nowMs: () => number;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #freeBytes = Number.POSITIVE_INFINITY;

  constructor(folder: string, freeBytesMin: number, nowMs: () => number = () => performance.now()) {
    this.#folder = folder;
    this.#freeBytesMin = freeBytesMin;
    this.#nowMs = nowMs;
  }

  get freeBytes(): number {
    if (this.#nowMs() - this.#checkedAtMs >= CHECK_EVERY_MS) {
      this.#checkedAtMs = this.#nowMs();
      try {
        const { bavail, bsize } = statfsSync(this.#folder);
        this.#freeBytes = bavail * bsize;
      } catch {
        // A folder that can't be asked is the database's to complain about.
      }
    }
    return this.#freeBytes;
  }

  /** @throws CulpritError RATE_LIMIT_EXCEEDED when there is too little room to take anything in. */
  check(): void {
    if (this.freeBytes >= this.#freeBytesMin) return;
    const [free, least] = [this.freeBytes, this.#freeBytesMin].map((bytes) => `${Math.floor(bytes / 1024 / 1024)} MB`);
    throw new CulpritError(
      "RATE_LIMIT_EXCEEDED",
      `Only ${free} of disk is free, the least is ${least}: nothing is taken in. Free some disk; the setting is diskFreeBytesMin.`,
      {
        details: { retryAfterS: RETRY_AFTER_S },
      },
    );
  }
}
