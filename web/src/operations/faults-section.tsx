import type { Operations } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { CheckIcon } from "../ui/icons.tsx";
import { Section } from "../ui/section.tsx";
import { SeverityMark } from "../ui/severity-mark.tsx";
import { Time } from "../ui/time.tsx";

/** What is wrong with Culprit itself, as incidents of its own. */
export function FaultsSection({ faults }: { readonly faults: Operations["faults"] }) {
  return (
    <Section id="faults" title="Own faults">
      {faults.length === 0 ? (
        <p className="flex items-center gap-1.5 text-ink-2">
          <CheckIcon className="text-good" />
          Culprit knows of nothing that is wrong with itself.
        </p>
      ) : (
        <ul className="overflow-hidden rounded-lg border border-bad bg-panel">
          {faults.map((fault) => (
            <li
              key={fault.incident_id}
              className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 border-t border-line px-4 py-2.5 first:border-0"
            >
              <span className="pt-[0.2rem]">
                <SeverityMark severity={fault.severity} />
              </span>
              <div className="min-w-0">
                <p className="flex flex-wrap gap-x-3">
                  <Link
                    to="/incidents/$id"
                    params={{ id: fault.incident_id }}
                    className="font-semibold [overflow-wrap:anywhere] hover:underline"
                  >
                    {fault.title}
                  </Link>
                  <span className="ml-auto text-xs text-ink-3">
                    since <Time at={fault.since} />
                    {fault.times > 1 && `, ${fault.times.toLocaleString("en")} times`}
                  </span>
                </p>
                <p className="text-[0.8125rem] text-ink-2 [overflow-wrap:anywhere]">{fault.detail}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
