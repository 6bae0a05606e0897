import type { Project } from "@culprit/contract";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { readLedger } from "../api/trigger-requests.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { PageHead } from "../ui/page-head.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { useTitle } from "../ui/use-title.ts";
import { AutomationTabs } from "../workflow/automation-tabs.tsx";
import { WorkflowSelect } from "../workflow/workflow-select.tsx";
import { LedgerRow } from "./ledger-row.tsx";
import { NotConcerned } from "./not-concerned.tsx";

export interface LedgerSearch {
  readonly workflow?: string | undefined;
  readonly outcome?: "ran" | "did_not_run" | undefined;
  readonly event?: string | undefined;
}

/** For every match and near miss: what ran, what did not, and why, with the values that decided it. */
export function LedgerPage({ search }: { readonly search: LedgerSearch }) {
  useTitle("Ledger");
  const chosen = useProject();
  const navigate = useNavigate();
  const narrow = (change: LedgerSearch) =>
    void navigate({ to: "/ledger", search: ({ project }) => ({ project, ...search, ...change }) });
  return (
    <>
      <AutomationTabs />
      <PageHead title="Ledger" note="Whatever could have started a workflow: whether it did, and if not, why not.">
        <WorkflowSelect
          projectId={chosen.project?.id ?? ""}
          value={search.workflow}
          onChange={(workflow) => narrow({ workflow })}
        />
        <select
          aria-label="Outcome"
          className={smallFieldLook}
          value={search.outcome ?? ""}
          onChange={(event) =>
            narrow({ outcome: (["ran", "did_not_run"] as const).find((one) => one === event.target.value) })
          }
        >
          <option value="">Ran or not</option>
          <option value="ran">Ran</option>
          <option value="did_not_run">Did not run</option>
        </select>
        <ProjectSelect chosen={chosen} />
      </PageHead>
      {search.event && (
        <p className="mb-3 flex flex-wrap items-center gap-3 text-[0.8125rem]">
          Only of the event <code className="font-mono text-xs [overflow-wrap:anywhere]">{search.event}</code>
          <Button onClick={() => narrow({ event: undefined })}>Show all</Button>
        </p>
      )}
      <WithProject chosen={chosen}>{(project) => <Ledger project={project} search={search} />}</WithProject>
    </>
  );
}

function Ledger({ project, search }: { readonly project: Project; readonly search: LedgerSearch }) {
  const { workflow, outcome, event } = search;
  const ledger = useInfiniteQuery({
    queryKey: ["ledger", project.id, workflow ?? null, outcome ?? null, event ?? null],
    queryFn: ({ pageParam, signal }) =>
      readLedger({ project: project.id, workflow, outcome, event }, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 2 ? 20_000 : 5000),
  });
  const entries = ledger.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="grid gap-x-10 gap-y-8 xl:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="min-w-0" aria-busy={ledger.isPlaceholderData}>
        <ReadFailure error={ledger.error} hasData={ledger.data !== undefined} />
        {ledger.isPending && <RowsPending label="Loading the ledger" />}
        {ledger.data && entries.length === 0 && (
          <EmptyNote>
            {workflow || outcome || event
              ? "Nothing in the ledger matches."
              : "Nothing has happened yet that a workflow waits for. The first error or deployment that is reported stands here; events of a kind that no workflow names are only counted."}
          </EmptyNote>
        )}
        {entries.length > 0 && (
          <ul aria-label="Ledger" className="overflow-hidden rounded-lg border border-line bg-panel">
            {entries.map((entry) => (
              <LedgerRow key={entry.id} entry={entry} />
            ))}
          </ul>
        )}
        {ledger.hasNextPage && (
          <div className="flex justify-end py-3">
            <Button disabled={ledger.isFetchingNextPage} onClick={() => void ledger.fetchNextPage()}>
              {ledger.isFetchingNextPage ? "Loading…" : "Load more"}
            </Button>
          </div>
        )}
      </div>
      <NotConcerned projectId={project.id} workflow={workflow} />
    </div>
  );
}
