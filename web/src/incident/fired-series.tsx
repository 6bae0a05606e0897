import type { IncidentDetail } from "@culprit/contract";
import { Section } from "../ui/section.tsx";
import { EvidenceView } from "./evidence-view.tsx";

const shownMax = 4;

/** What a detector fired on, drawn: of such an incident the count of firings says little. */
export function FiredSeries({ incident }: { readonly incident: IncidentDetail }) {
  const fired = incident.evidence.filter((one) => one.is_fired === true);
  if (fired.length === 0) return null;
  return (
    <Section id="fired" title="What fired">
      <div className="grid gap-6">
        {fired.slice(0, shownMax).map((one) => (
          <EvidenceView key={one.id} evidence={one} project={incident.project_id} firstAt={incident.first_seen_at} />
        ))}
      </div>
    </Section>
  );
}
