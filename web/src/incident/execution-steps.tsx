import type { IncidentDetail } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { StepTimeline } from "../execution/step-timeline.tsx";
import { StoppedMark } from "../execution/stopped-mark.tsx";
import { asSentence } from "../lib/mark-commits.ts";
import { executionWords } from "../lib/run-words.ts";
import { saysTheSame } from "../lib/same-words.ts";
import { isSkippedByCondition, isStoppedByHandsOff } from "../lib/skip-words.ts";
import { cx } from "../ui/cx.ts";
import { Fold } from "../ui/fold.tsx";
import { MarkedText } from "../ui/marked-text.tsx";
import { Section } from "../ui/section.tsx";

type Execution = NonNullable<IncidentDetail["execution"]>;
type Line = Execution["log"][number];

/** What Culprit did for this incident, step by step, live while it runs; the whole of it is the execution's own page. */
export function ExecutionSteps({ incident }: { readonly incident: IncidentDetail }) {
  const { execution, verdict_summary: verdict } = incident;
  if (!execution)
    return (
      <Section id="steps" title="What Culprit did" aside="nothing yet">
        {null}
      </Section>
    );
  const { steps, log, status } = execution;
  const isLive = status === "running" || status === "pending";
  const first = steps[0];
  const last = steps.at(-1);
  // The verdict stands on top of the page already.
  const isNews = ({ message }: Line) => verdict === null || !saysTheSame(message, verdict);
  const byStep = Map.groupBy(
    log.filter((line) => isWorthSaying(line) && isNews(line)),
    ({ step }) => step,
  );
  return (
    <Section
      id="steps"
      title="What Culprit did"
      aside={
        <>
          {executionWords[status].toLowerCase()}
          {steps.some(isStoppedByHandsOff) && <StoppedMark />}
          <Link to="/executions/$id" params={{ id: execution.id }} className="link ml-auto">
            All of it
          </Link>
        </>
      }
    >
      {first ? (
        <div className="overflow-hidden rounded-lg border border-line bg-panel">
          <StepTimeline
            steps={steps}
            startedAt={first.started_at}
            completedAt={isLive ? null : (last?.finished_at ?? last?.started_at ?? first.started_at)}
            isPlain
            note={(step) => (
              <>
                <Lines lines={byStep.get(step.path)?.filter(({ message }) => message !== step.reason) ?? []} />
                {isSkippedByCondition(step) && (
                  <div className="-mt-1 pr-3 pb-2 pl-9">
                    <Fold summary={<span className="text-xs">The condition</span>}>
                      <p className="text-xs text-ink-2 [overflow-wrap:anywhere]">{step.reason}</p>
                    </Fold>
                  </div>
                )}
              </>
            )}
          />
        </div>
      ) : (
        <p className="text-[0.8125rem] text-ink-3">{isLive ? "It has not begun yet." : "No step was begun."}</p>
      )}
      {execution.error_message && (
        <p className="mt-3 text-[0.8125rem] text-bad [overflow-wrap:anywhere]">{execution.error_message}</p>
      )}
    </Section>
  );
}

const bare = new Set(["started", "finished"]);
const looks: Readonly<Record<string, string>> = { ERROR: "text-bad", CRITICAL: "text-bad", WARNING: "text-warn" };

function isWorthSaying({ message, level }: Line): boolean {
  return level !== "DEBUG" && !bare.has(message);
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  if (lines.length === 0) return null;
  return (
    <div className="-mt-1 pr-3 pb-2 pl-9 text-xs">
      {lines.map(({ at, level, message }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the log only grows at its end
        <p key={`${at} ${index}`} className={cx("[overflow-wrap:anywhere]", looks[level] ?? "text-ink-2")}>
          <MarkedText text={asSentence(message)} sha={null} />
        </p>
      ))}
    </div>
  );
}
