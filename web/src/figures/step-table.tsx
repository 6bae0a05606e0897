import type { Stats, StatsStep } from "@culprit/contract";
import { formatDuration } from "../lib/format-duration.ts";
import { DataTable } from "../ui/data-table.tsx";

type Step = Stats["steps"][number];

const words: Readonly<Record<StatsStep, string>> = {
  approved: "The gate let it through",
  diagnosed: "It is diagnosed",
  answered: "Its autopsy is written",
  proven: "A patch is proven",
  pull_request: "A pull request is open",
  merged: "The pull request is merged",
  resolved: "It is resolved",
};

/** How long each step took, half of the incidents and nineteen of twenty. */
export function StepTable({ steps, incidents }: { readonly steps: readonly Step[]; readonly incidents: number }) {
  return (
    <DataTable
      label="Time from the first signal to each step"
      rows={steps}
      keyOf={({ step }) => step}
      columns={[
        { name: "Until", cell: ({ step }: Step) => words[step] },
        { name: "Incidents", isNumber: true, cell: (step) => <Reached count={step.incidents} of={incidents} /> },
        { name: "Median", isNumber: true, cell: ({ median_s }) => duration(median_s) },
        { name: "95 %", isNumber: true, cell: ({ p95_s }) => duration(p95_s) },
      ]}
    />
  );
}

function Reached({ count, of }: { readonly count: number; readonly of: number }) {
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden="true" className="h-2 w-16 rounded-sm bg-sunk max-sm:hidden">
        <span className="block h-2 rounded-sm bg-ink-2" style={{ width: `${of === 0 ? 0 : (count / of) * 100}%` }} />
      </span>
      <span className="sm:w-10">{count}</span>
    </span>
  );
}

function duration(seconds: number | null): string {
  return seconds === null ? "–" : formatDuration(seconds * 1000);
}
