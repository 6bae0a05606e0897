import type { Approval } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { decideApproval } from "../api/execution-requests.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { fieldLook } from "../ui/field.ts";
import { Time } from "../ui/time.tsx";

interface ApprovalFormProps {
  readonly approval: Approval;
  /** Told of an answer before it is sent. */
  readonly onAnswer?: (id: string) => void;
}

/** What an execution asks a person, with the two answers, or what was answered. */
export function ApprovalForm({ approval, onAnswer }: ApprovalFormProps) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const decide = useMutation({
    mutationFn: (decision: "approve" | "reject") => decideApproval(approval.id, decision, reason),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["approvals"] }),
        client.invalidateQueries({ queryKey: ["execution"] }),
      ]),
  });
  const answer = (decision: "approve" | "reject") => {
    if (decide.isPending) return;
    onAnswer?.(approval.id);
    decide.mutate(decision);
  };
  if (approval.decision !== null) {
    return (
      <p className="text-[0.8125rem] text-ink-2 [overflow-wrap:anywhere]">
        <strong className={approval.decision === "approve" ? "text-good" : "text-bad"}>
          {approval.decision === "approve" ? "Approved" : "Rejected"}
        </strong>{" "}
        by {approval.decided_by ?? "nobody"}
        {approval.decided_at && (
          <>
            {" "}
            <Time at={approval.decided_at} />
          </>
        )}
        {approval.reason && `: ${approval.reason}`}
      </p>
    );
  }
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => event.preventDefault()}
      aria-label={`Answer: ${approval.message.slice(0, 80)}`}
    >
      <input
        aria-label="Reason (optional)"
        placeholder="reason (optional)"
        className={fieldLook}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="flex flex-wrap items-center gap-2">
        {/* Not `disabled`, which would take the focus away before anything is known. */}
        <Button look="solid" aria-disabled={decide.isPending} onClick={() => answer("approve")}>
          Approve
        </Button>
        <Button look="danger" aria-disabled={decide.isPending} onClick={() => answer("reject")}>
          Reject
        </Button>
        <span className="text-xs text-ink-3">
          {approval.expires_at
            ? `Without an answer it is ${approval.default_decision === "approve" ? "approved" : "rejected"} at ${formatInstant(approval.expires_at)}.`
            : "It waits until somebody answers."}
        </span>
      </div>
      {decide.error && <FailureNote error={decide.error} />}
    </form>
  );
}
