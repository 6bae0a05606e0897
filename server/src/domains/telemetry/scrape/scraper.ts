import { sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { HttpClient } from "../../../platform/http-client/http-client.ts";
import type { Log } from "../../../platform/log/log.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import type { Telemetry } from "../accept/telemetry.ts";
import { claimDueTargets, type DueTarget } from "./claim-due-targets.ts";
import { type PageLimits, readPage } from "./read-page.ts";

export interface ScraperDeps {
  readonly database: Database;
  readonly telemetry: Pick<Telemetry, "acceptMetrics">;
  readonly http: Pick<HttpClient, "request">;
  readonly secretBox: Pick<SecretBox, "open">;
  readonly log: Log;
  readonly limits: PageLimits;
  readonly now: () => Date;
}

const LOOK_EVERY_MS = 1_000;
/** Readings at once in one process. */
const READINGS_MAX = 16;

/** Reads the pages that are due, each second. Any number of processes may do so. */
export class Scraper {
  readonly #deps: ScraperDeps;
  readonly #stop = new AbortController();
  readonly #readings = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(deps: ScraperDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#looking = this.#looking.then(() => this.look());
    }, LOOK_EVERY_MS).unref();
  }

  /** Takes up what is due now; resolves when it is taken up, not when it is read. Never throws. */
  async look(): Promise<void> {
    const limit = READINGS_MAX - this.#readings.size;
    if (limit <= 0 || this.#stop.signal.aborted) return;
    const { database, secretBox, log, now } = this.#deps;
    try {
      for (const due of await claimDueTargets(database.db, secretBox, { now: now(), limit })) {
        const reading = "error" in due ? this.#store(due.id, { ...nothing, error: due.error }) : this.#read(due);
        const ended = reading.catch((err: unknown) =>
          log.warn({ err, target: due.id }, "a page of metrics was not stored"),
        );
        this.#readings.add(ended);
        void ended.finally(() => this.#readings.delete(ended));
      }
    } catch (err) {
      log.warn({ err }, "which pages of metrics are due could not be asked");
    }
  }

  /** Resolves when every reading that began has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#readings);
  }

  /** Stops reading; what is being read is given up. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#looking;
    await this.settled();
  }

  async #read(target: DueTarget): Promise<void> {
    const { http, limits, now, telemetry } = this.#deps;
    const { signal } = this.#stop;
    const page = await readPage(http, target, { limits, now, signal });
    // A page that was given up because Culprit stops is not down.
    if (signal.aborted && page.error !== null) return;
    await telemetry.acceptMetrics(target.projectId, page.samples);
    await this.#store(target.id, page);
  }

  async #store(id: string, { read, durationMs, error }: { read: number; durationMs: number; error: string | null }) {
    const { database, now } = this.#deps;
    await sql`UPDATE scrape_targets SET last_scrape_at = ${now()}, last_duration_ms = ${Math.round(durationMs)}, last_samples = ${read}, last_error = ${error}
      WHERE id = ${id}`.execute(database.db);
  }
}

const nothing = { read: 0, durationMs: 0 };
