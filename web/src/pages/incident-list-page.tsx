import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useRef, useState } from "react";
import { type IncidentFilter, readIncidents, readProjects } from "../api/requests.ts";
import { Button } from "../ui/button.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { FilterBar } from "./filter-bar.tsx";
import { IncidentRow, IncidentRowsHead } from "./incident-row.tsx";
import { IncidentTabs } from "./incident-tabs.tsx";
import { matchesText } from "./matches-text.ts";
import { stepFocus } from "./step-focus.ts";

const FirstSteps = lazy(() => import("./first-steps.tsx"));

/** All incidents of a filter, the newest sign of life first, kept fresh. */
export function IncidentListPage({ filter }: { readonly filter: IncidentFilter }) {
  useTitle("");
  const [text, setText] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const textField = useRef<HTMLInputElement>(null);
  const projects = useQuery({
    queryKey: ["projects"],
    queryFn: ({ signal }) => readProjects(signal),
    staleTime: 30_000,
  });
  const incidents = useInfiniteQuery({
    queryKey: ["incidents", filter.status ?? null, filter.project ?? null, filter.service ?? null],
    queryFn: ({ pageParam, signal }) => readIncidents(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Every loaded page is read anew, so a long list is read less often.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 2 ? 20_000 : 5000),
  });
  useKeys({
    j: () => stepFocus(list.current, 1),
    k: () => stepFocus(list.current, -1),
    "/": () => textField.current?.focus(),
  });

  const loaded = incidents.data?.pages.flatMap((page) => page.incidents) ?? [];
  const shown = loaded.filter((incident) => matchesText(incident, text));
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <IncidentTabs />
      <h1 className="sr-only">Incidents</h1>
      <FilterBar
        filter={filter}
        projects={projects.data ?? []}
        text={text}
        onText={setText}
        textField={textField}
        onLeave={() => stepFocus(list.current, 1)}
      />
      <ReadFailure error={incidents.error} hasData={incidents.data !== undefined} />
      {incidents.isPending && <RowsPending />}
      {incidents.data &&
        loaded.length === 0 &&
        (isFiltered ? (
          <NothingHere />
        ) : (
          <Suspense fallback={null}>
            <FirstSteps projects={projects.data} />
          </Suspense>
        ))}
      {loaded.length > 0 && (
        <div className="overflow-hidden rounded-lg border border-line bg-panel" aria-busy={incidents.isPlaceholderData}>
          <IncidentRowsHead />
          <ul ref={list} aria-label="Incidents">
            {shown.map((incident) => (
              <IncidentRow key={incident.id} incident={incident} />
            ))}
          </ul>
          {shown.length === 0 && (
            <p className="px-4 py-8 text-center text-ink-2">None of the {loaded.length} loaded incidents matches.</p>
          )}
        </div>
      )}
      {loaded.length > 0 && (
        <div className="flex items-center justify-between gap-4 py-3 text-[0.8125rem] text-ink-3">
          <span>
            {text === "" ? `${loaded.length}` : `${shown.length} of ${loaded.length}`} loaded
            {incidents.hasNextPage ? ", more to come" : ""}
          </span>
          {incidents.hasNextPage && (
            <Button disabled={incidents.isFetchingNextPage} onClick={() => void incidents.fetchNextPage()}>
              {incidents.isFetchingNextPage ? "Loading…" : "Load more"}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

function NothingHere() {
  return (
    <p className="rounded-lg border border-dashed border-edge px-4 py-16 text-center text-ink-2">
      No incident matches this filter.{" "}
      <Link to="/" className="link text-ink">
        Show all
      </Link>
    </p>
  );
}

function RowsPending() {
  return (
    <div
      className="overflow-hidden rounded-lg border border-line bg-panel"
      role="status"
      aria-label="Loading incidents"
    >
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row} className="grid h-[4.25rem] content-center gap-2 border-t border-line px-4 first:border-0">
          <span className="h-3 w-2/5 rounded bg-sunk" />
          <span className="h-3 w-3/5 rounded bg-sunk" />
        </div>
      ))}
    </div>
  );
}
