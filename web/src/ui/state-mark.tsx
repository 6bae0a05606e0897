import type { ExecutionStatus, StepStatus } from "@culprit/contract";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export type RunState = ExecutionStatus | StepStatus | "paused";

/** Colour and shape together, so that neither is needed to read it. */
const looks: Record<RunState, { readonly colour: string; readonly shape: ReactNode }> = {
  pending: { colour: "text-ink-3", shape: <circle cx="8" cy="8" r="5.2" strokeDasharray="2 2.4" /> },
  running: { colour: "text-ink", shape: <circle cx="8" cy="8" r="5.2" fill="currentColor" /> },
  waiting: { colour: "text-warn", shape: <path d="M4.500 2.500h7L8 8l3.500 5.500h-7L8 8Z" /> },
  paused: { colour: "text-warn", shape: <path d="M5.500 3.500v9M10.500 3.500v9" strokeWidth="2.600" /> },
  retrying: { colour: "text-warn", shape: <path d="M13 8a5 5 0 1 1-1.500-3.600M13 2.500v3h-3" /> },
  completed: { colour: "text-good", shape: <path d="m2.800 8.500 3.500 3.500L13.200 4.500" strokeWidth="2" /> },
  failed: { colour: "text-bad", shape: <path d="m3.800 3.800 8.400 8.400m0-8.400-8.400 8.400" strokeWidth="2" /> },
  timeout: {
    colour: "text-bad",
    shape: (
      <>
        <circle cx="8" cy="8" r="5.600" />
        <path d="M8 4.800V8l2.200 1.600" />
      </>
    ),
  },
  cancelled: {
    colour: "text-ink-3",
    shape: (
      <>
        <circle cx="8" cy="8" r="5.600" />
        <path d="m4.100 11.900 7.800-7.800" />
      </>
    ),
  },
  skipped: { colour: "text-ink-3", shape: <path d="M3 8h10" strokeDasharray="2 2.600" strokeWidth="2" /> },
  unknown: {
    colour: "text-bad",
    shape: (
      <>
        <path d="M8 1.800 14.800 13.800H1.200Z" fill="currentColor" />
        <path d="M8 6.300v3.200M8 11.800v.1" className="stroke-panel" />
      </>
    ),
  },
};

interface StateMarkProps {
  readonly state: RunState;
  readonly title?: string | undefined;
  readonly className?: string;
}

/** How an execution or a step stands, as a small sign. Decorative: the words stand beside it, or `title` says them. */
export function StateMark({ state, title, className }: StateMarkProps) {
  const { colour, shape } = looks[state];
  return (
    <>
      <svg
        viewBox="0 0 16 16"
        className={cx("size-3.5 shrink-0", colour, state === "running" && "animate-breathe", className)}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.600"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {shape}
      </svg>
      {title !== undefined && <span className="sr-only">{title}</span>}
    </>
  );
}
