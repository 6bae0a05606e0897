import type { Project } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { createWorkflow } from "../api/workflow-requests.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { BackLink } from "../ui/back-link.tsx";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { useTitle } from "../ui/use-title.ts";
import { DryRunSection } from "./dry-run-section.tsx";
import { useWorkflowText } from "./use-workflow-text.ts";
import { WorkflowEditor } from "./workflow-editor.tsx";

const template = `name: my-workflow
description: Waits a moment when an incident was opened.
triggers:
  - type: event
    events: [incident.opened]
  - type: manual
steps:
  - id: wait
    name: Wait a moment
    uses: delay
    with:
      seconds: 5
`;

/** A new workflow, begun from a small one that works. */
export function NewWorkflowPage() {
  useTitle("New workflow");
  const chosen = useProject();
  return (
    <>
      <BackLink to="/workflows">All workflows</BackLink>
      <WithProject chosen={chosen}>
        {(project) => (
          <NewWorkflow key={project.id} project={project}>
            <ProjectSelect chosen={chosen} />
          </NewWorkflow>
        )}
      </WithProject>
    </>
  );
}

function NewWorkflow({ project, children }: { readonly project: Project; readonly children: React.ReactNode }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const edited = useWorkflowText(project.id, template, null);
  const creation = useMutation({
    mutationFn: () => createWorkflow(project.id, edited.text),
    onSuccess: ({ workflow }) => {
      client.setQueryData(["workflows", project.id, workflow.id], workflow);
      void client.invalidateQueries({ queryKey: ["workflows"] });
      void navigate({ to: "/workflows/$id", params: { id: workflow.id } });
    },
  });
  const isBroken = edited.check?.is_valid !== true || edited.isChecking;
  return (
    <>
      <PageHead
        title="New workflow"
        note={
          <>
            Write it as text, or press a step in the picture and fill in its form. The same text may lie in the
            repository under <code className="font-mono text-[0.9em]">.culprit/workflows/</code>; editors check it by{" "}
            <a href="/api/workflow.schema.json" className="link">
              its JSON Schema
            </a>
            .
          </>
        }
      >
        {children}
        <Button look="solid" disabled={isBroken || creation.isPending} onClick={() => creation.mutate()}>
          {creation.isPending ? "Creating…" : "Create workflow"}
        </Button>
      </PageHead>
      {creation.error && (
        <div className="mb-4">
          <FailureNote error={creation.error} title="It was not created." />
        </div>
      )}
      <WorkflowEditor edited={edited} />
      <div className="mt-10">
        <DryRunSection projectId={project.id} text={edited.text} />
      </div>
    </>
  );
}
