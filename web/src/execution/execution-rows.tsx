import type { ExecutionSummary } from "@culprit/contract";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Ref } from "react";
import { type ExecutionFilter, readExecutions } from "../api/execution-requests.ts";
import { formatDuration } from "../lib/format-duration.ts";
import { executionWords, startedByWords } from "../lib/run-words.ts";
import { Button } from "../ui/button.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { Time } from "../ui/time.tsx";
import { isUnfinished, runState } from "./run-state.ts";

interface ExecutionRowsProps {
  readonly filter: ExecutionFilter;
  readonly limit?: number;
  readonly list?: Ref<HTMLUListElement>;
}

/** Executions of a filter, newest first, kept fresh. */
export function ExecutionRows({ filter, limit = 50, list }: ExecutionRowsProps) {
  const executions = useInfiniteQuery({
    queryKey: ["executions", "list", filter, limit],
    queryFn: ({ pageParam, signal }) => readExecutions(filter, pageParam, signal, limit),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 2 ? 20_000 : 3000),
  });
  const items = executions.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div aria-busy={executions.isPlaceholderData}>
      <ReadFailure error={executions.error} hasData={executions.data !== undefined} />
      {executions.isPending && <RowsPending label="Loading executions" count={3} />}
      {executions.data && items.length === 0 && <NothingRan filter={filter} />}
      {items.length > 0 && (
        <ul ref={list} aria-label="Executions" className="overflow-hidden rounded-lg border border-line bg-panel">
          {items.map((execution) => (
            <ExecutionRow key={execution.id} execution={execution} showsWorkflow={filter.workflow === undefined} />
          ))}
        </ul>
      )}
      {executions.hasNextPage && (
        <div className="flex justify-end py-3">
          <Button disabled={executions.isFetchingNextPage} onClick={() => void executions.fetchNextPage()}>
            {executions.isFetchingNextPage ? "Loading…" : "Load more"}
          </Button>
        </div>
      )}
    </div>
  );
}

interface ExecutionRowProps {
  readonly execution: ExecutionSummary;
  readonly showsWorkflow: boolean;
}

function ExecutionRow({ execution, showsWorkflow }: ExecutionRowProps) {
  const state = runState(execution);
  const words = state === "waiting" ? "Waiting" : state === "paused" ? "Paused" : executionWords[execution.status];
  return (
    <li className="border-t border-line first:border-0">
      <Link
        to="/executions/$id"
        params={{ id: execution.id }}
        data-row=""
        className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-2.5 px-4 py-2.5 -outline-offset-2 hover:bg-sunk focus-visible:bg-sunk"
      >
        <StateMark state={state} className="mt-[0.2rem]" />
        <span className="min-w-0">
          <span className="font-semibold [overflow-wrap:anywhere]">
            {showsWorkflow ? execution.workflow_name : words}
          </span>{" "}
          <span className="text-[0.8125rem] text-ink-2">
            {showsWorkflow && `${words.toLowerCase()}, `}started {startedByWords(execution.trigger_type)}
            {execution.parent_execution_id !== null && ", again"}
          </span>
          {execution.incident_title && (
            <span className="line-clamp-1 text-[0.8125rem] text-ink-2 [overflow-wrap:anywhere]">
              {execution.incident_title}
            </span>
          )}
          {execution.error_message && (
            <span className="line-clamp-2 text-[0.8125rem] text-bad [overflow-wrap:anywhere]">
              {execution.error_message}
            </span>
          )}
        </span>
        <span className="text-right text-xs text-ink-2">
          <Time at={execution.started_at} />
          <span className="block text-ink-3">
            {isUnfinished(execution)
              ? "not done"
              : execution.duration_ms === null
                ? ""
                : formatDuration(execution.duration_ms)}
          </span>
        </span>
      </Link>
    </li>
  );
}

function NothingRan({ filter: { workflow, status } }: { readonly filter: ExecutionFilter }) {
  if (status !== undefined) return <EmptyNote>No execution is in this state.</EmptyNote>;
  return (
    <EmptyNote>
      <p className="font-semibold text-ink">Nothing has run yet.</p>
      <p className="mx-auto mt-1 max-w-[60ch]">
        {workflow === undefined ? (
          <>
            The built-in workflows run when an incident opens or a deployment is reported. Any of them can be run by
            hand, from{" "}
            <Link to="/workflows" className="link text-ink">
              its page
            </Link>
            .
          </>
        ) : (
          "It runs when one of its triggers fires, or by hand."
        )}
      </p>
    </EmptyNote>
  );
}
