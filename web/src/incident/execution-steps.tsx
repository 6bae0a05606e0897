import type { IncidentDetail } from "@culprit/contract";
import { formatDuration } from "../lib/format-duration.ts";
import { formatClock, formatInstant } from "../lib/format-instant.ts";
import { groupSteps } from "../lib/group-steps.ts";
import { asSentence } from "../lib/mark-commits.ts";
import { cx } from "../ui/cx.ts";
import { MarkedText } from "../ui/marked-text.tsx";
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

const dots = { info: "bg-ink-2", warn: "bg-warn", error: "bg-bad" } as const;
const texts = { info: "text-ink-2", warn: "text-ink-2", error: "text-bad" } as const;

/** What Culprit did for this incident, step by step, live while it runs. */
export function ExecutionSteps({ execution }: { readonly execution: IncidentDetail["execution"] }) {
  const groups = groupSteps(execution?.log ?? []);
  const isLive = execution?.status === "running" || execution?.status === "pending";
  return (
    <Section id="steps" title="What Culprit did" aside={execution ? statusWords[execution.status] : "nothing yet"}>
      {execution && (
        <ol className="relative grid gap-2.5 text-[0.8125rem]" aria-live={isLive ? "polite" : "off"}>
          {groups.map((group, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the log only grows at its end
            <li key={index} className="relative grid grid-cols-[0.75rem_minmax(0,1fr)] gap-x-2.5">
              <span
                aria-hidden="true"
                className={cx("mt-[0.4rem] size-1.5 justify-self-center rounded-full", dots[group.level])}
              />
              {index < groups.length - 1 && (
                <span aria-hidden="true" className="absolute top-4 -bottom-2 left-[0.34rem] w-px bg-line" />
              )}
              <span className="min-w-0">
                <span className="flex items-baseline gap-2">
                  <span className="min-w-0 flex-1 font-medium [overflow-wrap:anywhere] first-letter:uppercase">
                    {group.name.replaceAll("_", " ")}
                  </span>
                  <time
                    dateTime={group.at}
                    title={formatInstant(group.at)}
                    className="text-2xs whitespace-nowrap text-ink-3"
                  >
                    {group.durationMs === null ? formatClock(group.at) : formatDuration(group.durationMs)}
                  </time>
                </span>
                {group.messages.map((message, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the log only grows at its end
                  <span key={place} className={cx("block [overflow-wrap:anywhere]", texts[group.level])}>
                    <MarkedText text={asSentence(message)} sha={null} />
                  </span>
                ))}
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
