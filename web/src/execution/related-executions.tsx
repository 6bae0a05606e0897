import type { ExecutionDetail } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { executionWords } from "../lib/run-words.ts";
import { Section } from "../ui/section.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { Time } from "../ui/time.tsx";
import { runState } from "./run-state.ts";

/** What this execution repeats, who called it, and what it called. */
export function RelatedExecutions({ execution }: { readonly execution: ExecutionDetail }) {
  const { parent_execution_id: parent, caller_execution_id: caller, caller_step: step, children } = execution;
  if (parent === null && caller === null && children.length === 0) return null;
  return (
    <Section id="related" title="Belongs to it">
      <ul className="grid gap-1.5 text-[0.8125rem]">
        {parent !== null && (
          <li>
            It repeats{" "}
            <Link to="/executions/$id" params={{ id: parent }} className="link">
              an earlier one
            </Link>
            .
          </li>
        )}
        {caller !== null && (
          <li>
            Called by{" "}
            <Link to="/executions/$id" params={{ id: caller }} className="link">
              another execution
            </Link>
            {step && (
              <>
                , step <code className="font-mono text-xs">{step}</code>
              </>
            )}
            .
          </li>
        )}
        {children.map((child) => (
          <li key={child.id} className="flex items-center gap-2">
            <StateMark state={runState(child)} title={executionWords[child.status]} />
            <Link to="/executions/$id" params={{ id: child.id }} className="link min-w-0 truncate">
              {child.workflow_name}
            </Link>
            <span className="text-xs text-ink-3">
              {child.parent_execution_id === execution.id ? "a retry" : "called"}, <Time at={child.started_at} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
