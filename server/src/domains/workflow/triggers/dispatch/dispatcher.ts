import { sql } from "kysely";
import { CulpritError } from "../../../../platform/errors/culprit-error.ts";
import type { Log } from "../../../../platform/log/log.ts";
import { EVENTS_CHANNEL } from "../../events/event-limits.ts";
import { type DispatchDeps, dispatchEvents, refuseFirstEvent } from "./dispatch-events.ts";

const SWEEP_MS = 1_000;
/** Each holds a connection; the others take their turn behind them. */
const PROJECTS_AT_ONCE = 3;
/** An event that fails alone this many times is given up; meanwhile its project waits. */
const TRIES_MAX = 5;

/**
 * Keeps asking triggers about the events of all projects: at once when one is told of, and every second whatever was told. A
 * project is worked on once at a time here, and by one process at a time anywhere (dispatch-events.ts).
 */
export class Dispatcher {
  readonly #deps: DispatchDeps & { readonly log: Log };
  readonly #running = new Map<string, Promise<void>>();
  /** Told of and not begun yet: their turn has not come, or they are worked on and looked at once more. */
  readonly #waiting = new Set<string>();
  readonly #failures = new Map<string, number>();
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => Promise<void>) | undefined;

  constructor(deps: DispatchDeps & { readonly log: Log }) {
    this.#deps = deps;
  }

  /** Begins to listen and to look. */
  async start(): Promise<void> {
    this.#unlisten = await this.#deps.database.listen(EVENTS_CHANNEL, (projectId) => this.wake(projectId));
    await this.sweep();
    this.#timer = setInterval(() => void this.sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  /** Stops looking and waits for the batches that are under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#unlisten?.();
    await Promise.all(this.#running.values());
  }

  /** Works on the project, as soon as its turn comes, until none of its events waits. */
  wake(projectId: string): void {
    if (this.#isStopped) return;
    this.#waiting.add(projectId);
    this.#beginNext();
  }

  #beginNext(): void {
    for (const projectId of this.#waiting) {
      if (this.#isStopped || this.#running.size >= PROJECTS_AT_ONCE) return;
      if (this.#running.has(projectId)) continue;
      this.#waiting.delete(projectId);
      const work = this.#work(projectId).finally(() => {
        this.#running.delete(projectId);
        this.#beginNext();
      });
      this.#running.set(projectId, work);
    }
  }

  /** Wakes every project with waiting events. */
  async sweep(): Promise<void> {
    const { log, database } = this.#deps;
    try {
      // A scan of the partial index, which holds only what waits, jumping from project to project.
      const { rows } = await sql<{ project_id: string }>`
        SELECT p.id AS project_id FROM projects p WHERE EXISTS (
          SELECT 1 FROM workflow_events e WHERE e.project_id = p.id AND e.matched_at IS NULL)`.execute(database.db);
      for (const { project_id } of rows) this.wake(project_id);
    } catch (err) {
      log.warn({ err }, "looking for waiting events failed and will be tried again");
    }
  }

  async #work(projectId: string): Promise<void> {
    const { log } = this.#deps;
    const startedAtMs = performance.now();
    let events = 0;
    try {
      while (!this.#isStopped) {
        const matched = await this.#batch(projectId);
        if (matched === null || matched === 0) break;
        events += matched;
      }
    } catch (err) {
      log.warn({ projectId, err }, "asking triggers about events failed and will be tried again");
    }
    if (events > 0)
      log.debug({ projectId, events, durationMs: Math.round(performance.now() - startedAtMs) }, "triggers were asked");
  }

  /** A batch; where that fails, its first event alone, so that the faulty one is found. */
  async #batch(projectId: string): Promise<number | null> {
    try {
      return await dispatchEvents(this.#deps, projectId);
    } catch (error) {
      // The database is away, which no event is to blame for.
      if (error instanceof CulpritError) throw error;
    }
    try {
      const matched = await dispatchEvents(this.#deps, projectId, 1);
      this.#failures.delete(projectId);
      return matched;
    } catch (error) {
      if (error instanceof CulpritError) throw error;
      const tries = (this.#failures.get(projectId) ?? 0) + 1;
      this.#failures.set(projectId, tries);
      if (tries < TRIES_MAX) throw error;
      this.#failures.delete(projectId);
      const words = error instanceof Error ? error.message : String(error);
      this.#deps.log.error({ projectId, err: error }, "an event could not be matched and is given up");
      await refuseFirstEvent(
        this.#deps,
        projectId,
        `Asking the triggers failed ${TRIES_MAX} times: ${words.slice(0, 500)}. Replay it when that is mended.`,
      );
      return 1;
    }
  }
}
