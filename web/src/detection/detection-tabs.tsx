import { SubTabs } from "../ui/sub-tabs.tsx";

/** The pages about what Culprit looks for, and how right it was. */
export function DetectionTabs() {
  return (
    <SubTabs
      label="Detection"
      tabs={[
        { to: "/detection", label: "Detection" },
        { to: "/learning", label: "Accuracy" },
        { to: "/figures", label: "Figures" },
      ]}
    />
  );
}
