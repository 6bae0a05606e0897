import { SubTabs } from "../ui/sub-tabs.tsx";

/** The incidents, what became of them, and how right the answers were. */
export function IncidentTabs() {
  return (
    <SubTabs
      label="Incidents"
      tabs={[
        { to: "/", label: "Incidents" },
        { to: "/figures", label: "Figures" },
        { to: "/learning", label: "Accuracy" },
      ]}
    />
  );
}
