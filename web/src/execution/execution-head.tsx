import type { ExecutionDetail } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatDuration } from "../lib/format-duration.ts";
import { executionWords, startedByWords } from "../lib/run-words.ts";
import { isStoppedByHandsOff } from "../lib/skip-words.ts";
import { StateMark } from "../ui/state-mark.tsx";
import { Time } from "../ui/time.tsx";
import { useNow } from "../ui/use-now.ts";
import { isUnfinished, runState } from "./run-state.ts";
import { SteerButtons } from "./steer-buttons.tsx";
import { StoppedMark } from "./stopped-mark.tsx";

/** What runs or ran, how it stands, what started it, and what can be done about it. */
export function ExecutionHead({ execution }: { readonly execution: ExecutionDetail }) {
  const now = useNow();
  const state = runState(execution);
  const words =
    state === "paused" ? "Paused" : state === "waiting" ? "Running, waiting" : executionWords[execution.status];
  const totalMs = execution.duration_ms ?? Math.max(0, now - Date.parse(execution.started_at));
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-[76ch]">
        <h1 className="text-xl font-semibold tracking-tight [overflow-wrap:anywhere]">
          <Link to="/workflows/$id" params={{ id: execution.workflow_id }} className="hover:underline">
            {execution.workflow_name}
          </Link>
        </h1>
        <p role="status" className="mt-1 flex flex-wrap items-center gap-2 font-semibold">
          <StateMark state={state} className="size-4" />
          {words}
          {execution.steps.some(isStoppedByHandsOff) && <StoppedMark />}
        </p>
        {execution.error_message && <p className="mt-1 text-bad [overflow-wrap:anywhere]">{execution.error_message}</p>}
        <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2">
          <Fact name="Started">
            <Time at={execution.started_at} /> {startedByWords(execution.trigger_type)}
          </Fact>
          <Fact name={isUnfinished(execution) ? "Until now" : "Took"}>{formatDuration(totalMs)}</Fact>
          <Fact name="Of it worked">{formatDuration(execution.active_ms)}</Fact>
          {execution.retry_count > 0 && <Fact name="Retries">{execution.retry_count}</Fact>}
          {execution.incident_id && (
            <Fact name="Incident">
              <Link
                to="/incidents/$id"
                params={{ id: execution.incident_id }}
                className="link [overflow-wrap:anywhere]"
              >
                {execution.incident_title ?? execution.incident_id}
              </Link>
            </Fact>
          )}
        </dl>
      </div>
      <SteerButtons execution={execution} />
    </header>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
