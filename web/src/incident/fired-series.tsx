import type { Evidence, IncidentDetail } from "@culprit/contract";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { EvidenceView } from "./evidence-view.tsx";

const shownMax = 2;

/** What a detector fired on, drawn; of what it says the same of only the first, the others are folded. */
export function FiredSeries({ incident }: { readonly incident: IncidentDetail }) {
  const fired = incident.evidence.filter((one) => one.is_fired === true);
  if (fired.length === 0) return null;
  const shown = fired
    .filter(({ snapshot }, index) => fired.findIndex((other) => other.snapshot === snapshot) === index)
    .slice(0, shownMax);
  const rest = fired.filter((one) => !shown.includes(one));
  const list = (some: readonly Evidence[]) => (
    <div className="grid gap-6">
      {some.map((one) => (
        <EvidenceView key={one.id} evidence={one} project={incident.project_id} firstAt={incident.first_seen_at} />
      ))}
    </div>
  );
  return (
    <Section id="fired" title="What fired">
      {list(shown)}
      {rest.length > 0 && (
        <div className="mt-2">
          <Fold summary={`${rest.length} more series that it fired on`}>{list(rest)}</Fold>
        </div>
      )}
    </Section>
  );
}
