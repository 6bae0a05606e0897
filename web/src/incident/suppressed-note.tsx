import type { IncidentDetail } from "@culprit/contract";
import { DecideForm } from "../detection/decide-form.tsx";

/** Why nobody looks into an incident, and a way to have it looked into all the same. */
export function SuppressedNote({ incident }: { readonly incident: IncidentDetail }) {
  return (
    <section
      aria-label="Suppressed"
      className="mt-4 grid items-start gap-x-6 gap-y-3 rounded-lg border border-edge bg-panel px-4 py-3 sm:grid-cols-[minmax(0,1fr)_auto]"
    >
      <div className="min-w-0">
        <p className="font-semibold">It is suppressed: nobody looks into it.</p>
        <p className="text-ink-2 [overflow-wrap:anywhere]">{incident.suppressed_reason ?? "No reason was stored."}</p>
      </div>
      <DecideForm decision="approve" incidentId={incident.id} />
    </section>
  );
}
