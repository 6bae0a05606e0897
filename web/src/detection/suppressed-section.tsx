import type { Project } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { readIncidents } from "../api/requests.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { SeverityMark } from "../ui/severity-mark.tsx";
import { Time } from "../ui/time.tsx";
import { DecideForm } from "./decide-form.tsx";

const shown = 10;

/** What the gate held back, each with its reason, and a way to have it looked into all the same. */
export function SuppressedSection({ project }: { readonly project: Project }) {
  const { data, error } = useQuery({
    queryKey: ["incidents", "suppressed", project.id],
    queryFn: ({ signal }) => readIncidents({ status: "suppressed", project: project.id }, null, signal),
    refetchInterval: 15_000,
  });
  const all = data?.incidents ?? [];
  return (
    <Section
      id="suppressed"
      title="Suppressed"
      aside={
        <>
          <span>not looked into, by the gate's rules</span>
          {(all.length > shown || data?.next_cursor) && (
            <Link to="/" search={{ status: "suppressed", project: project.id }} className="link ml-auto">
              All of them
            </Link>
          )}
        </>
      }
    >
      {error && <FailureNote error={error} />}
      {data && all.length === 0 && <p className="text-[0.8125rem] text-ink-2">Nothing is suppressed.</p>}
      {all.length > 0 && (
        <ul aria-label="Suppressed incidents" className="overflow-hidden rounded-lg border border-line bg-panel">
          {all.slice(0, shown).map((incident) => (
            <li
              key={incident.id}
              className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 gap-y-2 border-t border-line px-4 py-2.5 first:border-0 sm:grid-cols-[1rem_minmax(0,1fr)_auto]"
            >
              <span className="pt-[0.2rem]">
                <SeverityMark severity={incident.severity} />
              </span>
              <div className="min-w-0 [overflow-wrap:anywhere]">
                <Link
                  to="/incidents/$id"
                  params={{ id: incident.id }}
                  className="line-clamp-2 font-semibold hover:underline"
                >
                  {incident.title}
                </Link>
                <p className="text-[0.8125rem]">{incident.suppressed_reason ?? "No reason was stored."}</p>
                <p className="text-xs text-ink-3">
                  {incident.service ?? "no service"}, {incident.environment}, last <Time at={incident.last_seen_at} />
                </p>
              </div>
              <div className="max-sm:col-start-2">
                <DecideForm decision="approve" incidentId={incident.id} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
