import type { Project, WorkflowDetail, WorkflowProblem, WorkflowSaved } from "@culprit/contract";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { ApiFailure } from "../api/api-failure.ts";
import { readWorkflow } from "../api/workflow-requests.ts";
import { ExecutionRows } from "../execution/execution-rows.tsx";
import { workflowStatusWords } from "../lib/run-words.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { BackArrow } from "../ui/icons.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { Section } from "../ui/section.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { CopySection } from "./copy-section.tsx";
import { DryRunSection } from "./dry-run-section.tsx";
import { RunDialog } from "./run-dialog.tsx";
import { SaveBar } from "./save-bar.tsx";
import { StatusButton } from "./status-button.tsx";
import { TriggersSection } from "./triggers-section.tsx";
import { useWorkflowText } from "./use-workflow-text.ts";
import { VersionsSection } from "./versions-section.tsx";
import { WorkflowEditor } from "./workflow-editor.tsx";

/** One workflow: its picture and its text, what starts it, what it did, and what it was before. */
export function WorkflowPage({ id }: { readonly id: string }) {
  const chosen = useProject();
  const navigate = useNavigate();
  useKeys({ u: () => void navigate({ to: "/workflows" }) });
  return (
    <>
      <div className="mb-3 flex items-center justify-between gap-3">
        <Link
          to="/workflows"
          className="inline-flex items-center gap-1.5 py-1 text-[0.8125rem] text-ink-2 hover:text-ink"
        >
          <BackArrow />
          All workflows
        </Link>
        <ProjectSelect chosen={chosen} />
      </div>
      <WithProject chosen={chosen}>
        {(project) => <LoadedWorkflow key={`${project.id} ${id}`} project={project} id={id} />}
      </WithProject>
    </>
  );
}

function LoadedWorkflow({ project, id }: { readonly project: Project; readonly id: string }) {
  const { data, error } = useQuery({
    queryKey: ["workflows", project.id, id],
    queryFn: ({ signal }) => readWorkflow(project.id, id, signal),
    refetchInterval: (query) =>
      query.state.error instanceof ApiFailure && query.state.error.status === 404 ? false : 20_000,
  });
  useTitle(data?.name ?? "Workflow");
  const owner = data?.project_id ?? null;
  const navigate = useNavigate();
  useEffect(() => {
    // A project's own workflow is shown in that project, whichever was chosen before.
    if (owner === null || owner === project.id) return;
    void navigate({
      to: ".",
      search: (before: Record<string, unknown>) => ({ ...before, project: owner }),
      replace: true,
    } as never);
  }, [owner, project.id, navigate]);
  return (
    <>
      <ReadFailure error={error} hasData={data !== undefined} />
      {data ? (
        <Workflow project={project} workflow={data} />
      ) : error ? null : (
        <p role="status" className="min-h-dvh text-ink-3">
          Loading…
        </p>
      )}
    </>
  );
}

function Workflow({ project, workflow }: { readonly project: Project; readonly workflow: WorkflowDetail }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [base, setBase] = useState(workflow);
  const [warnings, setWarnings] = useState<readonly WorkflowProblem[]>([]);
  const [isRunning, setRunning] = useState(false);
  const edited = useWorkflowText(project.id, workflow.yaml, workflow.definition);
  const isEdited = edited.text !== base.yaml;
  // What others save is shown at once, unless a text is being edited here.
  if (workflow !== base && !isEdited && workflow.version !== base.version) {
    setBase(workflow);
    edited.setText(workflow.yaml);
  }
  const take = (next: WorkflowDetail) => {
    setBase(next);
    edited.setText(next.yaml);
    client.setQueryData(["workflows", project.id, next.id], next);
    if (next.id !== workflow.id) void navigate({ to: "/workflows/$id", params: { id: next.id } });
  };
  const onSaved = (saved: WorkflowSaved) => {
    setWarnings(saved.warnings);
    take(saved.workflow);
  };
  return (
    <article aria-label={workflow.name}>
      <WorkflowHead workflow={workflow}>
        <Button
          look="solid"
          disabled={isEdited}
          title={isEdited ? "Save first" : undefined}
          onClick={() => setRunning(true)}
        >
          Run…
        </Button>
        <StatusButton projectId={project.id} workflow={workflow} onMoved={onSaved} />
      </WorkflowHead>
      {isEdited && (
        <SaveBar
          projectId={project.id}
          workflow={workflow}
          baseVersion={base.version}
          edited={edited}
          onSaved={onSaved}
          onTakeTheirs={take}
          onDiscard={() => edited.setText(base.yaml)}
        />
      )}
      {warnings.length > 0 && (
        <ul role="status" className="mb-4 grid gap-1 text-[0.8125rem] text-warn">
          {warnings.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              Saved, but {field && <code className="font-mono">{field}</code>}: {message}
            </li>
          ))}
        </ul>
      )}
      <WorkflowEditor edited={edited} />
      <div className="mt-10 grid gap-x-12 gap-y-10 lg:grid-cols-2">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-10">
          <TriggersSection projectId={project.id} workflow={workflow} />
          <DryRunSection projectId={project.id} text={edited.text} />
        </div>
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-10">
          <Section
            id="executions"
            title="Last executions"
            aside={
              <LinkButton to="/executions" search={{ workflow: workflow.id }} look="quiet">
                All of them
              </LinkButton>
            }
          >
            <ExecutionRows filter={{ project: project.id, workflow: workflow.id }} limit={10} />
          </Section>
          {workflow.copied_from !== null && (
            <CopySection projectId={project.id} workflow={workflow} onSaved={onSaved} />
          )}
          <VersionsSection projectId={project.id} workflow={workflow} onEdit={edited.setText} />
        </div>
      </div>
      <RunDialog projectId={project.id} workflow={workflow} isOpen={isRunning} onClose={() => setRunning(false)} />
    </article>
  );
}

function WorkflowHead({
  workflow,
  children,
}: {
  readonly workflow: WorkflowDetail;
  readonly children: React.ReactNode;
}) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-[72ch]">
        <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xl font-semibold tracking-tight">
          <span className="[overflow-wrap:anywhere]">{workflow.name}</span>
          <Tag>{workflowStatusWords[workflow.status]}</Tag>
          {workflow.is_protected && <Tag title="Saving makes a copy that runs in its place.">Built in, protected</Tag>}
          {workflow.copied_from !== null && <Tag>Your copy of a built-in one</Tag>}
          {workflow.source === "repository" && <Tag>Kept in the repository</Tag>}
        </h1>
        {workflow.description && <p className="mt-1 text-ink-2 [overflow-wrap:anywhere]">{workflow.description}</p>}
        {workflow.source === "repository" && (
          <p className="mt-1 font-mono text-xs text-ink-3 [overflow-wrap:anywhere]">
            {workflow.source_path} at {workflow.source_commit?.slice(0, 12)}
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </header>
  );
}
