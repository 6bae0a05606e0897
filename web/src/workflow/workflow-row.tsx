import type { ExecutionSummary, WorkflowSummary } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { readExecutions } from "../api/execution-requests.ts";
import { formatDuration } from "../lib/format-duration.ts";
import { workflowStatusWords } from "../lib/run-words.ts";
import { Tag } from "../ui/chips.tsx";
import { cx } from "../ui/cx.ts";
import { Time } from "../ui/time.tsx";
import { RunStrip } from "./run-strip.tsx";
import { triggerTypeWords } from "./trigger-words.ts";

const dots = {
  active: "bg-good",
  inactive: "border border-edge",
  archived: "border border-edge",
  draft: "border border-dashed border-edge",
} as const;

interface WorkflowRowProps {
  readonly workflow: WorkflowSummary;
  readonly projectId: string;
  /** Its executions among the newest of the project; undefined until they are read. */
  readonly executions: readonly ExecutionSummary[] | undefined;
}

/** One workflow of the list; its name is a link over the whole row. */
export const WorkflowRow = memo(function WorkflowRow({ workflow, projectId, executions }: WorkflowRowProps) {
  const { stats } = workflow;
  // Beside a busy workflow a quiet one is not among the newest: then its own are asked for.
  const isQuiet = executions?.length === 0 && stats.total_executions > 0;
  const own = useQuery({
    queryKey: ["executions", "strip", projectId, workflow.id],
    queryFn: ({ signal }) => readExecutions({ project: projectId, workflow: workflow.id }, null, signal, 10),
    enabled: isQuiet,
    refetchInterval: 60_000,
  });
  return (
    <li className="relative grid gap-x-4 gap-y-1.5 border-t border-line px-4 py-3 first:border-0 hover:bg-sunk lg:grid-cols-[minmax(0,1fr)_15.5rem_9.5rem_7rem]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            to="/workflows/$id"
            params={{ id: workflow.id }}
            data-row=""
            className="font-semibold [overflow-wrap:anywhere] after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink"
          >
            {workflow.name}
          </Link>
          {workflow.is_protected && (
            <Tag title="Part of Culprit. It can't be damaged: saving makes a copy that runs in its place.">
              Built in
            </Tag>
          )}
          {workflow.copied_from !== null && (
            <Tag title="Your edited copy of a built-in workflow; it runs in its place.">Your copy</Tag>
          )}
          {workflow.has_upgrade && (
            <Tag title="The built-in workflow has moved on since it was copied.">Upgrade to look at</Tag>
          )}
          {workflow.source === "repository" && (
            <Tag title={workflow.source_path ?? "Kept in the repository"}>Repository</Tag>
          )}
        </p>
        {workflow.description && (
          <p className="mt-0.5 line-clamp-2 text-[0.8125rem] text-ink-2 [overflow-wrap:anywhere]">
            {workflow.description}
          </p>
        )}
        <p className="mt-0.5 text-xs text-ink-3">
          {workflow.step_count} {workflow.step_count === 1 ? "step" : "steps"}, started by{" "}
          {triggerTypeWords(workflow.trigger_types)}
        </p>
      </div>
      <RunStrip executions={(isQuiet ? own.data?.items : executions) ?? []} />
      <p className="text-xs text-ink-2 max-lg:col-start-1 lg:pt-1">
        {stats.total_executions === 0 ? (
          <span className="text-ink-3">has not run in 30 days</span>
        ) : (
          <>
            {stats.total_executions.toLocaleString("en")} in 30 days
            {stats.failed_executions > 0 && (
              <span className="text-bad">, {stats.failed_executions.toLocaleString("en")} failed</span>
            )}
            {stats.avg_duration_seconds !== null && (
              <span className="block text-ink-3">about {formatDuration(stats.avg_duration_seconds * 1000)} each</span>
            )}
          </>
        )}
      </p>
      <p className="flex gap-x-3 text-xs text-ink-2 lg:block lg:pt-1 lg:text-right">
        <span className="inline-flex items-center gap-1.5">
          <span className={cx("size-1.5 rounded-full", dots[workflow.status])} aria-hidden="true" />
          {workflowStatusWords[workflow.status]}
        </span>
        {stats.last_execution_at && (
          <span className="text-ink-3 lg:block">
            <Time at={stats.last_execution_at} />
          </span>
        )}
      </p>
    </li>
  );
});
