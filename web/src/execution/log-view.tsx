import { type ExecutionLog, logLevels, proofProgressSchema } from "@culprit/contract";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { linesMax, readLogs } from "../api/execution-requests.ts";
import { formatClock, formatInstant } from "../lib/format-instant.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Fold } from "../ui/fold.tsx";
import { LogText } from "../ui/log-text.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { Section } from "../ui/section.tsx";
import { useDebounced } from "../ui/use-debounced.ts";

const looks: Record<ExecutionLog["level"], string> = {
  DEBUG: "text-ink-3",
  INFO: "",
  WARNING: "text-warn",
  ERROR: "text-bad",
  CRITICAL: "font-semibold text-bad",
};

interface LogViewProps {
  readonly executionId: string;
  readonly steps: readonly string[];
  readonly isLive: boolean;
}

/** The log of an execution, searched by words, level and step, read on while it runs. */
export function LogView({ executionId, steps, isLive }: LogViewProps) {
  const [words, setWords] = useState("");
  const [level, setLevel] = useState("");
  const [step, setStep] = useState("");
  const q = useDebounced(words.trim(), 300);
  const logs = useInfiniteQuery({
    queryKey: ["execution", executionId, "logs", q, level, step, isLive],
    queryFn: ({ pageParam, signal }) =>
      readLogs(
        executionId,
        { q: q || undefined, level: level || undefined, step: step || undefined },
        pageParam,
        signal,
      ),
    initialPageParam: null as string | null,
    // A log has a cursor behind its last line too, for whoever follows it.
    getNextPageParam: (page) => (page.items.length < linesMax ? null : page.next_cursor),
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? 1500 : false,
  });
  const lines = logs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      id="logs"
      title="Log"
      aside={
        <div className="flex w-full flex-wrap gap-2 sm:ml-auto sm:w-auto">
          <input
            type="search"
            aria-label="Words in the log"
            placeholder="words"
            className={`${smallFieldLook} w-40 flex-1`}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          <select
            aria-label="Level"
            className={smallFieldLook}
            value={level}
            onChange={(event) => setLevel(event.target.value)}
          >
            <option value="">All levels</option>
            {logLevels.map((one) => (
              <option key={one} value={one}>
                {one.charAt(0) + one.slice(1).toLowerCase()}
              </option>
            ))}
          </select>
          <select
            aria-label="Step"
            className={`${smallFieldLook} max-w-40`}
            value={step}
            onChange={(event) => setStep(event.target.value)}
          >
            <option value="">All steps</option>
            {steps.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </div>
      }
    >
      {logs.error && <FailureNote error={logs.error} />}
      <ScrollBox label="Log lines" className="max-h-[32rem] overflow-auto rounded-lg border border-line bg-sunk">
        {lines.length === 0 ? (
          <p className="px-4 py-6 text-center text-[0.8125rem] text-ink-3">
            {logs.isPending ? "Reading…" : q || level || step ? "No line matches." : "Nothing is logged yet."}
          </p>
        ) : (
          <ol className="py-1.5 font-mono text-xs leading-5">
            {lines.map((line) => (
              <LogLine key={line.id} line={line} />
            ))}
          </ol>
        )}
      </ScrollBox>
      {logs.hasNextPage && (
        <div className="mt-2 flex justify-end">
          <Button disabled={logs.isFetchingNextPage} onClick={() => void logs.fetchNextPage()}>
            {logs.isFetchingNextPage ? "Loading…" : "Load more lines"}
          </Button>
        </div>
      )}
    </Section>
  );
}

function LogLine({ line }: { readonly line: ExecutionLog }) {
  // What a step of a proof printed is long: it is opened where it is wanted.
  const step = proofProgressSchema.safeParse(line.metadata).data?.proof_step;
  const metadata =
    step !== undefined || line.metadata === null || line.metadata === undefined ? "" : JSON.stringify(line.metadata);
  return (
    <li className="grid gap-x-3 px-3 sm:grid-cols-[4.5rem_3.6rem_8rem_minmax(0,1fr)]">
      <span className="flex min-w-0 gap-x-2.5 max-sm:mt-1 max-sm:text-2xs sm:contents">
        <time dateTime={line.at} title={formatInstant(line.at)} className="text-ink-3">
          {formatClock(line.at)}
        </time>
        <span className={looks[line.level]}>{line.level === "WARNING" ? "WARN" : line.level.slice(0, 5)}</span>
        <span className="min-w-0 truncate text-ink-3" title={line.step ?? undefined}>
          {line.step}
        </span>
      </span>
      <span className={cx("whitespace-pre-wrap [overflow-wrap:anywhere]", looks[line.level])}>
        {line.message}
        {metadata !== "" && metadata !== "{}" && <span className="text-ink-3"> {metadata}</span>}
        {step !== undefined && step.log !== "" && (
          <Fold summary="What it printed">
            <LogText text={step.log} label={`Log of ${step.name}`} />
          </Fold>
        )}
      </span>
    </li>
  );
}
