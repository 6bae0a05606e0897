import { sql } from "kysely";
import type { IntegrationServices } from "../integration-services.ts";
import { isDue } from "./claim-deliveries.ts";
import { INBOX_CHANNEL } from "./inbox-limits.ts";
import { processInbox } from "./process-inbox.ts";

const SWEEP_MS = 1_000;

/**
 * Keeps working on what came in for all integrations: at once when one is told of, and every second whatever was told, which
 * also finds what waited for its next try. The rows are the jobs, so nothing is lost between storing and enqueueing.
 */
export class InboxWorker {
  readonly #services: IntegrationServices;
  readonly #running = new Map<string, Promise<void>>();
  readonly #dirty = new Set<string>();
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => Promise<void>) | undefined;

  constructor(services: IntegrationServices) {
    this.#services = services;
  }

  /** Begins to listen and to look. */
  async start(): Promise<void> {
    this.#unlisten = await this.#services.database.listen(INBOX_CHANNEL, (integrationId) => this.wake(integrationId));
    await this.sweep();
    this.#timer = setInterval(() => void this.sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  /** Stops taking deliveries and waits for the batches under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#unlisten?.();
    await Promise.all(this.#running.values());
  }

  /** Works on an integration's deliveries until none is due. */
  wake(integrationId: string): void {
    if (this.#isStopped) return;
    if (this.#running.has(integrationId)) {
      this.#dirty.add(integrationId);
      return;
    }
    const work = this.#work(integrationId).finally(() => {
      this.#running.delete(integrationId);
      if (this.#dirty.delete(integrationId)) this.wake(integrationId);
    });
    this.#running.set(integrationId, work);
  }

  /** Wakes every integration with a delivery that is due. */
  async sweep(): Promise<void> {
    const { database, log, now } = this.#services;
    try {
      const { rows } = await sql<{ integration_id: string }>`
        SELECT DISTINCT integration_id FROM integration_events e
        WHERE status IN ('pending', 'processing') AND ${isDue("e", now())}`.execute(database.db);
      for (const { integration_id: id } of rows) this.wake(id);
    } catch (err) {
      log.warn({ err }, "looking for deliveries that wait failed and will be tried again");
    }
  }

  async #work(integrationId: string): Promise<void> {
    try {
      while (!this.#isStopped && (await processInbox(this.#services, integrationId)) > 0);
    } catch (err) {
      this.#services.log.warn({ integrationId, err }, "working on the inbox failed and will be tried again");
    }
  }
}
