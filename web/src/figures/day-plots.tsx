import type { Stats } from "@culprit/contract";
import { lazy, Suspense } from "react";
import { DataTable } from "../ui/data-table.tsx";
import { Fold } from "../ui/fold.tsx";

const LinePlot = lazy(() => import("../plot/line-plot.tsx"));

type Day = Stats["by_day"][number];
const DAY_MS = 86_400_000;
const HEIGHT_PX = 180;

interface DayPlotsProps {
  /** Those on which an incident was opened. */
  readonly days: readonly Day[];
  readonly from: string;
  readonly to: string;
}

/** Incidents of each day, and how far they came, as lines over the whole time and as a table. */
export function DayPlots({ days, from, to }: DayPlotsProps) {
  const times = everyDay(from, to);
  const byDay = new Map(days.map((day) => [Date.parse(day.day), day]));
  const line = (name: string, of: (day: Day) => number) => ({
    ...{ name, times },
    values: times.map((at) => {
      const day = byDay.get(at);
      return day === undefined ? 0 : of(day);
    }),
  });
  return (
    <>
      <div className="rounded-lg border border-line bg-panel px-3 py-2">
        <Suspense fallback={<div style={{ height: HEIGHT_PX }} />}>
          <LinePlot
            label="Incidents by day"
            lines={[
              line("opened", ({ incidents }) => incidents),
              line("autopsies", ({ answered }) => answered),
              line("proven", ({ proven }) => proven),
              line("resolved", ({ resolved }) => resolved),
            ]}
            unit={null}
            markMs={null}
            heightPx={HEIGHT_PX}
            isDaily
          />
        </Suspense>
      </div>
      <div className="mt-1">
        <Fold summary="The same as a table">
          <DataTable
            label="Days"
            rows={days.toReversed()}
            keyOf={({ day }) => day}
            columns={[
              { name: "Day", cell: ({ day }: Day) => day },
              { name: "Opened", isNumber: true, cell: ({ incidents }) => incidents },
              { name: "Diagnosed", isNumber: true, cell: ({ diagnosed }) => diagnosed },
              { name: "Autopsies", isNumber: true, cell: ({ answered }) => answered },
              { name: "Patches", isNumber: true, cell: ({ patches }) => patches },
              { name: "Patches that apply", isNumber: true, cell: ({ applied }) => applied },
              { name: "Proven", isNumber: true, cell: ({ proven }) => proven },
              { name: "Pull requests", isNumber: true, cell: ({ pull_requests }) => pull_requests },
              { name: "Merged", isNumber: true, cell: ({ merged }) => merged },
              { name: "Resolved", isNumber: true, cell: ({ resolved }) => resolved },
            ]}
          />
        </Fold>
      </div>
    </>
  );
}

/** The beginning (UTC) of every day from the first to the last. */
function everyDay(from: string, to: string): readonly number[] {
  const first = Math.floor(Date.parse(from) / DAY_MS);
  const last = Math.floor(Date.parse(to) / DAY_MS);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * DAY_MS);
}
