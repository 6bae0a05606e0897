import type { ErrorSignal } from "@culprit/contract";
import { Batcher } from "../../platform/batch/batcher.ts";
import type { Database } from "../../platform/db/open-database.ts";
import { tryAgain } from "../../platform/db/try-again.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { Log } from "../../platform/log/log.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { observeRevisions, type RevisionSighting } from "../change/index.ts";
import {
  prepareSignal,
  type SignalToStore,
  type StoredSignal,
  type StorePolicy,
  storeSignals,
  storingConflicts,
} from "../incident/index.ts";
import type { DiskGuard } from "./disk-guard.ts";
import { RateLimit } from "./rate-limit.ts";
import { RecentKeys } from "./recent-keys.ts";
import { Turns } from "./turns.ts";

export interface IntakeSettings extends StorePolicy {
  readonly ingestPerMinute: number;
  readonly queuedEventsMax: number;
  readonly batchEventsMax: number;
}

/** The one way in behind all doors: signals in, acknowledged incidents out. */
export class Intake {
  readonly #deps: { readonly database: Database; readonly queue: Queue; readonly log: Log; readonly disk: DiskGuard };
  readonly #settings: IntakeSettings;
  readonly #rate: RateLimit;
  readonly #batcher: Batcher<SignalToStore, StoredSignal>;
  readonly #turns = new Turns();
  readonly #ignored = new Map<string, number>();
  /** A revision that was looked up a moment ago is not looked up for the next batch. */
  readonly #seenRevisions = new RecentKeys(2000);
  /** Spans and log lines come all the time; that their revision still runs is news to nobody. */
  readonly #servedRevisions = new RecentKeys(60_000);

  constructor(deps: { database: Database; queue: Queue; log: Log; disk: DiskGuard }, settings: IntakeSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#rate = new RateLimit(settings.ingestPerMinute);
    this.#batcher = new Batcher({
      write: (items) => this.#write(items),
      batchItemsMax: settings.batchEventsMax,
      queuedItemsMax: settings.queuedEventsMax,
      onPoison: ({ projectId, signal }, err) =>
        deps.log.error({ projectId, eventId: signal.eventId, err }, "the database refused an event"),
    });
  }

  /** Events that wait for the database now. */
  get queued(): number {
    return this.#batcher.queued;
  }

  /** How many items of each kind came and were not used, since the start. */
  get ignored(): ReadonlyMap<string, number> {
    return this.#ignored;
  }

  /**
   * Lets a request of a project in, or refuses it before its body is read.
   * @throws CulpritError RATE_LIMIT_EXCEEDED with `retryAfterS` when over rate, queue or disk.
   */
  admit(projectId: string): void {
    this.#rate.take(projectId);
    if (this.#batcher.isFull) {
      throw new CulpritError(
        "RATE_LIMIT_EXCEEDED",
        `${this.#batcher.queued} events wait for the database. Send it again after a second.`,
        {
          details: { retryAfterS: 1 },
        },
      );
    }
    this.#deps.disk.check();
  }

  /** Resolves when a request may do its work, so that a burst of them does not keep the database's answers waiting. */
  turn(): Promise<void> {
    return this.#turns.next();
  }

  /** Stores signals; resolves after the commit that holds all of them, in their order. */
  async accept(projectId: string, signals: readonly ErrorSignal[], receivedAt: Date): Promise<readonly StoredSignal[]> {
    return this.#batcher.add(signals.map((signal) => prepareSignal(projectId, signal, receivedAt)));
  }

  /**
   * Puts the revisions that sent something on the timeline, failed or not; those that were looked up within a minute, for the same minute, cost nothing. Resolves after the
   * commit. What can't be written is told to the log and comes again with the next request.
   */
  async observe(projectId: string, revisions: readonly RevisionSighting["signal"][], receivedAt: Date): Promise<void> {
    const news = revisions
      .map((signal) => ({ projectId, signal, receivedAt }))
      .filter((one) => !this.#servedRevisions.has(revisionKey(one), instantOf(one)));
    if (news.length === 0) return;
    const { database, log } = this.#deps;
    try {
      await tryAgain(() => database.transaction((tx) => observeRevisions(tx, news)), storingConflicts);
      for (const one of news) this.#servedRevisions.add(revisionKey(one), instantOf(one));
    } catch (err) {
      log.warn({ projectId, err }, "revisions that were seen could not be stored");
    }
  }

  /** Counts items that were accepted but are of no use here. */
  countIgnored(ignored: Readonly<Record<string, number>>): void {
    for (const [kind, count] of Object.entries(ignored))
      this.#ignored.set(kind, (this.#ignored.get(kind) ?? 0) + count);
  }

  /** Waits until everything accepted is written. */
  drain(): Promise<void> {
    return this.#batcher.drain();
  }

  async #write(items: readonly SignalToStore[]): Promise<readonly StoredSignal[]> {
    const { database, queue, log } = this.#deps;
    const startedAtMs = performance.now();
    return tryAgain(async (attempt) => {
      const { stored, sightings } = await database.transaction(async (tx) => {
        const result = await storeSignals(tx, items, this.#settings);
        const news = items.filter((item) => !this.#seenRevisions.has(revisionKey(item), instantOf(item)));
        if (news.length > 0) await observeRevisions(tx, news);
        for (const projectId of [...result.projectsToGate].sort())
          await queue.enqueue(tx, "gate", { projectId }, { key: projectId });
        return { stored: result.stored, sightings: news };
      });
      for (const item of sightings) this.#seenRevisions.add(revisionKey(item), instantOf(item));
      log.debug(
        { events: items.length, attempt, durationMs: Math.round(performance.now() - startedAtMs) },
        "a batch of signals was stored",
      );
      return stored;
    }, storingConflicts);
  }
}

function instantOf({ signal }: Pick<RevisionSighting, "signal">): number {
  return Date.parse(signal.occurredAt);
}

function revisionKey({
  projectId,
  signal: { environment, service, commitSha, release },
}: Pick<RevisionSighting, "projectId" | "signal">): string {
  return `${projectId} ${environment} ${service} ${commitSha} ${release}`;
}
