import type { WorkflowDetail, WorkflowSaved } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiFailure } from "../api/api-failure.ts";
import { readWorkflow, saveWorkflow } from "../api/workflow-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import type { WorkflowText } from "./use-workflow-text.ts";

interface SaveBarProps {
  readonly projectId: string;
  readonly workflow: WorkflowDetail;
  /** The version that the text was made from. */
  readonly baseVersion: number;
  readonly edited: WorkflowText;
  readonly onSaved: (saved: WorkflowSaved) => void;
  readonly onTakeTheirs: (theirs: WorkflowDetail) => void;
  readonly onDiscard: () => void;
}

/** Saves the text. Where somebody saved meanwhile, it asks whose text shall stand. */
export function SaveBar(props: SaveBarProps) {
  const { projectId, workflow, baseVersion, edited, onSaved, onTakeTheirs, onDiscard } = props;
  const client = useQueryClient();
  const [theirs, setTheirs] = useState<WorkflowDetail | null>(null);
  const save = useMutation({
    mutationFn: (version: number) => saveWorkflow(projectId, workflow.id, edited.text, version),
    onSuccess: (saved) => {
      setTheirs(null);
      void client.invalidateQueries({ queryKey: ["workflows"] });
      onSaved(saved);
    },
    onError: async (error) => {
      if (!(error instanceof ApiFailure) || error.status !== 409) return;
      const now = await readWorkflow(projectId, workflow.id, new AbortController().signal).catch(() => null);
      if (now && now.version !== baseVersion) setTheirs(now);
    },
  });
  const isBroken = edited.check?.is_valid === false && !edited.isChecking;
  return (
    <div className="mb-4 grid gap-3 rounded-lg border border-mark-line bg-mark-soft px-4 py-3">
      {theirs ? (
        <>
          <p role="alert">
            <strong>
              Somebody saved version {theirs.version} while you edited version {baseVersion}.
            </strong>{" "}
            Nothing of yours is lost yet.
          </p>
          <div className="flex flex-wrap gap-2">
            <Button look="danger" disabled={save.isPending} onClick={() => save.mutate(theirs.version)}>
              Save mine over it
            </Button>
            <Button
              onClick={() => {
                setTheirs(null);
                onTakeTheirs(theirs);
              }}
            >
              Take theirs, drop mine
            </Button>
          </div>
        </>
      ) : (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="min-w-0 flex-1 basis-60 text-[0.8125rem]">
            {workflow.is_protected
              ? "This one is built in. Saving makes a copy in your project, which then runs in its place; you can go back at any time."
              : workflow.source === "repository"
                ? `This one is kept in the repository (${workflow.source_path ?? "a file"}). Change it there, or save here and the next push decides.`
                : "Not saved yet. What runs already keeps the version that it began with."}
          </p>
          <div className="flex flex-wrap gap-2">
            <Button
              look="solid"
              disabled={save.isPending || isBroken}
              title={isBroken ? "Mend the errors first" : undefined}
              onClick={() => save.mutate(baseVersion)}
            >
              {save.isPending ? "Saving…" : workflow.is_protected ? "Save as your copy" : "Save"}
            </Button>
            <Button onClick={onDiscard}>Discard</Button>
          </div>
        </div>
      )}
      {save.error && !theirs && <FailureNote error={save.error} title="It was not saved." />}
    </div>
  );
}
