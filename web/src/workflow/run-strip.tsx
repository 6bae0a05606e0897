import type { ExecutionSummary } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { runState } from "../execution/run-state.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { executionWords } from "../lib/run-words.ts";
import { StateMark } from "../ui/state-mark.tsx";

const shownMax = 10;

/** The last executions of a workflow, oldest first, each a sign that leads to it. */
export function RunStrip({ executions }: { readonly executions: readonly ExecutionSummary[] }) {
  const shown = executions.slice(0, shownMax).toReversed();
  if (shown.length === 0) return <span className="max-lg:hidden" />;
  return (
    <ul className="flex gap-0.5" aria-label="Last executions">
      {shown.map((execution) => (
        <li key={execution.id}>
          <Link
            to="/executions/$id"
            params={{ id: execution.id }}
            className="relative z-10 grid size-6 place-items-center rounded hover:bg-line/70"
            title={`${executionWords[execution.status]}, ${formatInstant(execution.started_at)}`}
          >
            <StateMark state={runState(execution)} title={executionWords[execution.status]} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
