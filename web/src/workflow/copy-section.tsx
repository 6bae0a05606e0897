import type { WorkflowDetail, WorkflowSaved } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { acknowledgeUpgrade, readUpgrade, resetWorkflow } from "../api/workflow-requests.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { DiffLines } from "../ui/diff-lines.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";

interface CopySectionProps {
  readonly projectId: string;
  readonly workflow: WorkflowDetail;
  readonly onSaved: (saved: WorkflowSaved) => void;
}

/** For a copy of a built-in workflow: what the built-in one changed since, and the way back to it. */
export function CopySection({ projectId, workflow, onSaved }: CopySectionProps) {
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const upgrade = useQuery({
    queryKey: ["workflow-upgrade", projectId, workflow.id, workflow.version],
    queryFn: ({ signal }) => readUpgrade(projectId, workflow.id, signal),
  });
  const reset = useMutation({
    mutationFn: () => resetWorkflow(projectId, workflow.id),
    onSuccess: (saved) => {
      setAsking(false);
      void client.invalidateQueries({ queryKey: ["workflows"] });
      onSaved(saved);
    },
  });
  const keep = useMutation({
    mutationFn: (version: number) => acknowledgeUpgrade(projectId, workflow, version),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: ["workflows"] });
      void client.invalidateQueries({ queryKey: ["workflow-upgrade"] });
      onSaved(saved);
    },
  });
  const { data } = upgrade;
  return (
    <Section
      id="copy"
      title="Your copy of a built-in workflow"
      aside={
        <Button className="ml-auto" onClick={() => setAsking(true)}>
          Reset to the built-in one…
        </Button>
      }
    >
      {upgrade.error && <FailureNote error={upgrade.error} />}
      {data && (
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
          {data.has_upgrade ? (
            <>
              <p>
                <span className="marked font-semibold">The built-in one has moved on</span>: you copied version{" "}
                {data.copied_version}, now it is version {data.builtin_version}. This is what it changed:
              </p>
              <DiffLines lines={data.upstream_diff} label="What the built-in workflow changed" />
              <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
                <Button disabled={keep.isPending} onClick={() => keep.mutate(data.builtin_version)}>
                  I have seen it, keep mine
                </Button>
                <span className="text-xs text-ink-3">Put into your text what you want of it, save, then say so.</span>
              </div>
              {keep.error && <FailureNote error={keep.error} />}
            </>
          ) : (
            <p className="text-ink-2">You copied version {data.copied_version}, which is still the newest.</p>
          )}
          <Fold summary="From your copy to the built-in one">
            <DiffLines lines={data.diff} label="From your copy to the built-in workflow" />
          </Fold>
        </div>
      )}
      <Dialog title="Reset to the built-in workflow?" isOpen={isAsking} onClose={() => setAsking(false)}>
        <div className="grid gap-4">
          <p className="text-ink-2">
            From now on the built-in workflow runs as it comes. What you changed stays among the versions of your copy.
          </p>
          {reset.error && <FailureNote error={reset.error} />}
          <div className="flex flex-wrap gap-2">
            <Button look="danger" disabled={reset.isPending} onClick={() => reset.mutate()}>
              Reset
            </Button>
            <Button onClick={() => setAsking(false)}>Keep my copy</Button>
          </div>
        </div>
      </Dialog>
    </Section>
  );
}
