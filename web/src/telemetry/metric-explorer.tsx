import type { MetricNames, MetricSeries } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { readMetricNames, readSeries } from "../api/telemetry-requests.ts";
import { unitWords } from "../lib/unit-words.ts";
import { nameOfKey } from "../topology/topology-words.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { RowsPending } from "../ui/rows-pending.tsx";
import type { ExplorerProps } from "./telemetry-window.ts";

const LinePlot = lazy(() => import("../plot/line-plot.tsx"));
const metricsShown = 200;
const linesMax = 5;
const heightPx = 168;

/** Which metrics there are, and those that were picked as pictures. */
export function MetricExplorer({ project, search, window, onChange }: ExplorerProps) {
  const [text, setText] = useState("");
  const { service, environment, metric: picked = [] } = search;
  const asked = { project, ...window, service, environment };
  const names = useQuery({
    queryKey: ["metrics", asked],
    queryFn: ({ signal }) => readMetricNames(asked, signal),
    staleTime: 30_000,
  });
  const all = byMetric(names.data);
  const shown = all.filter(({ metric }) => metric.toLowerCase().includes(text.trim().toLowerCase()));
  const toggle = (metric: string) =>
    onChange({ metric: picked.includes(metric) ? picked.filter((one) => one !== metric) : [...picked, metric] });
  return (
    <>
      {names.error && <FailureNote error={names.error} />}
      {names.isPending && <RowsPending label="Loading metrics" />}
      {names.data && all.length === 0 && picked.length === 0 && <NoMetrics />}
      {(all.length > 0 || picked.length > 0) && (
        <div className="grid min-w-0 gap-6 lg:grid-cols-[19rem_minmax(0,1fr)]">
          <div className="min-w-0">
            <input
              type="search"
              aria-label="Narrow the metrics"
              placeholder="Narrow by name"
              value={text}
              onChange={(event) => setText(event.target.value)}
              className={`${smallFieldLook} mb-2 w-full`}
            />
            <ul
              aria-label="Metrics"
              className="max-h-72 overflow-y-auto rounded-lg border border-line bg-panel lg:max-h-[70dvh]"
            >
              {shown.slice(0, metricsShown).map(({ metric, unit, series, services }) => (
                <li key={metric} className="border-t border-line first:border-0">
                  <label className="flex cursor-pointer items-start gap-2.5 px-3 py-1.5 hover:bg-sunk">
                    <input
                      type="checkbox"
                      checked={picked.includes(metric)}
                      onChange={() => toggle(metric)}
                      className="mt-1 accent-ink"
                    />
                    <span className="min-w-0">
                      <span className="block text-[0.8125rem] [overflow-wrap:anywhere]">{metric}</span>
                      <span className="block text-2xs text-ink-3">
                        {series} series
                        {unitWords(unit) && `, in ${unitWords(unit)}`}
                        {service === undefined && `, of ${services} ${services === 1 ? "service" : "services"}`}
                      </span>
                    </span>
                  </label>
                </li>
              ))}
              {shown.length === 0 && <li className="px-4 py-6 text-center text-ink-2">No metric matches.</li>}
              {shown.length > metricsShown && (
                <li className="px-4 py-3 text-xs text-ink-3">{shown.length - metricsShown} more: narrow by name.</li>
              )}
            </ul>
            {names.data?.is_cut && (
              <p className="mt-1 text-xs text-ink-3">There are more series than were looked at: choose a service.</p>
            )}
          </div>
          <div className="grid min-w-0 content-start gap-4">
            {picked.length === 0 && <EmptyNote>Pick a metric to see it drawn.</EmptyNote>}
            {picked.map((metric) => (
              <MetricPicture key={metric} metric={metric} asked={asked} isOfOne={service !== undefined} />
            ))}
          </div>
        </div>
      )}
    </>
  );
}

interface MetricPictureProps {
  readonly metric: string;
  readonly asked: Parameters<typeof readSeries>[0];
  /** Whether only one service is looked at, so that lines needn't name it. */
  readonly isOfOne: boolean;
}

function MetricPicture({ metric, asked, isOfOne }: MetricPictureProps) {
  const { data, error, isPending } = useQuery({
    queryKey: ["series", metric, asked],
    queryFn: ({ signal }) => readSeries(asked, { metrics: [metric] }, signal),
    staleTime: 30_000,
  });
  const items = loudestFirst(data?.items ?? []);
  const lines = items.slice(0, linesMax).map((one) => ({
    name: lineName(one, isOfOne),
    times: one.times,
    values: one.values,
  }));
  const first = items[0];
  return (
    <section aria-label={metric} className="min-w-0 rounded-lg border border-line bg-panel px-3 pt-2 pb-2">
      <h2 className="flex flex-wrap items-baseline gap-x-3 text-[0.8125rem] font-semibold [overflow-wrap:anywhere]">
        {metric}
        <span className="text-xs font-normal text-ink-3">
          {first && first.kind !== "gauge" && `${unitWords(first.unit) ?? ""} a second`}
          {items.length > linesMax &&
            `${first?.kind === "gauge" ? "" : "; "}the ${linesMax} highest of ${items.length} series`}
        </span>
      </h2>
      {error && <FailureNote error={error} />}
      <div style={{ minHeight: isPending || lines.length > 0 ? heightPx + 24 : undefined }}>
        {lines.length > 0 && (
          <Suspense fallback={null}>
            <LinePlot label={metric} lines={lines} unit={first?.unit ?? null} markMs={null} heightPx={heightPx} />
          </Suspense>
        )}
        {data && lines.length === 0 && (
          <p className="py-6 text-center text-[0.8125rem] text-ink-2">It has no point in this window.</p>
        )}
      </div>
    </section>
  );
}

function lineName({ service_key, labels }: MetricSeries["items"][number], isOfOne: boolean): string {
  const told = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const words = [...(isOfOne ? [] : [nameOfKey(service_key)]), ...told];
  return words.length === 0 ? nameOfKey(service_key) : words.join(" ");
}

function loudestFirst(items: MetricSeries["items"]): MetricSeries["items"] {
  const peak = ({ values }: MetricSeries["items"][number]) => values.reduce((max, value) => Math.max(max, value), 0);
  return items.toSorted((a, b) => peak(b) - peak(a));
}

function byMetric(names: MetricNames | undefined) {
  return [...Map.groupBy(names?.items ?? [], ({ metric }) => metric)]
    .map(([metric, items]) => ({
      metric,
      unit: items[0]?.unit ?? null,
      series: items.reduce((sum, one) => sum + one.series, 0),
      services: new Set(items.map(({ service_key }) => service_key)).size,
    }))
    .sort((a, b) => (a.metric < b.metric ? -1 : 1));
}

function NoMetrics() {
  return (
    <EmptyNote>
      <p className="font-semibold text-ink">No metric came in this window.</p>
      <p className="mx-auto mt-1 max-w-[60ch]">
        Choose a longer one, or send some: OpenTelemetry to <code className="font-mono">/v1/metrics</code>, Prometheus
        remote-write to <code className="font-mono">/api/v1/write</code>, or let Culprit read a page:{" "}
        <code className="font-mono">culprit scrape add URL --service NAME</code>.
      </p>
    </EmptyNote>
  );
}
