import type { ExecutionStep, WorkflowDefinition } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { readActions } from "../api/workflow-requests.ts";
import type { RunState } from "../ui/state-mark.tsx";
import { WorkflowGraph } from "../workflow/workflow-graph.tsx";

interface ExecutionPictureProps {
  readonly definition: WorkflowDefinition;
  readonly steps: readonly ExecutionStep[];
}

/** What needs a look comes first: of several turns of a loop the worst is shown. */
const order: readonly RunState[] = [
  "unknown",
  "failed",
  "running",
  "retrying",
  "waiting",
  "cancelled",
  "completed",
  "skipped",
];

/** The picture of the version that an execution runs, with how each step stands. Pressing one goes to its row. */
export function ExecutionPicture({ definition, steps }: ExecutionPictureProps) {
  const actions = useQuery({ queryKey: ["actions"], queryFn: ({ signal }) => readActions(signal), staleTime: 300_000 });
  const states = Map.groupBy(steps, ({ path }) => stepId(path));
  return (
    <WorkflowGraph
      definition={definition}
      selectedId={null}
      onSelect={(id) => {
        const path = states.get(id)?.[0]?.path;
        const row = path === undefined ? null : document.querySelector(`[data-path="${CSS.escape(path)}"]`);
        const fold = row?.querySelector("details");
        if (fold) fold.open = true;
        row?.scrollIntoView({ block: "center" });
        row?.querySelector("summary")?.focus();
      }}
      actions={new Map((actions.data?.items ?? []).map((action) => [action.name, action]))}
      stateOf={(id) => {
        const found = states.get(id)?.map(({ status }) => status) ?? [];
        return order.find((state) => found.some((status) => status === state));
      }}
    />
  );
}

/** `each[2].notify` → `notify`. */
function stepId(path: string): string {
  return (path.split(".").at(-1) ?? path).replace(/\[\d+\]$/, "");
}
