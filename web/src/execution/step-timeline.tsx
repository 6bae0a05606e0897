import type { ReactNode } from "react";
import { formatDuration } from "../lib/format-duration.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { stepWords } from "../lib/run-words.ts";
import { isSkippedByCondition } from "../lib/skip-words.ts";
import { cx } from "../ui/cx.ts";
import { Chevron } from "../ui/icons.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { Time } from "../ui/time.tsx";
import { useNow } from "../ui/use-now.ts";
import { loopPlace, stepDepth, stepLengthMs, stepSpan, type TimelineStep, timelineRange } from "./step-span.ts";

interface StepTimelineProps<Step extends TimelineStep> {
  readonly steps: readonly Step[];
  readonly startedAt: string;
  readonly completedAt: string | null;
  /** What opens under a step; steps without anything don't open. */
  readonly details?: (step: Step) => ReactNode;
  /** What is always seen under a step. */
  readonly note?: (step: Step) => ReactNode;
  /** Says in plain words that a condition did not hold; the note has the whole of it. */
  readonly isPlain?: boolean;
}

const bars: Readonly<Record<string, string>> = {
  failed: "bg-bad",
  unknown: "bg-bad",
  cancelled: "bg-edge",
  skipped: "bg-edge",
};

/** An execution step by step: how each stands, and when it worked and waited, as bars over one time. Live while it runs. */
export function StepTimeline<Step extends TimelineStep>({
  steps,
  startedAt,
  completedAt,
  details,
  note,
  isPlain = false,
}: StepTimelineProps<Step>) {
  const now = useNow();
  const [firstMs, lastMs] = timelineRange(steps, startedAt, completedAt, now);
  return (
    <div className="@container">
      <ol aria-label="Steps" aria-live={completedAt === null ? "polite" : "off"} className="text-[0.8125rem]">
        {steps.map((step) => {
          const row = (
            <StepRow
              step={step}
              span={stepSpan(step, firstMs, lastMs, now)}
              now={now}
              canOpen={details !== undefined}
              isPlain={isPlain}
            />
          );
          const content = details?.(step);
          return (
            <li key={step.path} className="border-t border-line first:border-0" data-path={step.path}>
              {content ? (
                <details open={step.status === "unknown"}>
                  <summary className="hover:bg-sunk">{row}</summary>
                  <div className="px-3 pb-4 @md:pl-9">{content}</div>
                </details>
              ) : (
                row
              )}
              {note?.(step)}
            </li>
          );
        })}
      </ol>
      {steps.length > 1 && (
        <p className="flex justify-end gap-4 px-3 py-1.5 text-2xs text-ink-3 max-sm:flex-wrap" aria-hidden="true">
          <span className="inline-flex items-center gap-1.5">
            <span className="h-1.5 w-5 rounded-full bg-ink-2" /> worked
          </span>
          <span className="inline-flex items-center gap-1.5">
            <span className="waiting-bar h-1.5 w-5 rounded-full" /> waited
          </span>
          <span>{formatDuration(lastMs - firstMs)} in all</span>
        </p>
      )}
    </div>
  );
}

interface StepRowProps {
  readonly step: TimelineStep;
  readonly span: ReturnType<typeof stepSpan>;
  readonly now: number;
  readonly canOpen: boolean;
  readonly isPlain: boolean;
}

function StepRow({ step, span, now, canOpen, isPlain }: StepRowProps) {
  const place = loopPlace(step);
  const reason = isPlain && isSkippedByCondition(step) ? "its condition did not hold" : step.reason;
  const isLoud = step.status === "failed" || step.status === "unknown";
  return (
    <div className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-2 gap-y-1 px-3 py-2 @2xl:grid-cols-[1rem_minmax(0,17rem)_minmax(0,1fr)_5.500rem]">
      <StateMark state={step.status} className="mt-[0.2rem]" />
      <span className="min-w-0" style={{ paddingLeft: `${Math.min(4, stepDepth(step)) * 0.9}rem` }}>
        <span className="flex items-baseline gap-1.5">
          <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{step.action_name}</span>
          {place !== null && <span className="text-2xs text-ink-3">#{place}</span>}
          {step.attempt > 1 && <span className="text-2xs whitespace-nowrap text-warn">try {step.attempt}</span>}
          {canOpen && (
            <span className="ml-auto text-ink-3">
              <Chevron className="size-3" />
            </span>
          )}
        </span>
        <span className={cx("block text-xs [overflow-wrap:anywhere]", isLoud ? "text-bad" : "text-ink-2")}>
          <span className={cx(step.status === "completed" && "sr-only")}>{stepWords[step.status]}</span>
          {reason && (
            <>
              <span className={cx(step.status === "completed" && "sr-only")}>
                {reason === step.reason ? ": " : ", because "}
              </span>
              <span title={reason === step.reason ? undefined : (step.reason ?? undefined)}>{reason}</span>
            </>
          )}
          {step.wake_at && step.status !== "completed" && (
            <>
              {" "}
              (goes on <Time at={step.wake_at} />)
            </>
          )}
        </span>
      </span>
      <span
        className="text-right text-2xs whitespace-nowrap text-ink-3 @2xl:order-last @2xl:pt-0.5"
        title={`began ${formatInstant(step.started_at)}`}
      >
        {step.status === "skipped"
          ? "—"
          : formatDuration(
              step.duration_ms !== null && span.worked === 100 ? step.duration_ms : stepLengthMs(step, now),
            )}
      </span>
      <span
        className="relative mt-1.5 h-1.5 min-w-0 rounded-full bg-line/60 @max-2xl:col-start-2 @max-2xl:col-end-4"
        aria-hidden="true"
      >
        <span
          className={cx("absolute inset-y-0 min-w-1 rounded-full", span.worked < 100 ? "waiting-bar" : "")}
          style={{ left: `min(${span.left}%, calc(100% - 0.25rem))`, width: `${span.width}%` }}
        >
          <span
            className={cx("block h-full rounded-full", bars[step.status] ?? "bg-ink-2", span.worked > 0 && "min-w-1")}
            style={{ width: `${span.worked}%` }}
          />
        </span>
      </span>
    </div>
  );
}
