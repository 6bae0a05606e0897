import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { useTitle } from "../ui/use-title.ts";
import { DetectorsSection } from "./detectors-section.tsx";
import { MaintenanceSection } from "./maintenance-section.tsx";
import { PoliciesSection } from "./policies-section.tsx";
import { SuppressedSection } from "./suppressed-section.tsx";

/** What Culprit looks for by itself, what the gate lets through, and what it held back. */
export function DetectionPage() {
  useTitle("Detection");
  const chosen = useProject();
  return (
    <>
      <PageHead
        title="Detection"
        note="What opens an incident by itself, and what the gate lets through. Everything it holds back is here with its reason."
      >
        <ProjectSelect chosen={chosen} />
      </PageHead>
      <WithProject chosen={chosen}>
        {(project) => (
          <div key={project.id} className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-10">
            <SuppressedSection project={project} />
            <MaintenanceSection project={project} />
            <DetectorsSection project={project} />
            <PoliciesSection project={project} />
          </div>
        )}
      </WithProject>
    </>
  );
}
