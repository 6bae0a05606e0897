import type { Project, SearchReply } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { search } from "../api/search-requests.ts";
import { looksLikeDiff } from "../lib/parse-diff.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { ServiceTabs } from "../service/service-tabs.tsx";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { DiffView } from "../ui/diff-view.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { fieldLook } from "../ui/field.ts";
import { LogText } from "../ui/log-text.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { Section } from "../ui/section.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { RunbooksSection } from "./runbooks-section.tsx";

/** A question to runbooks, diffs and past incidents, and the runbooks that there are. */
export function SearchPage({ q }: { readonly q: string | undefined }) {
  useTitle("Search and runbooks");
  const chosen = useProject();
  return (
    <>
      <ServiceTabs />
      <PageHead title="Search" note="Runbooks, diffs and past incidents, by meaning and by words.">
        <ProjectSelect chosen={chosen} />
      </PageHead>
      <WithProject chosen={chosen}>
        {(project) => (
          <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-10">
            <Search key={`${project.id} ${q}`} project={project} q={q ?? ""} />
            <RunbooksSection project={project} />
          </div>
        )}
      </WithProject>
    </>
  );
}

function Search({ project, q }: { readonly project: Project; readonly q: string }) {
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  useKeys({ "/": () => field.current?.focus() });
  const { data, error, isFetching } = useQuery({
    queryKey: ["search", project.id, q],
    queryFn: ({ signal }) => search(project.id, q, undefined, signal),
    enabled: q !== "",
    staleTime: 30_000,
  });
  return (
    <div>
      <form
        className="flex max-w-[48rem] gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ to: "/search", search: { project: project.id, q: text.trim() || undefined } });
        }}
      >
        <input
          ref={field}
          type="search"
          aria-label="What to look for"
          placeholder="connection pool is exhausted   /"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className={fieldLook}
        />
        <Button type="submit" look="solid">
          Search
        </Button>
      </form>
      <div className="mt-4 grid gap-6">
        {error && <FailureNote error={error} />}
        {!data && isFetching && <RowsPending label="Searching" count={3} />}
        {data?.missing && <p className="text-xs text-ink-3">Searched by words alone: {data.missing}</p>}
        {data && data.items.length === 0 && (
          <EmptyNote>
            Nothing was found. Try other words. Diffs are searched once a repository is connected, past incidents once
            they were investigated, runbooks once you add them below.
          </EmptyNote>
        )}
        {data && <Results items={data.items} />}
      </div>
    </div>
  );
}

type Hit = SearchReply["items"][number];

const collections = [
  ["runbooks", "Runbooks"],
  ["git_diff_chunks", "Diffs"],
  ["incident_summaries", "Past incidents"],
] as const;

function Results({ items }: { readonly items: readonly Hit[] }) {
  const byCollection = Map.groupBy(items, ({ collection }) => collection);
  return collections.map(([collection, title]) => {
    const hits = byCollection.get(collection) ?? [];
    if (hits.length === 0) return null;
    return (
      <Section key={collection} id={`found-${collection}`} title={title} aside={`${hits.length} found`}>
        <ul aria-label={title} className="overflow-hidden rounded-lg border border-line bg-panel">
          {hits.map((hit) => (
            <li key={hit.ref} className="border-t border-line first:border-0">
              <HitView hit={hit} />
            </li>
          ))}
        </ul>
      </Section>
    );
  });
}

function HitView({ hit }: { readonly hit: Hit }) {
  const incident = wordOf(hit, "incident_id");
  const service = wordOf(hit, "service_key") ?? wordOf(hit, "service");
  return (
    <details>
      <summary className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2 -outline-offset-2 hover:bg-sunk">
        <span className="min-w-0 flex-1 basis-64 font-medium [overflow-wrap:anywhere]">{titleOf(hit)}</span>
        {service && <span className="text-xs text-ink-3 [overflow-wrap:anywhere]">{service}</span>}
        <Tag title="How near its meaning is to the question, of 100">
          {hit.similarity === 0 ? "by words" : `${Math.round(hit.similarity * 100)} % alike`}
        </Tag>
      </summary>
      <div className="grid gap-2 px-4 pb-3">
        {incident?.startsWith("inc_") && (
          <Link to="/incidents/$id" params={{ id: incident }} className="link text-[0.8125rem]">
            Open the incident
          </Link>
        )}
        {looksLikeDiff(hit.content) ? (
          <DiffView diff={hit.content} />
        ) : (
          <LogText text={hit.content} label={titleOf(hit)} />
        )}
        <p className="font-mono text-2xs text-ink-3 [overflow-wrap:anywhere]">{hit.ref}</p>
      </div>
    </details>
  );
}

function wordOf({ payload }: Hit, name: string): string | null {
  const value = payload[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** What the hit calls itself, else its first line. */
function titleOf(hit: Hit): string {
  const named = wordOf(hit, "title") ?? wordOf(hit, "path") ?? wordOf(hit, "file_path");
  return named ?? hit.content.trim().split("\n", 1)[0]?.slice(0, 140) ?? hit.ref;
}
