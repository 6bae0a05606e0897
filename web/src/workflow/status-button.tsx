import type { WorkflowDetail, WorkflowSaved, WorkflowStatus } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { moveWorkflow } from "../api/workflow-requests.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";

interface StatusButtonProps {
  readonly projectId: string;
  readonly workflow: WorkflowDetail;
  readonly onMoved: (saved: WorkflowSaved) => void;
}

/** Switches a workflow on or off. Switching a built-in one off asks first, because Culprit then does less than it promises. */
export function StatusButton({ projectId, workflow, onMoved }: StatusButtonProps) {
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const move = useMutation({
    mutationFn: (status: WorkflowStatus) => moveWorkflow(projectId, workflow.id, status),
    onSuccess: (saved) => {
      setAsking(false);
      void client.invalidateQueries({ queryKey: ["workflows"] });
      onMoved(saved);
    },
  });
  const isBuiltIn = workflow.is_protected || workflow.copied_from !== null;
  const isActive = workflow.status === "active";
  return (
    <>
      <Button
        disabled={move.isPending}
        onClick={() => (isActive && isBuiltIn ? setAsking(true) : move.mutate(isActive ? "inactive" : "active"))}
      >
        {isActive ? "Switch off" : "Switch on"}
      </Button>
      {move.error && !isAsking && <FailureNote error={move.error} />}
      <Dialog title={`Switch ${workflow.name} off?`} isOpen={isAsking} onClose={() => setAsking(false)}>
        <div className="grid gap-4">
          <p>
            <span className="marked font-semibold">It is part of what Culprit does.</span>{" "}
            {workflow.name === "incident-response"
              ? "While it is off, new incidents of this project are counted, but nobody looks for their cause: no verdict, no patch, no message."
              : "While it is off, nothing does its work for this project."}
          </p>
          {workflow.description && <p className="text-ink-2">{workflow.description}</p>}
          {move.error && <FailureNote error={move.error} />}
          <div className="flex flex-wrap gap-2">
            <Button look="danger" disabled={move.isPending} onClick={() => move.mutate("inactive")}>
              Switch it off
            </Button>
            <Button onClick={() => setAsking(false)}>Leave it on</Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}
