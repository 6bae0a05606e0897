import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { EXPRESSION_MS_MAX } from "../../expressions/evaluate-expression.ts";
import { ExpressionError } from "../../expressions/expression-error.ts";
import { factsOf } from "../event-facts.ts";
import type { StoredCandidate } from "../load-candidates.ts";
import { type Asked, askWorkflow, type BatchContext } from "./ask-workflow.ts";
import type { WaitingEvent } from "./waiting-events.ts";

/** How much of the process one batch of one project may take; all projects share its one thread. */
export interface AskLimits {
  /** Work on a batch: the event at which it is over, and those behind it, wait for the next batch. */
  readonly batchMs: number;
  /** Work on the first event of a batch, which can't wait: conditions that are left then count as failed. */
  readonly eventMs: number;
  /** Work without letting others have a turn, but for the conditions of one workflow. */
  readonly stretchMs: number;
  /** A workflow whose conditions used up their time at so many events is not asked for them again in that batch. */
  readonly timeoutsMax: number;
}

export const BATCH_MS = 1_000;
/** A timer of the engine may go off a little early. */
const USED_UP_MS = EXPRESSION_MS_MAX - 5;
const LONG_STRETCH_MS = 50;
const LIMITS: AskLimits = { batchMs: BATCH_MS, eventMs: 5_000, stretchMs: 10, timeoutsMax: 3 };

/**
 * Asks every workflow about the events in their order, as far as `limits` allow, and about the first whatever it takes, so that
 * each batch gets on. Reads and writes nothing.
 * @returns of the first `events` events, what was answered; the others are to be asked again.
 */
export async function askBatch(
  events: readonly WaitingEvent[],
  candidates: readonly StoredCandidate[],
  context: BatchContext,
  limits = LIMITS,
): Promise<{ readonly asked: readonly Asked[]; readonly events: number; readonly workedMs: number }> {
  const clock = new WorkClock(limits.stretchMs);
  const timeouts = new Map<string, number>();
  const asked: Asked[] = [];
  for (const [index, event] of events.entries()) {
    const facts = factsOf(event.event_type, event.payload);
    const answers: Asked[] = [];
    for (const candidate of candidates) {
      // Half an event can't be kept: its rows and its mark are written together.
      if (index > 0 && clock.workedMs() > limits.batchMs) return { asked, events: index, workedMs: clock.workedMs() };
      const timedOut = timeouts.get(candidate.workflowId) ?? 0;
      const startedAtMs = performance.now();
      let hasCondition = false;
      const answer = askWorkflow({ ...event, facts }, candidate, context, () => {
        hasCondition = true;
        refuseOver(limits, { timedOut, workedMs: clock.workedMs(), workflowMs: performance.now() - startedAtMs });
      });
      if (hasCondition && performance.now() - startedAtMs >= USED_UP_MS)
        timeouts.set(candidate.workflowId, timedOut + 1);
      answers.push(answer);
      await clock.rest();
    }
    for (const answer of answers) asked.push(answer);
  }
  return { asked, events: events.length, workedMs: clock.workedMs() };
}

/** @throws ExpressionError with the reason why a condition is not asked, which the ledger then tells. */
function refuseOver(
  limits: AskLimits,
  { timedOut, workedMs, workflowMs }: { timedOut: number; workedMs: number; workflowMs: number },
): void {
  if (timedOut >= limits.timeoutsMax)
    throw notAsked(
      `conditions of this workflow used up their ${EXPRESSION_MS_MAX} ms at ${timedOut} events of this batch`,
    );
  if (workflowMs >= USED_UP_MS)
    throw notAsked(
      `the workflow's conditions before it used up the ${EXPRESSION_MS_MAX} ms that they have for an event`,
    );
  if (workedMs > limits.eventMs)
    throw notAsked(`the workflows before it took more than ${limits.eventMs} ms for this event`);
}

function notAsked(why: string): ExpressionError {
  return new ExpressionError("if", `it was not asked, because ${why}`, 0);
}

/** Measures work, and gives others a turn after each stretch of it; their time is not counted. */
class WorkClock {
  readonly #stretchMs: number;
  #beforeMs = 0;
  #startedAtMs = performance.now();

  constructor(stretchMs: number) {
    this.#stretchMs = stretchMs;
  }

  workedMs(): number {
    return this.#beforeMs + performance.now() - this.#startedAtMs;
  }

  async rest(): Promise<void> {
    if (performance.now() - this.#startedAtMs < this.#stretchMs) return;
    const stretchMs = performance.now() - this.#startedAtMs;
    this.#beforeMs += stretchMs;
    // One turn of the loop between two slow conditions would leave the others almost nothing: they get as much time again.
    if (stretchMs > LONG_STRETCH_MS) await wait(stretchMs);
    else await nextTurn();
    this.#startedAtMs = performance.now();
  }
}
