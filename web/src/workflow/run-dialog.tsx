import type { WorkflowDetail } from "@culprit/contract";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { runWorkflow } from "../api/workflow-requests.ts";
import { SchemaForm } from "../schema-form/schema-form.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { inputsSchema } from "./inputs-schema.ts";

interface RunDialogProps {
  readonly projectId: string;
  readonly workflow: WorkflowDetail;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Starts a workflow by hand, with a form for what it wants to know, and goes to its execution. */
export function RunDialog({ projectId, workflow, isOpen, onClose }: RunDialogProps) {
  const navigate = useNavigate();
  const [inputs, setInputs] = useState<Readonly<Record<string, unknown>>>({});
  const run = useMutation({
    mutationFn: () => runWorkflow(projectId, workflow.id, inputs),
    onSuccess: ({ execution_id: id }) => void navigate({ to: "/executions/$id", params: { id } }),
  });
  const hasInputs = Object.keys(workflow.definition.inputs).length > 0;
  return (
    <Dialog title={`Run ${workflow.name}`} isOpen={isOpen} onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate();
        }}
      >
        {hasInputs ? (
          <SchemaForm schema={inputsSchema(workflow.definition.inputs)} value={inputs} onChange={setInputs} />
        ) : (
          <p className="text-ink-2">It needs to know nothing. Its steps read no event when it is started by hand.</p>
        )}
        {run.error && <FailureNote error={run.error} title="It was not started." />}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="solid" disabled={run.isPending}>
            {run.isPending ? "Starting…" : "Run it now"}
          </Button>
          <Button onClick={onClose}>Not now</Button>
        </div>
      </form>
    </Dialog>
  );
}
