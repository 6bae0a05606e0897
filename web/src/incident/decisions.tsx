import type { IncidentDetail } from "@culprit/contract";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";

/** Why the incident was opened, joined, moved: each decision with its reason. */
export function Decisions({ decisions }: { readonly decisions: IncidentDetail["decisions"] }) {
  return (
    <Section id="decisions" title="Decisions">
      {decisions.length === 0 ? (
        <p className="text-[0.8125rem] text-ink-3">None is recorded.</p>
      ) : (
        <ol className="grid gap-2.5 text-[0.8125rem]">
          {decisions.map((decision, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: decisions are only ever appended
            <li key={index}>
              <p className="flex items-baseline gap-2">
                <span className="flex-1 font-medium first-letter:uppercase">
                  {decision.decision.replaceAll("_", " ")}
                </span>
                <span className="text-2xs text-ink-3">
                  <Time at={decision.decided_at} />
                </span>
              </p>
              <p className="text-ink-2 [overflow-wrap:anywhere]">{decision.rationale}</p>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
