import type { DryRun } from "@culprit/contract";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { dryRun } from "../api/trigger-requests.ts";
import { OutcomeMark } from "../ledger/outcome-mark.tsx";
import { SeenValues } from "../ledger/seen-values.tsx";
import { formatInstant } from "../lib/format-instant.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";

const counts = [20, 50, 100, 500];

/** What the text as it stands would have done about the last events, and why not. Nothing is executed. */
export function DryRunSection({ projectId, text }: { readonly projectId: string; readonly text: string }) {
  const [count, setCount] = useState(50);
  const run = useMutation({ mutationFn: () => dryRun(projectId, text, count) });
  return (
    <Section id="dry-run" title="Try it on what happened">
      <p className="mb-3 text-[0.8125rem] text-ink-3">
        The text above, saved or not, is asked about past events. Nothing is run and nothing is sent.
      </p>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <select
          aria-label="How many events"
          className={smallFieldLook}
          value={count}
          onChange={(event) => setCount(Number(event.target.value))}
        >
          {counts.map((value) => (
            <option key={value} value={value}>
              the last {value} events
            </option>
          ))}
        </select>
        <Button disabled={run.isPending} onClick={() => run.mutate()}>
          {run.isPending ? "Trying…" : "Try it"}
        </Button>
      </div>
      {run.error && <FailureNote error={run.error} />}
      {run.data && <DryRunResult result={run.data} />}
    </Section>
  );
}

function DryRunResult({ result }: { readonly result: DryRun }) {
  const concerned = result.results.filter(({ outcome }) => outcome !== "not_concerned");
  return (
    <div className="grid gap-3" role="status">
      <p>
        <strong>{result.would_run}</strong> would have run it, <strong>{result.would_not_run}</strong> would not,{" "}
        {result.not_concerned} did not concern it.
      </p>
      {result.schedules.map((schedule) => (
        <p key={schedule.trigger} className="text-[0.8125rem] text-ink-2">
          <code className="font-mono text-xs">{schedule.cron}</code> ({schedule.timezone}) runs next at{" "}
          {schedule.next.map((at) => formatInstant(at).slice(0, 16)).join(", ")}.
        </p>
      ))}
      {concerned.length > 0 && (
        <ul aria-label="Events" className="overflow-hidden rounded-lg border border-line bg-panel">
          {concerned.map((entry) => (
            <li key={entry.event_id} className="grid gap-1 border-t border-line px-4 py-2.5 first:border-0">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
                <OutcomeMark hasRun={entry.outcome === "would_run"} words={["Would run", "Would not run"]} />
                <span className="font-mono text-xs [overflow-wrap:anywhere]">{entry.event_type}</span>
                <span className="text-xs text-ink-3 [overflow-wrap:anywhere]">{entry.subject}</span>
                <span className="ml-auto text-xs text-ink-3">
                  <Time at={entry.created_at} />
                </span>
              </p>
              <p className="text-[0.8125rem] text-ink-2 [overflow-wrap:anywhere]">{entry.reason}</p>
              {Object.keys(entry.details).length > 0 && (
                <Fold summary="What it saw">
                  <SeenValues details={entry.details} />
                </Fold>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
