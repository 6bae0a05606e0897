import type { Trigger } from "@culprit/contract";
import { Cron } from "croner";

export type ScheduleTrigger = Extract<Trigger, { type: "schedule" }>;

/** A due time that passed less than this ago was not missed. */
export const GRACE_MS = 60_000;
const MISSED_COUNTED_MAX = 1_000;

/**
 * The first time of the schedule after an instant, in its time zone; null where none comes (30 February). A time that a
 * change of the clock leaves out comes right after the gap; one that it repeats comes once, unless the schedule is hourly or finer.
 * @throws where the expression or the time zone is wrong.
 */
export function nextRun({ cron, timezone }: Pick<ScheduleTrigger, "cron" | "timezone">, after: Date): Date | null {
  return cronOf(cron, timezone).nextRun(after);
}

/** The next times after an instant, at most `count`. */
export function nextRuns(trigger: Pick<ScheduleTrigger, "cron" | "timezone">, count: number, after: Date): Date[] {
  return cronOf(trigger.cron, trigger.timezone).nextRuns(count, after);
}

export interface DueRun {
  /** The newest of its times that have come. */
  readonly dueAt: Date;
  /** Times that passed while nothing ran, the newest not counted unless it is missed too; up to 1,000. */
  readonly missed: number;
  /** Whether an execution is to start now. */
  readonly runs: boolean;
  /** When it is due again; null where no time comes any more. */
  readonly nextAt: Date | null;
}

/**
 * What a schedule does that was due at `plannedAt` and is looked at now. Several times that passed are one run at most: the
 * newest where it is on time, or, with `run_once`, one for all that were missed. It is next due after both now and the
 * planned time, so a clock that goes back runs nothing twice.
 */
export function dueRun(trigger: ScheduleTrigger, plannedAt: Date, now: Date): DueRun {
  const cron = cronOf(trigger.cron, trigger.timezone);
  let [dueAt, passed] = [plannedAt, 1];
  const newest = cron.previousRuns(1, new Date(now.getTime() + 1))[0];
  if (newest !== undefined && newest > plannedAt) {
    for (let at: Date | null = plannedAt; passed < MISSED_COUNTED_MAX; passed++) {
      at = cron.nextRun(at);
      if (at === null || at > now) break;
    }
    dueAt = newest;
  }
  const isOnTime = now.getTime() - dueAt.getTime() <= GRACE_MS;
  return {
    dueAt,
    missed: isOnTime ? passed - 1 : passed,
    runs: isOnTime || trigger.missed === "run_once",
    nextAt: cron.nextRun(now > plannedAt ? now : plannedAt),
  };
}

function cronOf(cron: string, timezone: string): Cron {
  return new Cron(cron, { timezone, mode: "5-part", paused: true });
}
