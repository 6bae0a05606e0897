import type { Project } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { readServices } from "../api/catalogue-requests.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { ServiceTabs } from "../service/service-tabs.tsx";
import { nameOfKey } from "../topology/topology-words.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { smallFieldLook } from "../ui/field.ts";
import { PageHead } from "../ui/page-head.tsx";
import { useTitle } from "../ui/use-title.ts";
import { LogExplorer } from "./log-explorer.tsx";
import { MetricExplorer } from "./metric-explorer.tsx";
import { ScrapeTargets } from "./scrape-targets.tsx";
import { type ExplorerProps, type TelemetrySearch, windowOf } from "./telemetry-window.ts";
import { TraceExplorer } from "./trace-explorer.tsx";

const views = [
  ["metrics", "Metrics"],
  ["logs", "Log lines"],
  ["trace", "A trace"],
  ["pages", "Scraped pages"],
] as const;
const spans = [
  [15, "15 minutes"],
  [60, "hour"],
  [360, "6 hours"],
  [1440, "day"],
  [10_080, "7 days"],
] as const;

/** What services sent: metrics as pictures, log lines, traces, and the pages that Culprit reads itself. What it shows stands in its address. */
export function TelemetryPage({ search }: { readonly search: TelemetrySearch }) {
  useTitle("Telemetry");
  const chosen = useProject();
  return (
    <>
      <ServiceTabs />
      <PageHead title="Telemetry" note="What services sent. Evidence of an incident leads here.">
        <ProjectSelect chosen={chosen} />
      </PageHead>
      <WithProject chosen={chosen}>
        {(project) => <Explorer key={project.id} project={project} search={search} />}
      </WithProject>
    </>
  );
}

function Explorer({ project, search }: { readonly project: Project; readonly search: TelemetrySearch }) {
  const navigate = useNavigate();
  const onChange = (change: TelemetrySearch) =>
    void navigate({ to: "/telemetry", search: { ...search, ...change, project: project.id } as never });
  const [nowMs, setNowMs] = useState(() => Date.now());
  const { view = "metrics", from, to, minutes = 60 } = search;
  const isFixed = from !== undefined || to !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a window is of the parts of the address that name it
  const window = useMemo(() => windowOf(search, nowMs), [from, to, minutes, nowMs]);
  const props: ExplorerProps = { project: project.id, search, window, onChange };
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <nav aria-label="Kind" className="flex gap-0.5">
          {views.map(([key, name]) => (
            <button
              key={key}
              type="button"
              aria-current={view === key ? "page" : undefined}
              onClick={() => onChange({ view: key })}
              className={cx(
                "rounded-full border px-2.5 py-1 text-xs font-medium whitespace-nowrap",
                view === key ? "border-ink bg-ink text-paper" : "border-transparent text-ink-2 hover:bg-sunk",
              )}
            >
              {name}
            </button>
          ))}
        </nav>
        {(view === "metrics" || view === "logs") && (
          <div className="flex min-w-0 flex-wrap items-center gap-2">
            <ServiceSelect project={project.id} search={search} onChange={onChange} />
            <select
              aria-label="Window"
              value={isFixed ? "" : minutes}
              onChange={(event) => {
                setNowMs(Date.now());
                onChange({ minutes: Number(event.target.value), from: undefined, to: undefined });
              }}
              className={smallFieldLook}
            >
              {isFixed && <option value="">the window of the link</option>}
              {spans.map(([value, words]) => (
                <option key={value} value={value}>
                  last {words}
                </option>
              ))}
              {!isFixed && !spans.some(([value]) => value === minutes) && (
                <option value={minutes}>last {minutes} minutes</option>
              )}
            </select>
            {!isFixed && (
              <Button look="quiet" onClick={() => setNowMs(Date.now())}>
                Read again
              </Button>
            )}
            <span className="text-xs text-ink-3">
              {formatInstant(window.from).slice(0, 16)} to {formatInstant(window.to).slice(0, 16)}
            </span>
          </div>
        )}
      </div>
      {view === "metrics" && <MetricExplorer {...props} />}
      {view === "logs" && <LogExplorer {...props} />}
      {view === "trace" && <TraceExplorer {...props} />}
      {view === "pages" && <ScrapeTargets project={project.id} />}
    </>
  );
}

function ServiceSelect({ project, search, onChange }: Pick<ExplorerProps, "project" | "search" | "onChange">) {
  const { data } = useQuery({
    queryKey: ["services", project, "first"],
    queryFn: ({ signal }) => readServices(project, null, signal),
    staleTime: 30_000,
  });
  const keys = (data?.items ?? []).map(({ key }) => key);
  const chosen = search.service ?? "";
  const all = chosen === "" || keys.includes(chosen) ? keys : [chosen, ...keys];
  const counts = Map.groupBy(all, nameOfKey);
  return (
    <select
      aria-label="Service"
      value={chosen}
      onChange={(event) => onChange({ service: event.target.value || undefined, template: undefined })}
      className={`${smallFieldLook} max-w-60`}
    >
      <option value="">All services</option>
      {all.map((key) => (
        <option key={key} value={key}>
          {(counts.get(nameOfKey(key))?.length ?? 0) > 1 ? key : nameOfKey(key)}
        </option>
      ))}
    </select>
  );
}
