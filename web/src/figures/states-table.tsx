import type { IncidentStatus, Stats } from "@culprit/contract";
import { statusWords } from "../lib/words.ts";
import { DataTable } from "../ui/data-table.tsx";

type State = keyof Stats["by_status"];

/** Document 1's four statuses, with those of the page that each is made of. */
const words: Readonly<Record<State, { readonly name: string; readonly of: readonly IncidentStatus[] }>> = {
  detected: { name: "Detected", of: ["open", "triaged"] },
  analyzing: { name: "Analyzing", of: ["investigating", "diagnosed", "failed", "agent_failed"] },
  pr_created: { name: statusWords.pr_created, of: [] },
  resolved: { name: "Resolved", of: ["resolved", "suppressed"] },
};

/** Where the incidents stand, in the four statuses of document 1, and how many wait for a pull request. */
export function StatesTable({ stats }: { readonly stats: Stats }) {
  const waiting = stats.without_pull_request_last_week;
  return (
    <>
      <DataTable
        label="How the incidents stand"
        rows={Object.entries(stats.by_status) as [State, number][]}
        keyOf={([state]) => state}
        columns={[
          { name: "Status", cell: ([state]) => <StateName {...words[state]} /> },
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

function StateName({ name, of }: (typeof words)[State]) {
  return (
    <>
      {name}
      {of.length > 0 && (
        <span className="block text-xs text-ink-3">
          {of.map((status) => statusWords[status].toLowerCase()).join(", ")}
        </span>
      )}
    </>
  );
}
