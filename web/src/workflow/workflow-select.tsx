import { useQuery } from "@tanstack/react-query";
import { readWorkflows } from "../api/workflow-requests.ts";
import { smallFieldLook } from "../ui/field.ts";

interface WorkflowSelectProps {
  readonly projectId: string;
  readonly value: string | undefined;
  readonly onChange: (workflow: string | undefined) => void;
}

/** Which of a project's workflows a list is about, or all. */
export function WorkflowSelect({ projectId, value, onChange }: WorkflowSelectProps) {
  const { data } = useQuery({
    queryKey: ["workflows", projectId],
    queryFn: ({ signal }) => readWorkflows(projectId, null, signal),
    enabled: projectId !== "",
    staleTime: 15_000,
  });
  return (
    <select
      aria-label="Workflow"
      className={`${smallFieldLook} max-w-56`}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">All workflows</option>
      {data?.items.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
