import type { Stats } from "@culprit/contract";
import { DataTable } from "../ui/data-table.tsx";

interface Kind {
  readonly name: string;
  readonly count: number;
  readonly lastDay: number | null;
}

/** What noticed the failures, and where the incidents stand, in the words of document 1. */
export function KindsTable({ stats }: { readonly stats: Stats }) {
  const kinds: Kind[] = [
    ...Object.entries(stats.by_type).map(([name, count]) => ({
      ...{ name: name.replace("_", " "), count },
      lastDay: stats.by_type_last_day[name as keyof Stats["by_type"]] ?? 0,
    })),
    ...Object.entries(stats.by_status).map(([name, count]) => ({
      ...{ name: `stands at ${name.replace("_", " ")}`, count, lastDay: null },
    })),
  ].filter(({ count }) => count > 0);
  return (
    <>
      <DataTable
        label="Kinds and states"
        rows={kinds}
        keyOf={({ name }) => name}
        columns={[
          { name: "Incidents", cell: ({ name }: Kind) => name },
          { name: "All", isNumber: true, cell: ({ count }) => count },
          { name: "Last 24 hours", isNumber: true, cell: ({ lastDay }) => lastDay ?? "" },
        ]}
      />
      <p className="mt-1 text-xs text-ink-3">
        {stats.without_pull_request_last_week} of the last 7 days have no pull request.
      </p>
    </>
  );
}
