import type { Project } from "@culprit/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { readServices } from "../api/catalogue-requests.ts";
import { stepFocus } from "../pages/step-focus.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { nameOfKey } from "../topology/topology-words.ts";
import { isOf, useOpenIncidents } from "../topology/use-open-incidents.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { NarrowField } from "../ui/narrow-field.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { ServiceRow, ServiceRowHeads } from "./service-row.tsx";
import { ServiceTabs } from "./service-tabs.tsx";
import { ServiceView } from "./service-view.tsx";
import { useFares } from "./use-fares.ts";

interface ServiceListPageProps {
  /** The key of the one that is looked at. */
  readonly service: string | undefined;
  readonly environment: string | undefined;
}

/** All services of a project, and one of them closely. */
export function ServiceListPage({ service, environment }: ServiceListPageProps) {
  useTitle("Services");
  const chosen = useProject();
  return (
    <>
      <ServiceTabs />
      <PageHead title="Services" note="What runs where, who calls whom, how each fares and what changed.">
        <ProjectSelect chosen={chosen} />
      </PageHead>
      <WithProject chosen={chosen}>
        {(project) => <Services key={project.id} project={project} chosenKey={service} environment={environment} />}
      </WithProject>
    </>
  );
}

interface ServicesProps {
  readonly project: Project;
  readonly chosenKey: string | undefined;
  readonly environment: string | undefined;
}

function Services({ project, chosenKey, environment }: ServicesProps) {
  const list = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  useKeys({
    j: () => stepFocus(list.current, 1),
    k: () => stepFocus(list.current, -1),
    "/": () => field.current?.focus(),
  });
  const services = useInfiniteQuery({
    queryKey: ["services", project.id],
    queryFn: ({ pageParam, signal }) => readServices(project.id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 15_000,
  });
  const open = useOpenIncidents(project.id);
  const fares = useFares(project.id);
  const all = services.data?.pages.flatMap(({ items }) => items) ?? [];
  const shown = all.filter(({ key }) => key.toLowerCase().includes(text.trim().toLowerCase()));
  // It may stand on a later page of the list, and a link may name it by its name alone, as incidents do.
  const name = chosenKey === undefined ? null : nameOfKey(chosenKey);
  const named = useQuery({
    queryKey: ["services", project.id, "named", name],
    queryFn: ({ signal }) => readServices(project.id, null, signal, name),
    enabled: name !== null,
  });
  const candidates = [...all, ...(named.data?.items ?? [])];
  const one =
    candidates.find(({ key }) => key === chosenKey) ?? candidates.find((other) => other.name === chosenKey) ?? null;
  return (
    <>
      <ReadFailure error={services.error} hasData={services.data !== undefined} />
      {services.isPending && <RowsPending label="Loading services" />}
      {services.data && all.length === 0 && chosenKey === undefined && <NoServices />}
      <div className={cx("grid gap-8", chosenKey !== undefined && "lg:grid-cols-[17rem_minmax(0,1fr)]")}>
        {all.length > 0 && (
          <div className={cx("min-w-0", chosenKey !== undefined && "max-lg:hidden")}>
            {all.length > 6 && (
              <NarrowField
                label="Narrow the services"
                placeholder="Narrow by name"
                value={text}
                onChange={setText}
                onLeave={() => stepFocus(list.current, 1)}
                field={field}
                className="mb-3 w-full max-w-72"
              />
            )}
            {chosenKey === undefined && <ServiceRowHeads />}
            <ul ref={list} aria-label="Services" className="overflow-hidden rounded-lg border border-line bg-panel">
              {shown.map((service) => (
                <ServiceRow
                  key={service.id}
                  service={service}
                  project={project.id}
                  isChosen={service.key === one?.key}
                  isNarrow={chosenKey !== undefined}
                  incidents={open.filter((one) => isOf(one, service)).length}
                  fare={fares.get(service.key)}
                />
              ))}
              {shown.length === 0 && <li className="px-4 py-8 text-center text-ink-2">No service matches.</li>}
            </ul>
            {services.hasNextPage && (
              <Button className="mt-3" disabled={services.isFetching} onClick={() => void services.fetchNextPage()}>
                More services
              </Button>
            )}
          </div>
        )}
        {chosenKey !== undefined && services.data && !named.isPending && (
          <ServiceView
            key={chosenKey}
            project={project}
            serviceKey={one?.key ?? chosenKey}
            service={one}
            environment={environment}
          />
        )}
      </div>
    </>
  );
}

function NoServices() {
  return (
    <EmptyNote>
      <p className="font-semibold text-ink">No service is known yet.</p>
      <p className="mx-auto mt-1 max-w-[60ch]">
        A service is known once it sent an error, a trace or a metric, or once a deployment of it was reported. Send
        OpenTelemetry to <code className="font-mono">/v1/traces</code> and{" "}
        <code className="font-mono">/v1/metrics</code>, or report a deployment to{" "}
        <code className="font-mono">/api/deployments</code>; the{" "}
        <Link to="/projects" className="link text-ink">
          projects page
        </Link>{" "}
        has the key.
      </p>
    </EmptyNote>
  );
}
