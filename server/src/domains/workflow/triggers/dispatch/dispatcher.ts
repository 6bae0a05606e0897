import { sql } from "kysely";
import { CulpritError } from "../../../../platform/errors/culprit-error.ts";
import { KeyedWorker } from "../../../../platform/keyed-worker/keyed-worker.ts";
import type { Log } from "../../../../platform/log/log.ts";
import { EVENTS_CHANNEL } from "../../events/event-limits.ts";
import { type DispatchDeps, dispatchEvents, refuseFirstEvent } from "./dispatch-events.ts";

/** Each holds a connection; the others take their turn behind them. */
const PROJECTS_AT_ONCE = 3;
/** An event that fails alone this many times is given up; meanwhile its project waits. */
const TRIES_MAX = 5;

type DispatcherDeps = DispatchDeps & { readonly log: Log };

/** Keeps asking triggers about the events of all projects; a project is worked on by one process at a time (dispatch-events.ts). */
export class Dispatcher extends KeyedWorker {
  constructor(deps: DispatcherDeps) {
    const batches = new Batches(deps);
    super(deps, {
      channel: EVENTS_CHANNEL,
      what: "events",
      atOnce: PROJECTS_AT_ONCE,
      findKeys: () => projectsWithEvents(deps),
      work: (projectId, signal) => askTriggers(deps, batches, projectId, signal),
    });
  }
}

/** A scan of the partial index, which holds only what waits, jumping from project to project. */
async function projectsWithEvents({ database }: DispatcherDeps): Promise<readonly string[]> {
  const { rows } = await sql<{ project_id: string }>`
    SELECT p.id AS project_id FROM projects p WHERE EXISTS (
      SELECT 1 FROM workflow_events e WHERE e.project_id = p.id AND e.matched_at IS NULL)`.execute(database.db);
  return rows.map(({ project_id }) => project_id);
}

async function askTriggers(
  { log }: DispatcherDeps,
  batches: Batches,
  projectId: string,
  signal: AbortSignal,
): Promise<void> {
  const startedAtMs = performance.now();
  let events = 0;
  while (!signal.aborted) {
    const matched = await batches.next(projectId);
    if (matched === null || matched === 0) break;
    events += matched;
  }
  if (events > 0)
    log.debug({ projectId, events, durationMs: Math.round(performance.now() - startedAtMs) }, "triggers were asked");
}

/** Batches of a project's events, with the patience for one that can't be matched. */
class Batches {
  readonly #deps: DispatcherDeps;
  readonly #failures = new Map<string, number>();

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** A batch; where that fails, its first event alone, so that the faulty one is found. */
  async next(projectId: string): Promise<number | null> {
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
