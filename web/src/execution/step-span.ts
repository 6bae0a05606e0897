import type { ExecutionStep } from "@culprit/contract";

/** What a row of the timeline is drawn from. */
export type TimelineStep = Pick<
  ExecutionStep,
  | "path"
  | "action_type"
  | "action_name"
  | "status"
  | "attempt"
  | "reason"
  | "wake_at"
  | "started_at"
  | "finished_at"
  | "duration_ms"
>;

export interface Span {
  /** Where it begins and how long it is, in percent of the whole. */
  readonly left: number;
  readonly width: number;
  /** How much of it was work, in percent of itself; the rest was waiting. */
  readonly worked: number;
}

const unfinished: readonly string[] = ["running", "waiting", "retrying"];

/** The length in ms from a step's beginning to its end, or to now. */
export function stepLengthMs(step: TimelineStep, nowMs: number): number {
  const end = step.finished_at
    ? Date.parse(step.finished_at)
    : unfinished.includes(step.status)
      ? nowMs
      : Date.parse(step.started_at);
  return Math.max(0, end - Date.parse(step.started_at), step.duration_ms ?? 0);
}

/** Where a step's bar stands between the first and the last instant of the execution. */
export function stepSpan(step: TimelineStep, firstMs: number, lastMs: number, nowMs: number): Span {
  const whole = Math.max(1, lastMs - firstMs);
  const length = stepLengthMs(step, nowMs);
  const left = Math.min(100, Math.max(0, ((Date.parse(step.started_at) - firstMs) / whole) * 100));
  const width = Math.min(100 - left, (length / whole) * 100);
  return { left, width, worked: length === 0 ? 100 : workedPercent(step, length) };
}

/** Kinds of steps that only wait. */
const waitingKinds: readonly string[] = ["approval", "delay"];

function workedPercent(step: TimelineStep, length: number): number {
  if (waitingKinds.includes(step.action_type)) return 0;
  if (step.status === "waiting" || step.status === "retrying") return 0;
  if (step.duration_ms === null) return 100;
  // A rest that is no longer than a checkpoint is no waiting.
  return length - step.duration_ms < 50 ? 100 : Math.min(100, (step.duration_ms / length) * 100);
}

/** From the first beginning to the last end, or to now while it runs. */
export function timelineRange(
  steps: readonly TimelineStep[],
  startedAt: string,
  completedAt: string | null,
  nowMs: number,
): readonly [number, number] {
  const starts = steps.map(({ started_at }) => Date.parse(started_at));
  const ends = steps.map((step) => Date.parse(step.started_at) + stepLengthMs(step, nowMs));
  const first = Math.min(Date.parse(startedAt), ...starts);
  return [first, Math.max(first, ...ends, completedAt ? Date.parse(completedAt) : nowMs)];
}

/** How deep a step lies in others: `each[2].notify` lies one deep. */
export function stepDepth({ path }: Pick<TimelineStep, "path">): number {
  return path.split(".").length - 1;
}

/** The place in a loop, from 1, for a step that lies in one; null for others. */
export function loopPlace({ path }: Pick<TimelineStep, "path">): number | null {
  const places = [...path.matchAll(/\[(\d+)\]/g)].at(-1)?.[1];
  return places === undefined ? null : Number(places) + 1;
}
