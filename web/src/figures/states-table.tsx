import type { Stats } from "@culprit/contract";
import { DataTable } from "../ui/data-table.tsx";

type State = keyof Stats["by_status"];

const words: Readonly<Record<State, string>> = {
  detected: "Detected",
  analyzing: "Analysed now",
  pr_created: "Pull request open",
  resolved: "Resolved",
};

/** Where the incidents stand, in the four states of document 1, and how many wait for a pull request. */
export function StatesTable({ stats }: { readonly stats: Stats }) {
  const waiting = stats.without_pull_request_last_week;
  return (
    <>
      <DataTable
        label="How the incidents stand"
        rows={Object.entries(stats.by_status) as [State, number][]}
        keyOf={([state]) => state}
        columns={[
          { name: "State", cell: ([state]) => words[state] },
          { name: "Incidents", isNumber: true, cell: ([, count]) => count },
        ]}
      />
      <p className="mt-1 text-xs text-ink-3">
        {waiting === 0
          ? "Every incident of the last 7 days has a pull request."
          : `${waiting} of the last 7 days ${waiting === 1 ? "has" : "have"} no pull request.`}
      </p>
    </>
  );
}
