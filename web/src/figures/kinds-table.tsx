import type { Stats } from "@culprit/contract";
import { DataTable } from "../ui/data-table.tsx";

type Kind = keyof Stats["by_type"];

/** What noticed the failures, in the words of document 1. */
export function KindsTable({ stats }: { readonly stats: Stats }) {
  const kinds = (Object.entries(stats.by_type) as [Kind, number][]).map(([kind, count]) => ({
    ...{ kind, count, lastDay: stats.by_type_last_day[kind] ?? 0 },
  }));
  return (
    <DataTable
      label="What noticed the incidents"
      rows={kinds.toSorted((a, b) => b.count - a.count)}
      keyOf={({ kind }) => kind}
      columns={[
        { name: "Kind", cell: ({ kind }) => kind.replaceAll("_", " ") },
        { name: "Incidents", isNumber: true, cell: ({ count }) => count },
        { name: "Last 24 hours", isNumber: true, cell: ({ lastDay }) => lastDay },
      ]}
    />
  );
}
