import type { ExecutionSummary, Project, WorkflowSummary } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { readExecutions } from "../api/execution-requests.ts";
import { readWorkflows } from "../api/workflow-requests.ts";
import { stepFocus } from "../pages/step-focus.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { NarrowField } from "../ui/narrow-field.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { AutomationTabs } from "./automation-tabs.tsx";
import { ReadyGallery } from "./ready-gallery.tsx";
import { SecretsSection } from "./secrets-section.tsx";
import { WorkflowRow } from "./workflow-row.tsx";

/** All workflows of a project, and the ready ones that it does not have yet. */
export function WorkflowListPage() {
  useTitle("Workflows");
  const chosen = useProject();
  return (
    <>
      <AutomationTabs />
      <PageHead
        title="Workflows"
        note="What Culprit does by itself, and when. Each one can be read, changed and stopped."
      >
        <ProjectSelect chosen={chosen} />
        <LinkButton to="/workflows/new" look="solid">
          New workflow
        </LinkButton>
      </PageHead>
      <WithProject chosen={chosen}>{(project) => <Workflows key={project.id} project={project} />}</WithProject>
    </>
  );
}

function Workflows({ project }: { readonly project: Project }) {
  const list = useRef<HTMLUListElement>(null);
  const textField = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  useKeys({
    j: () => stepFocus(list.current, 1),
    k: () => stepFocus(list.current, -1),
    "/": () => textField.current?.focus(),
  });
  const workflows = useQuery({
    queryKey: ["workflows", project.id],
    queryFn: ({ signal }) => readWorkflows(project.id, null, signal),
    refetchInterval: 15_000,
  });
  const recent = useQuery({
    queryKey: ["executions", "recent", project.id],
    queryFn: ({ signal }) => readExecutions({ project: project.id }, null, signal, 100),
    refetchInterval: 5000,
  });
  const byWorkflow = useMemo(
    () => Map.groupBy(recent.data?.items ?? [], (execution: ExecutionSummary) => execution.workflow_id),
    [recent.data],
  );
  // What a project made itself is what it looks for.
  const all = (workflows.data?.items ?? []).toSorted((a, b) => Number(a.is_protected) - Number(b.is_protected));
  const shown = all.filter((workflow) => matches(workflow, text));
  const own = all.filter((workflow) => !workflow.is_protected);
  return (
    <>
      <ReadFailure error={workflows.error} hasData={workflows.data !== undefined} />
      {workflows.isPending && <RowsPending label="Loading workflows" />}
      {all.length > 6 && (
        <NarrowField
          label="Narrow the workflows"
          placeholder="Narrow by text"
          value={text}
          onChange={setText}
          onLeave={() => stepFocus(list.current, 1)}
          field={textField}
          className="mb-3 w-64 max-w-full"
        />
      )}
      {all.length > 0 && (
        <div className="overflow-hidden rounded-lg border border-line bg-panel">
          <ul ref={list} aria-label="Workflows">
            {shown.map((workflow) => (
              <WorkflowRow
                key={workflow.id}
                workflow={workflow}
                projectId={project.id}
                executions={recent.data ? (byWorkflow.get(workflow.id) ?? none) : undefined}
              />
            ))}
          </ul>
          {shown.length === 0 && <p className="px-4 py-8 text-center text-ink-2">No workflow matches.</p>}
        </div>
      )}
      {workflows.data?.next_cursor && (
        <p className="py-2 text-xs text-ink-3">The first 100 are shown; the rest is at /api/workflows.</p>
      )}
      {workflows.data && own.length === 0 && <FirstWorkflow />}
      <ReadyGallery project={project} />
      <SecretsSection project={project} />
    </>
  );
}

const none: readonly ExecutionSummary[] = [];

function matches({ name, description }: WorkflowSummary, text: string): boolean {
  const row = `${name} ${description ?? ""}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => row.includes(word));
}

function FirstWorkflow() {
  return (
    <section aria-labelledby="first-workflow" className="mt-8 max-w-[72ch]">
      <h2 id="first-workflow" className="text-[0.9375rem] font-semibold tracking-tight">
        {"You have none of your own yet"}
      </h2>
      <p className="mt-1 text-ink-2">
        Take a ready one below: one click and it runs. Or{" "}
        <Link to="/workflows/new" className="link text-ink">
          write one
        </Link>{" "}
        in YAML, here or as <code className="font-mono text-[0.9em]">.culprit/workflows/*.yml</code> in the repository;
        the page checks it while you type. The built-in ones run already.
      </p>
    </section>
  );
}
