import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { readTriggerCounts } from "../api/trigger-requests.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Section } from "../ui/section.tsx";

const BarPlot = lazy(() => import("../plot/bar-plot.tsx"));
const heightPx = 150;
const hourS = 3600;

interface NotConcernedProps {
  readonly projectId: string;
  readonly workflow: string | undefined;
}

/** Events that did not concern a workflow at all: only counted, by the hour. */
export function NotConcerned({ projectId, workflow }: NotConcernedProps) {
  const [hours, setHours] = useState(24);
  const counts = useQuery({
    queryKey: ["trigger-counts", projectId, workflow ?? null, hours],
    queryFn: ({ signal }) => readTriggerCounts(projectId, workflow, hours, signal),
    refetchInterval: 60_000,
  });
  const items = counts.data?.items ?? [];
  const byType = [...Map.groupBy(items, ({ event_type }) => event_type)]
    .map(([type, rows]) => ({ type, count: rows.reduce((sum, { count }) => sum + count, 0) }))
    .toSorted((a, b) => b.count - a.count);
  const total = byType.reduce((sum, { count }) => sum + count, 0);
  return (
    <Section
      id="not-concerned"
      title="Did not concern"
      aside={
        <select
          aria-label="Time"
          className={`${smallFieldLook} ml-auto`}
          value={hours}
          onChange={(event) => setHours(Number(event.target.value))}
        >
          <option value={24}>24 hours</option>
          <option value={168}>7 days</option>
          <option value={720}>30 days</option>
        </select>
      }
    >
      {counts.error && <FailureNote error={counts.error} />}
      {counts.data && total === 0 && (
        <p className="text-[0.8125rem] text-ink-3">Every event in this time concerned a workflow, or none happened.</p>
      )}
      {total > 0 && (
        <>
          <p className="mb-2 text-[0.8125rem] text-ink-2">
            {total.toLocaleString("en")} times a workflow had no trigger for such an event, by the hour:
          </p>
          <Suspense fallback={<div style={{ height: heightPx }} />}>
            <BarPlot
              label={`${total} times by the hour`}
              points={items.map(({ hour, count }) => ({ at: hour, count }))}
              bucketS={hourS}
              heightPx={heightPx}
            />
          </Suspense>
          <ul className="mt-3 grid gap-1 text-[0.8125rem]" aria-label="By kind of event">
            {byType.slice(0, 12).map(({ type, count }) => (
              <li key={type} className="flex gap-3">
                <span className="min-w-0 flex-1 truncate font-mono text-xs leading-5" title={type}>
                  {type}
                </span>
                <span>{count.toLocaleString("en")}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
