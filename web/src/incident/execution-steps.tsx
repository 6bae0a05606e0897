import type { IncidentDetail } from "@culprit/contract";
import { formatDuration } from "../lib/format-duration.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { cx } from "../ui/cx.ts";
import { Section } from "../ui/section.tsx";

type Execution = NonNullable<IncidentDetail["execution"]>;

const statusWords: Record<Execution["status"], string> = {
  pending: "waits to run",
  running: "running",
  completed: "completed",
  failed: "failed",
  timeout: "ran out of time",
  cancelled: "cancelled",
};

/** What Culprit did for this incident, step by step, live while it runs. */
export function ExecutionSteps({ execution }: { readonly execution: IncidentDetail["execution"] }) {
  const startMs = Date.parse(execution?.steps[0]?.at ?? "");
  const isLive = execution?.status === "running" || execution?.status === "pending";
  return (
    <Section id="steps" title="What Culprit did" aside={execution ? statusWords[execution.status] : "nothing yet"}>
      {execution && (
        <ol className="relative grid gap-2.5 text-[0.8125rem]" aria-live={isLive ? "polite" : "off"}>
          {execution.steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the log only grows at its end
            <li key={index} className="relative grid grid-cols-[0.75rem_minmax(0,1fr)] gap-x-2.5">
              <span
                aria-hidden="true"
                className={cx(
                  "mt-[0.4rem] size-1.5 justify-self-center rounded-full",
                  step.level === "error" ? "bg-bad" : step.level === "warn" ? "bg-warn" : "bg-ink-2",
                )}
              />
              {index < execution.steps.length - 1 && (
                <span aria-hidden="true" className="absolute top-4 -bottom-2 left-[0.34rem] w-px bg-line" />
              )}
              <span className="min-w-0">
                <span className="flex items-baseline gap-2">
                  <span className="min-w-0 flex-1 font-medium [overflow-wrap:anywhere]">{step.step ?? step.level}</span>
                  <time
                    dateTime={step.at}
                    title={formatInstant(step.at)}
                    className="text-2xs whitespace-nowrap text-ink-3"
                  >
                    +{formatDuration(Math.max(0, Date.parse(step.at) - startMs))}
                  </time>
                </span>
                <span
                  className={cx("block [overflow-wrap:anywhere]", step.level === "error" ? "text-bad" : "text-ink-2")}
                >
                  {step.message}
                </span>
              </span>
            </li>
          ))}
          {isLive && (
            <li className="grid grid-cols-[0.75rem_minmax(0,1fr)] gap-x-2.5 text-ink-3">
              <span
                aria-hidden="true"
                className="mt-[0.4rem] size-1.5 animate-breathe justify-self-center rounded-full bg-ink"
              />
              working
            </li>
          )}
        </ol>
      )}
      {execution?.error_message && (
        <p className="mt-3 text-[0.8125rem] text-bad [overflow-wrap:anywhere]">{execution.error_message}</p>
      )}
    </Section>
  );
}
