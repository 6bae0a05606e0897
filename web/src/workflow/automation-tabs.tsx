import { useWaitingApprovals } from "../approval/use-waiting-approvals.ts";
import { SubTabs } from "../ui/sub-tabs.tsx";

/** The pages about workflows: what there is, what ran, what did not run and why, what waits for somebody. */
export function AutomationTabs() {
  const { count } = useWaitingApprovals();
  return (
    <SubTabs
      label="Workflows"
      tabs={[
        { to: "/workflows", label: "Workflows" },
        { to: "/executions", label: "Executions" },
        { to: "/ledger", label: "Ledger" },
        { to: "/approvals", label: "Approvals", count },
      ]}
    />
  );
}
