import type { Project, ReadyWorkflow } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { readReadyWorkflows, takeReadyWorkflow } from "../api/workflow-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Fold } from "../ui/fold.tsx";
import { Chevron } from "../ui/icons.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";

const groupWords = {
  incidents: "About incidents",
  pull_requests: "About pull requests",
  people: "About people",
  upkeep: "Upkeep",
} as const satisfies Record<ReadyWorkflow["group"], string>;

/** Workflows that come ready: one click and a project has it. */
export function ReadyGallery({ project }: { readonly project: Project }) {
  const ready = useQuery({
    queryKey: ["workflows", project.id, "ready"],
    queryFn: ({ signal }) => readReadyWorkflows(project.id, signal),
    staleTime: 60_000,
  });
  const groups = Map.groupBy(ready.data?.items ?? [], ({ group }) => group);
  const order = Object.keys(groupWords) as ReadyWorkflow["group"][];
  return (
    <section aria-labelledby="ready" className="mt-10">
      <h2 id="ready" className="text-[0.9375rem] font-semibold tracking-tight">
        Ready workflows
      </h2>
      <p className="mt-0.5 mb-3 text-[0.8125rem] text-ink-2">
        They come with Culprit. Take one and it is yours: it runs from then on, and you can change every step of it.
      </p>
      {ready.error && <FailureNote error={ready.error} />}
      {order
        .map((group) => [group, groups.get(group) ?? []] as const)
        .filter(([, items]) => items.length > 0)
        .map(([group, items]) => (
          <details key={group} className="border-t border-line last:border-b">
            <summary className="grid grid-cols-[0.875rem_minmax(0,1fr)] items-baseline gap-x-2.5 py-2.5 hover:bg-sunk sm:grid-cols-[0.875rem_13rem_minmax(0,1fr)]">
              <Chevron className="self-center text-ink-3" />
              <h3 className="text-[0.8125rem] font-semibold">
                {groupWords[group]} <span className="font-normal text-ink-3">{items.length}</span>
              </h3>
              <p className="truncate text-xs text-ink-2 max-sm:col-start-2">
                {items.map(({ name }) => name).join(", ")}
              </p>
            </summary>
            <ul className="grid gap-3 pt-1 pb-4 md:grid-cols-2 xl:grid-cols-3">
              {items.map((workflow) => (
                <ReadyCard key={workflow.name} project={project} workflow={workflow} />
              ))}
            </ul>
          </details>
        ))}
    </section>
  );
}

function ReadyCard({ project, workflow }: { readonly project: Project; readonly workflow: ReadyWorkflow }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const take = useMutation({
    mutationFn: (status: "active" | "draft") => takeReadyWorkflow(project.id, workflow.name, status),
    onSuccess: (saved, status) => {
      void client.invalidateQueries({ queryKey: ["workflows"] });
      if (status === "draft") void navigate({ to: "/workflows/$id", params: { id: saved.workflow.id } });
    },
  });
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-lg border border-line bg-panel px-4 py-3">
      <div className="min-w-0 flex-1">
        <h4 className="font-semibold [overflow-wrap:anywhere]">{workflow.name}</h4>
        <p className="text-[0.8125rem] text-ink-2">{workflow.description}</p>
        <p className="mt-1 text-xs text-ink-3 [overflow-wrap:anywhere]">
          starts on {workflow.starts_on.length > 0 ? workflow.starts_on.join(", ") : workflow.trigger_types.join(", ")}
        </p>
        {workflow.needs.length > 0 && (
          <p className="text-xs text-ink-3">
            needs <span className="text-ink-2">{workflow.needs.join(", ").replaceAll("_", " ")}</span>
          </p>
        )}
      </div>
      <Fold summary="Its text">
        <ScrollBox label={`Text of ${workflow.name}`} className="max-h-60 overflow-auto rounded-md bg-sunk px-3 py-2">
          <pre className="font-mono text-xs leading-5">{workflow.yaml}</pre>
        </ScrollBox>
      </Fold>
      {take.error && <FailureNote error={take.error} />}
      <div className="flex flex-wrap items-center gap-2">
        {workflow.workflow_id !== null ? (
          <p className="text-[0.8125rem] text-ink-2">
            <span className="text-good">You have it</span>
            {workflow.workflow_status === "active" ? ", it runs. " : `, ${workflow.workflow_status}. `}
            <Link to="/workflows/$id" params={{ id: workflow.workflow_id }} className="link text-ink">
              Look at it
            </Link>
          </p>
        ) : (
          <>
            <Button disabled={take.isPending} onClick={() => take.mutate("active")}>
              Take and activate
            </Button>
            <Button look="quiet" disabled={take.isPending} onClick={() => take.mutate("draft")}>
              Edit first
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
