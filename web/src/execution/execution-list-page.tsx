import { type ExecutionStatus, executionStatuses } from "@culprit/contract";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { executionWords } from "../lib/run-words.ts";
import { stepFocus } from "../pages/step-focus.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { PageHead } from "../ui/page-head.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { AutomationTabs } from "../workflow/automation-tabs.tsx";
import { WorkflowSelect } from "../workflow/workflow-select.tsx";
import { ExecutionRows } from "./execution-rows.tsx";

interface ExecutionListPageProps {
  readonly workflow: string | undefined;
  readonly status: ExecutionStatus | undefined;
}

/** What ran and what runs, of one workflow or all, in one state or all. The filter stands in the address. */
export function ExecutionListPage({ workflow, status }: ExecutionListPageProps) {
  useTitle("Executions");
  const list = useRef<HTMLUListElement>(null);
  const navigate = useNavigate();
  const chosen = useProject();
  useKeys({ j: () => stepFocus(list.current, 1), k: () => stepFocus(list.current, -1) });
  const narrow = (change: { workflow?: string | undefined; status?: ExecutionStatus | undefined }) =>
    void navigate({ to: "/executions", search: ({ project }) => ({ project, workflow, status, ...change }) });
  return (
    <>
      <AutomationTabs />
      <PageHead title="Executions" note="Everything that ran, step by step. Newest first.">
        <WorkflowSelect
          projectId={chosen.project?.id ?? ""}
          value={workflow}
          onChange={(workflow) => narrow({ workflow })}
        />
        <select
          aria-label="State"
          className={smallFieldLook}
          value={status ?? ""}
          onChange={(event) => narrow({ status: executionStatuses.find((one) => one === event.target.value) })}
        >
          <option value="">In any state</option>
          {executionStatuses.map((one) => (
            <option key={one} value={one}>
              {executionWords[one]}
            </option>
          ))}
        </select>
        <ProjectSelect chosen={chosen} />
      </PageHead>
      <WithProject chosen={chosen}>
        {(project) => <ExecutionRows filter={{ project: project.id, workflow, status }} list={list} />}
      </WithProject>
    </>
  );
}
