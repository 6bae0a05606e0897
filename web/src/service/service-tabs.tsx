import { SubTabs } from "../ui/sub-tabs.tsx";

/** The pages about what is watched: services, what they send, what is written about them. */
export function ServiceTabs() {
  return (
    <SubTabs
      label="Services"
      tabs={[
        { to: "/services", label: "Services" },
        { to: "/telemetry", label: "Telemetry" },
        { to: "/search", label: "Search and runbooks" },
      ]}
    />
  );
}
