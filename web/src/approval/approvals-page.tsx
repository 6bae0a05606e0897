import type { Approval } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { readApprovals } from "../api/execution-requests.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";
import { useTitle } from "../ui/use-title.ts";
import { AutomationTabs } from "../workflow/automation-tabs.tsx";
import { ApprovalForm } from "./approval-form.tsx";
import { useFocusAfterAnswer } from "./use-focus-after-answer.ts";
import { useWaitingApprovals } from "./use-waiting-approvals.ts";

/** What waits for somebody's yes or no, oldest first, and what was answered lately. */
export function ApprovalsPage() {
  useTitle("Approvals");
  const waiting = useWaitingApprovals();
  const { place, onAnswer } = useFocusAfterAnswer<HTMLDivElement>(waiting.items);
  const decided = useQuery({
    queryKey: ["approvals", "decided"],
    queryFn: ({ signal }) => readApprovals("decided", null, signal),
    refetchInterval: 15_000,
  });
  return (
    <>
      <AutomationTabs />
      <PageHead
        title="Approvals"
        note="Steps that go on only when a person says so. Those that wait longest come first."
      />
      {waiting.error && <FailureNote error={waiting.error} />}
      <div ref={place} tabIndex={-1} className="outline-none">
        {!waiting.isPending && waiting.items.length === 0 && !waiting.error && (
          <EmptyNote>
            Nothing waits for you. A step <code className="font-mono text-[0.9em]">uses: approval</code> makes a
            workflow ask here before it goes on.
          </EmptyNote>
        )}
        <ul className="grid gap-3" aria-label="Waiting approvals">
          {waiting.items.map((approval) => (
            <li
              key={approval.id}
              data-approval=""
              tabIndex={-1}
              className="rounded-lg border border-mark-line border-l-4 bg-panel px-4 py-3"
            >
              <ApprovalFacts approval={approval} />
              <div className="mt-3">
                <ApprovalForm approval={approval} onAnswer={onAnswer} />
              </div>
            </li>
          ))}
        </ul>
      </div>
      {decided.data && decided.data.items.length > 0 && (
        <div className="mt-10">
          <Section id="decided" title="Answered">
            <ul className="overflow-hidden rounded-lg border border-line bg-panel">
              {decided.data.items.map((approval) => (
                <li key={approval.id} className="border-t border-line px-4 py-2.5 first:border-0">
                  <ApprovalFacts approval={approval} />
                  <ApprovalForm approval={approval} />
                </li>
              ))}
            </ul>
          </Section>
        </div>
      )}
    </>
  );
}

function ApprovalFacts({ approval }: { readonly approval: Approval }) {
  return (
    <>
      <p className="font-semibold whitespace-pre-line [overflow-wrap:anywhere]">{approval.message}</p>
      <p className="text-xs text-ink-3">
        <Link to="/executions/$id" params={{ id: approval.execution_id }} className="link">
          {approval.workflow_name}
        </Link>
        , step <code className="font-mono [overflow-wrap:anywhere]">{approval.path}</code>, asked{" "}
        <Time at={approval.created_at} />
        {approval.incident_id && (
          <>
            {", about an "}
            <Link to="/incidents/$id" params={{ id: approval.incident_id }} className="link">
              incident
            </Link>
          </>
        )}
      </p>
    </>
  );
}
