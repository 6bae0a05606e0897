import type { IntegrationTypeDescription, Project } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { readIntegrations, readIntegrationTypes } from "../api/integration-requests.ts";
import { stepFocus } from "../pages/step-focus.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { Section } from "../ui/section.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { DeliveryLog } from "./delivery-log.tsx";
import { HealthMark } from "./health-mark.tsx";
import { InboxLog } from "./inbox-log.tsx";

/** What is connected, what can be, what came in and what went out. */
export function IntegrationListPage() {
  useTitle("Integrations");
  const chosen = useProject();
  return (
    <>
      <PageHead title="Integrations" note="Where Culprit hears from others, and where it tells people.">
        <ProjectSelect chosen={chosen} />
      </PageHead>
      <WithProject chosen={chosen}>{(project) => <Integrations key={project.id} project={project} />}</WithProject>
    </>
  );
}

function Integrations({ project }: { readonly project: Project }) {
  const list = useRef<HTMLUListElement>(null);
  useKeys({ j: () => stepFocus(list.current, 1), k: () => stepFocus(list.current, -1) });
  const integrations = useQuery({
    queryKey: ["integrations", project.id],
    queryFn: ({ signal }) => readIntegrations(project.id, signal),
    refetchInterval: 10_000,
  });
  const items = integrations.data?.items ?? [];
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-10">
      <div>
        {integrations.error && <FailureNote error={integrations.error} />}
        {integrations.isPending && <RowsPending label="Loading integrations" count={3} />}
        {integrations.data && items.length === 0 && (
          <EmptyNote>
            Nothing is connected yet. Take one below: Slack or e‑mail to be told, GitHub for pull requests, Alertmanager
            or a webhook to hear of alerts.
          </EmptyNote>
        )}
        {items.length > 0 && (
          <ul ref={list} aria-label="Integrations" className="overflow-hidden rounded-lg border border-line bg-panel">
            {items.map((integration) => (
              <li key={integration.id} className="border-t border-line first:border-0">
                <Link
                  to="/integrations/$id"
                  params={{ id: integration.id }}
                  data-row=""
                  className="grid gap-x-4 gap-y-1 px-4 py-2.5 -outline-offset-2 hover:bg-sunk sm:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)]"
                >
                  <span className="min-w-0">
                    <span className="font-semibold [overflow-wrap:anywhere]">{integration.name}</span>{" "}
                    <span className="text-[0.8125rem] text-ink-3">{integration.title}</span>
                    {integration.recipient && (
                      <span className="block truncate text-xs text-ink-2">to {integration.recipient}</span>
                    )}
                  </span>
                  <span className="min-w-0">
                    <HealthMark integration={integration} />
                    {integration.health_reason && (
                      <span className="line-clamp-2 text-xs text-ink-2 [overflow-wrap:anywhere]">
                        {integration.health_reason}
                      </span>
                    )}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Gallery projectId={project.id} />
      <InboxLog filter={{ project: project.id }} />
      <DeliveryLog project={project.id} integrations={integrations.data?.items.map(({ id }) => id)} />
    </div>
  );
}

/** Everything that can be connected. GitHub has a way of its own, which makes the app in two clicks. */
function Gallery({ projectId }: { readonly projectId: string }) {
  const types = useQuery({
    queryKey: ["integration-types"],
    queryFn: ({ signal }) => readIntegrationTypes(signal),
    staleTime: 300_000,
  });
  const isLoaded = types.data !== undefined;
  // It was not there yet when the address that names it was opened.
  useEffect(() => {
    if (isLoaded && window.location.hash === "#gallery") document.getElementById("gallery")?.scrollIntoView();
  }, [isLoaded]);
  return (
    <Section id="gallery" title="Connect something">
      {types.error && <FailureNote error={types.error} />}
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
        {types.data?.items.map((type) => (
          <li key={type.type} className="relative rounded-lg border border-line bg-panel px-4 py-3 hover:border-ink">
            {type.type === "github" ? (
              <a
                href={`/github/setup?project=${encodeURIComponent(projectId)}`}
                className="font-semibold after:absolute after:inset-0"
              >
                {type.title}: set up in two clicks
              </a>
            ) : (
              <Link
                to="/integrations/new/$type"
                params={{ type: type.type }}
                className="font-semibold after:absolute after:inset-0"
              >
                {type.title}
              </Link>
            )}
            <p className="text-2xs text-ink-3">{directionWords(type)}</p>
            <p className="mt-0.5 line-clamp-3 text-[0.8125rem] text-ink-2">{type.help}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function directionWords({ is_incoming, is_outgoing, has_tickets }: IntegrationTypeDescription): string {
  const ways = [is_incoming && "in", is_outgoing && "out", has_tickets && "tickets"].filter(Boolean);
  return ways.length === 0 ? "checks and comments" : ways.join(", ");
}
