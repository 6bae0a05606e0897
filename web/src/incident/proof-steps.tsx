import type { ProofProgress } from "@culprit/contract";
import { formatDuration } from "../lib/format-duration.ts";
import { CheckIcon, Chevron, CrossIcon, DashIcon } from "../ui/icons.tsx";
import { LogText } from "../ui/log-text.tsx";
import { StateMark } from "../ui/state-mark.tsx";

/** A step that ended, or one that runs since `at`. */
type Step = ProofProgress["proof_step"] & { readonly at?: string };

interface ProofStepsProps {
  readonly steps: readonly Step[];
  /** For how long those that run have run. */
  readonly nowMs?: number;
}

/** The steps of a proof, each opening to its command and log. */
export function ProofSteps({ steps, nowMs = 0 }: ProofStepsProps) {
  return (
    <ol aria-label="Steps of the proof" className="overflow-hidden rounded-lg border border-line bg-panel">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps keep their order, and a name may recur
        <li key={index} className="border-t border-line first:border-0">
          <ProofStep step={step} nowMs={nowMs} />
        </li>
      ))}
    </ol>
  );
}

const marks = {
  running: <StateMark state="running" />,
  passed: <CheckIcon className="text-good" />,
  failed: <CrossIcon className="text-bad" />,
  skipped: <DashIcon className="text-ink-3" />,
} as const;

function ProofStep({ step, nowMs }: { readonly step: Step; readonly nowMs: number }) {
  const isRunning = step.outcome === "running";
  const runsForS = Math.max(0, Math.floor((nowMs - Date.parse(step.at ?? "")) / 1000)) || 0;
  return (
    <details>
      <summary className="grid grid-cols-[0.875rem_0.875rem_minmax(0,1fr)_auto] items-center gap-x-2.5 px-3 py-2 -outline-offset-2 hover:bg-sunk">
        <Chevron className="text-ink-3" />
        <span title={step.outcome}>
          {marks[step.outcome]}
          <span className="sr-only">{step.outcome}</span>
        </span>
        <span className="min-w-0">
          <span className="font-medium">{step.name}</span>{" "}
          <span className="block truncate font-mono text-xs text-ink-3 sm:ml-1 sm:inline">{step.command}</span>
        </span>
        <span className="flex flex-col text-right text-xs text-ink-2 sm:flex-row sm:gap-4">
          {step.exit_code !== null && <span>exit {step.exit_code}</span>}
          <span className="sm:w-14">{isRunning ? `${runsForS} s` : formatDuration(step.duration_ms)}</span>
        </span>
      </summary>
      <div className="grid gap-2 px-3 pb-3">
        {step.command !== "" && (
          <p className="font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">$ {step.command}</p>
        )}
        {isRunning ? (
          <p className="text-xs text-ink-3">It still runs. Its log is here once it has ended.</p>
        ) : (
          <LogText text={step.log} label={`Log of ${step.name}`} />
        )}
      </div>
    </details>
  );
}
