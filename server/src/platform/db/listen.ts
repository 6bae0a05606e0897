import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { DatabaseLog } from "./database-log.ts";

const BACKOFF_MS = { first: 100, max: 10_000 };

/** Called with the payload of each notification. */
export type NotificationHandler = (payload: string) => void;

/**
 * One connection of its own that listens for every channel of this process. It reconnects for ever; notifications sent
 * while it was away are lost, and behind a transaction pooler none arrive, so they may only wake what also polls.
 */
export class Listener {
  readonly #connection: pg.ClientConfig;
  readonly #log: DatabaseLog;
  readonly #handlers = new Map<string, Set<NotificationHandler>>();
  readonly #ending = new AbortController();
  #client: pg.Client | null = null;
  #running: Promise<void> | null = null;
  #firstConnection: PromiseWithResolvers<void> | null = null;

  constructor(connection: pg.ClientConfig, log: DatabaseLog) {
    this.#connection = connection;
    this.#log = log;
  }

  /** Adds a handler; resolves when the server listens, with the function that removes it. */
  async listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>> {
    const handlers = this.#handlers.get(channel) ?? new Set();
    this.#handlers.set(channel, handlers);
    const isNewChannel = handlers.size === 0;
    handlers.add(handler);
    if (this.#running === null) {
      this.#firstConnection = Promise.withResolvers();
      this.#running = this.#keepConnected();
    }
    await this.#firstConnection?.promise;
    if (isNewChannel) await this.#execute(`listen ${pg.escapeIdentifier(channel)}`);
    return () => this.#unlisten(channel, handler);
  }

  /** Closes the connection; handlers are not called any more. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.#firstConnection?.resolve();
    await this.#client?.end().catch(() => undefined);
    await this.#running;
  }

  async #unlisten(channel: string, handler: NotificationHandler): Promise<void> {
    const handlers = this.#handlers.get(channel);
    if (handlers?.delete(handler) !== true || handlers.size > 0) return;
    this.#handlers.delete(channel);
    await this.#execute(`unlisten ${pg.escapeIdentifier(channel)}`);
  }

  /** A failure needs no answer: on reconnecting, all channels are listened to anew. */
  async #execute(statement: string): Promise<void> {
    await this.#client?.query(statement).catch(() => undefined);
  }

  async #keepConnected(): Promise<void> {
    let waitMs = BACKOFF_MS.first;
    while (!this.#ending.signal.aborted) {
      try {
        await this.#connectUntilBroken(() => {
          waitMs = BACKOFF_MS.first;
        });
      } catch (error) {
        this.#log.warn(
          { reason: error instanceof Error ? error.message : String(error) },
          "cannot listen; trying again",
        );
      }
      if (this.#ending.signal.aborted) return;
      await delay(waitMs, undefined, { signal: this.#ending.signal, ref: false }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, BACKOFF_MS.max);
    }
  }

  async #connectUntilBroken(onConnected: () => void): Promise<void> {
    const client = new pg.Client({ application_name: "culprit listen", keepAlive: true, ...this.#connection });
    const broken = new Promise<void>((done) => {
      client.once("end", done);
      client.once("error", () => done());
    });
    client.on("error", () => undefined);
    client.on("notification", ({ channel, payload }) => {
      for (const handler of this.#handlers.get(channel) ?? []) handler(payload ?? "");
    });
    try {
      await client.connect();
      this.#client = client;
      for (const channel of this.#handlers.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      onConnected();
      this.#firstConnection?.resolve();
      if (!this.#ending.signal.aborted) await broken;
    } finally {
      this.#client = null;
      await client.end().catch(() => undefined);
    }
  }
}
